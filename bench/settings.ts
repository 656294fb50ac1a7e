/** The command-line options of the benchmark, and the settings that they select. */
import { type AdapterVariants, adapterVariants, PASSES, type Sampling } from '../engine/bench.ts';
import { type ActivationDType, type Gpu, memoryStorage, storedVariants } from '../engine/index.ts';
import type { BenchSetting } from './measure.ts';
import { PUBLISHED, type Shape, SHAPES } from './shapes.ts';

/** Options for `parseArgs`. */
export const OPTIONS = {
  shape: { type: 'string', default: 'tiny' },
  layers: { type: 'string' },
  prompt: { type: 'string', default: '64' },
  tokens: { type: 'string', default: '16' },
  weights: { type: 'string', default: 'm0e4' },
  activations: { type: 'string' },
  cache: { type: 'string', default: 'plain' },
  switches: { type: 'boolean', default: false },
} as const;

/** Tests which optional kernel variants are correct on this GPU and not slower than the plain ones. */
export function testedVariants(gpu: Gpu, activations: ActivationDType): Promise<AdapterVariants> {
  return adapterVariants(gpu, storedVariants(memoryStorage()), activations);
}

/** Option values as `parseArgs` returns them. */
export interface BenchOptions {
  readonly shape: string;
  readonly layers?: string | undefined;
  readonly prompt: string;
  readonly tokens: string;
  readonly weights: string;
  readonly activations?: string | undefined;
  readonly cache: string;
  readonly switches: boolean;
}

export interface NamedSetting {
  readonly shape: string;
  readonly label: string;
  readonly setting: BenchSetting;
}

/** Sampling with every filter on. */
const SAMPLED: Sampling = {
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.02,
  repetitionPenalty: 1.1,
  seed: 1,
};

/** Throws for another option value than f32, or f16 where the GPU has it. */
export function activationsOf(gpu: Gpu, { activations }: Pick<BenchOptions, 'activations'>): ActivationDType {
  const scalars: readonly ActivationDType[] = gpu.f16 ? ['f32', 'f16'] : ['f32'];
  return oneOf('--activations', activations ?? (gpu.f16 ? 'f16' : 'f32'), scalars);
}

/** All techniques on; with `switches` also each technique turned off alone. Throws for an invalid option value. */
export function settingsOf(gpu: Gpu, values: BenchOptions, variants: AdapterVariants): NamedSetting[] {
  const common = {
    tokens: number('--tokens', values.tokens),
    weights: oneOf('--weights', values.weights, ['m0e4', 'q8', 'f16', 'f32'] as const),
    activations: activationsOf(gpu, values),
    cache: oneOf('--cache', values.cache, ['plain', 'q8'] as const),
    off: [],
    ahead: true,
    pace: 'full',
    variants,
  } as const;
  return shapesOf(values.shape).flatMap(([name, shape]) =>
    values.prompt.split(',').flatMap((prompt) => {
      const layers = number('--layers', values.layers ?? String(shape.layers));
      const full: BenchSetting = { ...common, shape, layers, prompt: number('--prompt', prompt) };
      const rest = values.switches ? switches(full) : [];
      return [{ label: 'all on', setting: full }, ...rest].map((s) => ({ shape: name, ...s }));
    }),
  );
}

function switches(full: BenchSetting): Omit<NamedSetting, 'shape'>[] {
  const passes = PASSES.map((pass) => pass.name).filter((pass) => pass !== 'drop-dead');
  const { variants: _, ...plain } = full;
  return [
    ...passes.map((pass) => ({ label: `without ${pass}`, setting: { ...full, off: [pass] } })),
    { label: 'without any fusion', setting: { ...full, off: passes } },
    { label: 'plain kernels', setting: plain },
    { label: 'waiting for each readback', setting: { ...full, ahead: false } },
    { label: 'pace balanced', setting: { ...full, pace: 'balanced' } },
    { label: 'pace polite', setting: { ...full, pace: 'polite' } },
    { label: 'sampled', setting: { ...full, sampling: SAMPLED } },
    { label: 'weights f16', setting: { ...full, weights: 'f16' } },
    { label: 'cache q8', setting: { ...full, cache: 'q8' } },
  ];
}

/** `all`, `published`, or comma-separated names. */
function shapesOf(text: string): [string, Shape][] {
  const names = { all: Object.keys(SHAPES), published: PUBLISHED }[text] ?? text.split(',');
  return names.map((name) => {
    const shape = SHAPES[name];
    if (shape !== undefined) return [name, shape];
    throw new Error(`--shape ${name}: choose from ${Object.keys(SHAPES).join(', ')}, published, all`);
  });
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} ${text}: must be a positive integer`);
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`${option} ${text}: choose from ${allowed.join(', ')}`);
}
