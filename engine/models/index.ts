/**
 * Builds a graph from a `config.json`. Needs no weights and no GPU. A new family is one file like `families/llama.ts`
 * and one line in `families/list.ts`.
 */
import { fail } from '../base/errors.ts';
import { symbol } from '../symbolic/dim.ts';
import { SLOTS, slotSymbols, slotsOf } from '../graph/slots.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import { graphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { validate } from '../graph/validate.ts';
import { type CacheForm, type RequiredTensor, blockBuilder, type WeightType } from './blocks.ts';
import { asConfig, type Config, tokenIds, unsupported } from './config.ts';
import { textConfig } from './defaults.ts';
import type { ModelArchitecture, ModelDims } from './architecture.ts';
import { MOST_PASSAGES, POOLING_KEY } from './encoder.ts';
import * as list from './families/list.ts';

export type { CacheForm, RequiredTensor, WeightType } from './blocks.ts';
export { type EmbeddingSpec, MOST_PASSAGES, POOLING_KEY } from './encoder.ts';

const ARCHITECTURES: readonly ModelArchitecture[] = Object.values(list);

/** The values of `model_type` that can be built. */
export const MODEL_TYPES: readonly string[] = ARCHITECTURES.flatMap((family) => family.modelTypes);

export interface ModelOptions {
  readonly activations: ActivationDType;
  /** How the matrix with that checkpoint name is stored on the GPU. Vectors are always f32. */
  readonly weights: (tensor: string, shape: readonly number[]) => WeightType;
  /** Most tokens per run: the bound of S. */
  readonly maxChunk: number;
  /** Most tokens in the cache: the bound of C. Never more than the model's context length. */
  readonly capacity: number;
  /**
   * How many tokens a conversation can be cut back without prefilling it again: rows that layers with a window keep
   * beyond it. At least `maxChunk`, which is also the default.
   */
  readonly reach?: number;
  /** States of a fixed size that are kept at a time, two for a run and the others to cut back to; {@link SLOTS} when absent. */
  readonly slots?: number;
  /** `plain` when absent. */
  readonly cache?: CacheForm;
}

export interface ModelDimsAndIds extends ModelDims {
  /** `model_type`. */
  readonly family: string;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
}

export interface ModelGraph extends ModelDimsAndIds {
  /**
   * Input `ids` u32[S]; outputs `logits` act[1,V] and `best` u32[1]; symbols S, P, C, and R and W with slots. Of an encoder
   * (`embeds`) those of {@link ModelArchitecture}.build; symbols S, B, C. Not yet optimised.
   */
  readonly graph: Graph;
  /** The bound of C, as built. */
  readonly capacity: number;
  readonly maxChunk: number;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** The tensors that the checkpoint must have, each once, in order of first use. */
  readonly tensors: readonly RequiredTensor[];
  /** Whether a tensor of the checkpoint is known, and has no part in the model. */
  isUnused(tensor: string): boolean;
}

/** Reads the sizes of a model without building its graph. Throws like {@link buildModel}. */
export function readModel(config: unknown): ModelDimsAndIds {
  const given = asConfig(config);
  const known = textConfig(given);
  return dimsOf(given, known, architectureOf(known));
}

/**
 * Builds the unfused graph of a model. Throws `model-unknown` for an unsupported family or feature,
 * `checkpoint-damaged` for an impossible config, `request-invalid` for a cache of 8 bits that the model's heads do not
 * fit into.
 */
export function buildModel(config: unknown, options: ModelOptions): ModelGraph {
  const given = asConfig(config);
  const known = textConfig(given);
  const family = architectureOf(known);
  const dims = dimsOf(given, known, family);
  const capacity = Math.min(options.capacity, dims.contextLength);
  const maxChunk = Math.min(options.maxChunk, capacity);
  const S = symbol('S', { min: 1, max: maxChunk });
  const P = symbol('P', { min: 0, max: capacity - 1 });
  const C = symbol('C', { min: 1, max: capacity });
  const B = symbol('B', { min: 1, max: MOST_PASSAGES });
  const { slots = SLOTS } = options;
  const { R, W } = slotSymbols(slots);
  const encodes = dims.embeds !== undefined;
  const b = graphBuilder(dims.family, { S, ...(encodes ? { B } : { P }), C, R, W });
  const tensors: RequiredTensor[] = [];
  const { activations, cache = 'plain' } = options;
  if (cache === 'q8' && dims.headWidth % 4 !== 0) {
    fail('request-invalid', {
      who: 'cache',
      message: 'keys and values of this model cannot be kept in 8 bits',
      expected: 'heads whose width is a multiple of 4',
      got: dims.headWidth,
    });
  }
  const reach = Math.max(maxChunk, options.reach ?? 0);
  family.build(
    blockBuilder(
      {
        ...(encodes ? { P: 0, B, spans: b.input('spans', { dtype: 'u32', shape: [S, 2] }) } : { P, B: 0 }),
        ...{ b, S, C, R, W, slots, capacity, reach, activations, cache },
      },
      options.weights,
      tensors,
    ),
    known,
    dims,
  );
  const graph = withoutSlots(b.build());
  validate(graph);
  const isUnused = (tensor: string) => family.unused?.(known, tensor) === true;
  return { ...dims, graph, capacity, maxChunk, activations, cache, tensors, isUnused };
}

/** Symbols of slots are declared only where a graph has such states. */
function withoutSlots(graph: Graph): Graph {
  if (slotsOf(graph) > 0) return graph;
  const { R: _, W: __, ...symbols } = graph.symbols;
  return { ...graph, symbols };
}

function dimsOf({ model_type }: Config, config: Config, family: ModelArchitecture): ModelDimsAndIds {
  const dims = family.read(config);
  // Vectors of a model that writes would need another graph.
  if (config[POOLING_KEY] != null && dims.embeds === undefined)
    unsupported(POOLING_KEY, 'none, or an encoder', model_type);
  return {
    ...dims,
    family: String(model_type),
    bosIds: tokenIds(config, 'bos_token_id'),
    eosIds: tokenIds(config, 'eos_token_id'),
  };
}

function architectureOf(config: Config): ModelArchitecture {
  const type = config.model_type;
  const found = ARCHITECTURES.find((family) => family.modelTypes.includes(String(type)));
  if (found !== undefined) return found;
  const known = MODEL_TYPES.join(', ');
  if (type === undefined)
    fail('checkpoint-damaged', {
      who: 'config.json',
      where: 'model_type',
      message: 'the model type is missing',
      expected: known,
      got: 'nothing',
    });
  unsupported('model_type', known, type);
}
