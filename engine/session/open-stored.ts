/** Opens what a stored model needs besides a GPU: graph, tokenizer and template. All of its files come from outside. */
import { buildModel, type CacheForm, type ModelGraph, readModel } from '../models/index.ts';
import { bounds } from '../symbolic/relate.ts';
import { type ActivationDType, byteSize, type TensorType, type WeightDType } from '../tensor/tensor.ts';
import { parseJson } from '../weights/sources/json.ts';
import type { StoredFiles } from '../weights/store/open-model.ts';
import { profileNamed } from '../weights/store/profiles.ts';
import { storedWeights, type StoredWeights } from '../weights/store/weight-reader.ts';
import { LEAST_CAPACITY } from './limits.ts';
import { type ModelText, openText } from './text.ts';

export interface StoredOptions {
  readonly activations: ActivationDType;
  /** Allows f32 instead of `activations` for a model whose activations exceed the range of f16. */
  readonly free?: boolean;
  readonly maxChunk: number;
  readonly capacity: number;
  /** Most bytes of the KV cache: halves the capacity while it takes more, to {@link LEAST_CAPACITY} at least. */
  readonly cacheBytes?: number;
  readonly reach?: number;
  readonly cache?: CacheForm;
}

export interface OpenedModel {
  readonly model: ModelGraph;
  readonly text: ModelText;
  readonly weights: StoredWeights;
  readonly activations: ActivationDType;
  /** The bytes of config.json. */
  readonly config: Uint8Array;
}

/** Throws `store-damaged`, `model-unknown`, and the errors of `openText`. */
export async function openStored(
  opened: StoredFiles,
  { free = false, cacheBytes, ...options }: StoredOptions,
): Promise<OpenedModel> {
  const files = await smallFiles(opened);
  const bytes = files.get('config.json') ?? new Uint8Array(0);
  const config = parseJson(bytes, 'config.json', 'store-damaged');
  const weights = await storedWeights(opened);
  const { inner } = profileNamed(opened.manifest.weights);
  const activations = free && readModel(config).wide === true ? 'f32' : options.activations;
  const build = (capacity: number) =>
    buildModel(config, {
      ...options,
      capacity,
      activations,
      weights: (tensor) => typeInStore(weights.type(tensor), inner),
    });
  let model = build(options.capacity);
  const takesTooMuch = () => cacheBytes !== undefined && stateBytes(model) > cacheBytes;
  while (takesTooMuch() && model.capacity >= 2 * LEAST_CAPACITY)
    model = build(Math.floor(model.capacity / 2));
  return { model, text: openText((name) => files.get(name), model), weights, activations, config: bytes };
}

/** Bytes of the KV cache at its capacity. */
function stateBytes({ graph }: ModelGraph): number {
  const states = graph.values.filter(({ origin }) => origin.kind === 'state');
  return states.reduce((sum, { type }) => sum + bounds(byteSize(type)).max, 0);
}

async function smallFiles(opened: StoredFiles): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of opened.manifest.files) {
    if (!/\.(json|jinja)$/.test(name)) continue;
    const source = await opened.file(name);
    files.set(name, await source.read(0, source.size));
  }
  return files;
}

function typeInStore(
  type: TensorType | undefined,
  otherwise: WeightDType,
): { dtype: WeightDType; group?: number } {
  if (type === undefined || type.dtype === 'u32' || type.dtype === 'kv8') return { dtype: otherwise };
  return { dtype: type.dtype, ...(type.group === undefined ? {} : { group: type.group }) };
}
