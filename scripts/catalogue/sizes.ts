/**
 * The sizes of a model by its config.json, as entries of `assets/catalogue.json` have them. Run as a program, it prints those of
 * `configs.json` and of the config.json files that are named:
 *
 *   node --import ./scripts/raw-loader.mjs scripts/catalogue/sizes.ts [ID=CONFIG.json …]
 */
import { readFileSync } from 'node:fs';
import { buildModel } from '../../engine/bench.ts';
import {
  DEFAULT_PROFILE,
  inspectCheckpoint,
  memoryFolder,
  PROFILES,
  type WeightProfile,
} from '../../engine/index.ts';
import list from './configs.json' with { type: 'json' };

export interface ShapedModel {
  readonly config: object;
  /** What `modules.json` and its files say, of a model that makes vectors. */
  readonly encoder?: object;
  /** Indices of layers with attention, where all others have Mamba-2. */
  readonly attention?: readonly number[];
  /** Bytes of tokenizer.json. */
  readonly tokenizer: number;
  /** Bytes of a published weight; 2 where absent. */
  readonly wire?: number;
  /** Its matrices are published in 8 bits, and kept. */
  readonly inner?: string;
}

/** The fields of a catalogue entry that follow from its config. */
export interface ComputedSizes {
  readonly parameters: number;
  readonly wireBytes: number;
  readonly deviceBytes: number;
  readonly gpuBytes: number;
  readonly largestBytes: number;
  readonly contextLength: number;
}

/** Tokens of the cache. */
const CAPACITY = 4096;

export const SHAPES: Readonly<Record<string, ShapedModel>> = list.configs;

export async function sizesOf(shape: ShapedModel): Promise<ComputedSizes> {
  const { encoder, attention, tokenizer, wire = 2 } = shape;
  const given = shape.config as Readonly<Record<string, unknown>>;
  const layers = Number(given.num_hidden_layers);
  const kinds = Array.from({ length: layers }, (_, i) =>
    attention?.includes(i) === true ? 'attention' : 'mamba',
  );
  const config = {
    ...given,
    ...(attention === undefined ? {} : { layer_types: kinds }),
    ...(encoder === undefined ? {} : { sentence_transformers: encoder }),
  };
  const inEightBits = encoder !== undefined || shape.inner === 'fp8';
  const weights: WeightProfile = inEightBits ? 'q8' : DEFAULT_PROFILE;
  const model = buildModel(config, {
    activations: 'f16',
    weights: () => ({ dtype: PROFILES[weights].inner as 'm0e4' | 'q8', group: 32 }),
    maxChunk: 1,
    capacity: 1,
  });
  const parameters = model.tensors.reduce((sum, { shape: axes }) => sum + axes.reduce((n, d) => n * d, 1), 0);
  const folder = memoryFolder('model', { 'config.json': JSON.stringify(config) });
  // As a load chooses them.
  const activations = model.wide === true ? 'f32' : 'f16';
  const text = await inspectCheckpoint(folder, { weights, activations, capacity: CAPACITY });
  const bytes = (line: string) =>
    Number(new RegExp(`^${line}\\s+(?:\\d+ bytes \\(at most )?(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    parameters,
    wireBytes: Math.round(parameters * (shape.inner === 'fp8' ? 1.2 : wire) + tokenizer),
    deviceBytes: Math.round(bytes('weights') + bytes('table') + tokenizer),
    gpuBytes: bytes('memory'),
    largestBytes: model.vocab * model.hidden,
    contextLength: model.contextLength,
  };
}

if (process.argv[1]?.endsWith('sizes.ts') === true) {
  const named = process.argv.slice(2).map((argument): [string, ShapedModel] => {
    const [id = '', path = ''] = argument.split('=');
    return [id, { config: JSON.parse(readFileSync(path, 'utf8')), tokenizer: 12.8e6 }];
  });
  for (const [id, shape] of [...Object.entries(SHAPES), ...named]) {
    try {
      console.log(JSON.stringify({ id, ...(await sizesOf(shape)) }));
    } catch (error) {
      console.log(id, String(error).slice(0, 300));
    }
  }
}
