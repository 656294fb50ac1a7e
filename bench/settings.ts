/** What a benchmark is asked to measure: the options of its command line, and the settings that they mean. */
import { type AdapterForms, adapterForms, GREEDY, PASSES, type Sampling } from '../engine/bench.ts';
import { type ActivationDType, type Gpu, memoryStorage, storedForms } from '../engine/index.ts';
import type { Setting } from './measure.ts';
import { PUBLISHED, type Shape, SHAPES } from './shapes.ts';

/** For `parseArgs`. */
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

/** The forms that are right on this GPU and not slower, found out now. */
export function testedForms(gpu: Gpu): Promise<AdapterForms> {
  return adapterForms(gpu, storedForms(memoryStorage()));
}

export interface Values {
  readonly shape: string;
  readonly layers?: string | undefined;
  readonly prompt: string;
  readonly tokens: string;
  readonly weights: string;
  readonly activations?: string | undefined;
  readonly cache: string;
  readonly switches: boolean;
}

export interface Named {
  readonly shape: string;
  readonly label: string;
  readonly setting: Setting;
}

/** Every filter on. */
const SAMPLED: Sampling = {
  ...GREEDY,
  ...{ temperature: 0.8, topK: 40, topP: 0.95, minP: 0.02, repetitionPenalty: 1.1, seed: 1 },
};

/** Everything on; with `switches` also each technique off by itself. Throws for a word that means nothing. */
export function settingsOf(gpu: Gpu, values: Values, forms: AdapterForms): Named[] {
  const scalars: readonly ActivationDType[] = gpu.f16 ? ['f32', 'f16'] : ['f32'];
  const common = {
    tokens: number('--tokens', values.tokens),
    weights: oneOf('--weights', values.weights, ['m0e4', 'q8', 'f16', 'f32'] as const),
    activations: oneOf('--activations', values.activations ?? (gpu.f16 ? 'f16' : 'f32'), scalars),
    cache: oneOf('--cache', values.cache, ['plain', 'q8'] as const),
    off: [],
    ahead: true,
    pace: 'full',
    forms,
  } as const;
  return shapesOf(values.shape).flatMap(([name, shape]) =>
    values.prompt.split(',').flatMap((prompt) => {
      const layers = number('--layers', values.layers ?? String(shape.layers));
      const full: Setting = { ...common, shape, layers, prompt: number('--prompt', prompt) };
      const rest = values.switches ? switches(full) : [];
      return [{ label: 'all on', setting: full }, ...rest].map((s) => ({ shape: name, ...s }));
    }),
  );
}

function switches(full: Setting): Omit<Named, 'shape'>[] {
  const passes = PASSES.map((pass) => pass.name).filter((pass) => pass !== 'drop-dead');
  const { forms: _, ...plain } = full;
  return [
    ...passes.map((pass) => ({ label: `without ${pass}`, setting: { ...full, off: [pass] } })),
    { label: 'without any fusion', setting: { ...full, off: passes } },
    { label: 'plain forms of kernels', setting: plain },
    { label: 'waiting for each readback', setting: { ...full, ahead: false } },
    { label: 'pace balanced', setting: { ...full, pace: 'balanced' } },
    { label: 'pace polite', setting: { ...full, pace: 'polite' } },
    { label: 'sampled', setting: { ...full, sampling: SAMPLED } },
    { label: 'weights f16', setting: { ...full, weights: 'f16' } },
    { label: 'cache q8', setting: { ...full, cache: 'q8' } },
  ];
}

/** `all`, `published`, or names with commas between them. */
function shapesOf(text: string): [string, Shape][] {
  const names = { all: Object.keys(SHAPES), published: PUBLISHED }[text] ?? text.split(',');
  return names.map((name) => {
    const shape = SHAPES[name];
    if (shape !== undefined) return [name, shape];
    throw new Error(`--shape ${name}: choose of ${Object.keys(SHAPES).join(', ')}, published, all`);
  });
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} ${text}: a whole number above 0 is wanted`);
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`${option} ${text}: choose of ${allowed.join(', ')}`);
}
