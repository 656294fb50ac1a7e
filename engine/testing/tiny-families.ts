/**
 * Every model family as a checkpoint of some ten thousand random weights. A family's configuration is in its golden
 * (`conformance/goldens/<maker>/<name>.json`), odd on purpose: a head's width is not hidden / heads, heads share keys by two
 * or three, windows and trained lengths are shorter than the prompt. Families whose heads must fill the hidden width,
 * in the format or in llama.cpp, have 6 query heads on 3 key heads. Rows are multiples of 32 where GGUF's blocks need it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { WeightRows } from '../graph/graph.ts';
import { randomTensor, seededRandom } from '../tensor/random.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { buildModel } from '../models/index.ts';

export const VOCAB = 37;
/** The prompt is read at once, then the steps one by one: longer than any window below. */
export const PROMPT = [1, 5, 16, 0, 9, 33, 3, 11, 20, 36, 7];
export const STEPS = [4, 4, 29, 12];
/** Tokens in the cache, here and in llama.cpp when it makes the goldens: more than the trained length of Phi-3.5. */
export const CAPACITY = 256;

export interface TinyFamily {
  readonly name: string;
  /** The file with its goldens. */
  readonly golden: URL;
  readonly config: Readonly<Record<string, unknown>>;
  /** `general.architecture` of GGUF. */
  readonly gguf: string;
}

const FOLDER = new URL('../conformance/goldens/', import.meta.url);

/**
 * One family for each kind of layer, for tests that cost much: plain ones, merged products, norms after blocks and around them,
 * borrowed keys and values, delta rule, Mamba beside attention and alone, convolution.
 */
export const EACH_KIND: readonly string[] =
  'llama phi3 olmo2 gemma3 gemma4 qwen3-5 falcon-h1-groups granite-4-h lfm2'.split(' ');

/** One per file of `conformance/goldens`, sorted by name. */
export const TINY_FAMILIES: readonly TinyFamily[] = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const golden = new URL(file, FOLDER);
    const { config, gguf } = JSON.parse(readFileSync(golden, 'utf8'));
    return { name: basename(file, '.json'), golden, config, gguf };
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Deterministic on every machine, since the f32 numbers are made from integers. */
export function tinyFamilyTensors({ name, config }: TinyFamily): Record<string, HostTensor> {
  const { tensors, graph } = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 64,
    capacity: CAPACITY,
  });
  const offsets = new Map(
    graph.values.flatMap(({ origin }) => (origin.kind === 'weight' ? offsetOf(origin.rows) : [])),
  );
  return Object.fromEntries(
    tensors.map(({ name: tensor, shape, kind }) => {
      const isNorm = kind === 'vector' && /(?:\.weight|layer_scalar)$/.test(tensor);
      // Norms are near 1 once the graph has added its offset.
      const centre = isNorm ? 1 - (offsets.get(tensor) ?? 0) : 0;
      // Scores and logits of some units, so that caps and windows have an effect.
      const spread = kind === 'vector' ? 0.5 : 3 / Math.sqrt(shape[1] as number);
      const random = seededRandom(hash(`${name} ${tensor}`));
      return [tensor, randomTensor(shape, random, { spread, centre })];
    }),
  );
}

/** What the graph adds to each number of a checkpoint tensor. */
function offsetOf(rows: WeightRows): [tensor: string, offset: number][] {
  return rows.kind === 'tensor' ? [[rows.tensor, rows.plus ?? 0]] : rows.parts.flatMap(offsetOf);
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const char of text) h = Math.imul(h ^ (char.codePointAt(0) as number), 0x01000193) >>> 0;
  return h;
}
