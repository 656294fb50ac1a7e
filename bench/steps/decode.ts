/**
 * Runs decode steps of a model whose GPU work is small, so that the time of JavaScript remains: the layers of a published
 * model with narrow matrices. What a step evaluates, writes and submits does not depend on the widths. Runs in Node and
 * in a page.
 */
import {
  buildModel,
  createRuntime,
  type Runtime,
  runPasses,
  type TensorType,
  type VariantName,
} from '../../engine/bench.ts';
import { openGpu } from '../../engine/index.ts';
import { randomWeights } from '../random-weights.ts';
import { configOf, type Shape, SHAPES } from '../shapes.ts';

export interface StepsOptions {
  readonly shape: string;
  readonly layers: number;
  /** Upper bound for the storage buffers of a dispatch; the adapter's own limit when absent. */
  readonly storageBuffers?: number;
  /** Kernel variants that are used, untested. */
  readonly variants?: readonly VariantName[];
}

/** Is told when the call that submits a step begins and ends. */
export interface StepsWatch {
  begin(): void;
  end(): void;
}

/** Calls of WebGPU's methods by `Interface.method`, and bytes of `writeBuffer` and `setImmediates`. */
export interface NativeCalls {
  readonly calls: Readonly<Record<string, number>>;
  readonly bytesWritten: number;
}

export interface StepsModel {
  readonly dispatches: number;
  round(tokens: number, watch?: StepsWatch): Promise<void>;
  /** Counts native calls of one round, as means of a token. */
  count(tokens: number): Promise<NativeCalls>;
}

const CAPACITY = 1024;
const CHUNK = 16;
const PROMPT = [1, 2, 3, 4];

/** As many heads and layers as the shape, but narrow. */
const narrow = (shape: Shape): Shape => ({
  ...shape,
  hidden: 64,
  heads: 2,
  kvHeads: 1,
  headWidth: 32,
  ffn: 64,
  vocab: 512,
});

export async function openSteps(provider: GPU, options: StepsOptions): Promise<StepsModel> {
  const { storageBuffers } = options;
  const gpu = await openGpu(provider, storageBuffers === undefined ? {} : { storageBuffers });
  const shape = SHAPES[options.shape];
  if (shape === undefined) throw new Error(`shape ${options.shape} is unknown`);
  const model = buildModel(configOf(narrow(shape), options.layers), {
    activations: 'f32',
    cache: 'plain',
    weights: () => ({ dtype: 'm0e4', group: 32 }),
    maxChunk: CHUNK,
    capacity: CAPACITY,
  });
  const types = new Map<string, TensorType>();
  for (const value of model.graph.values)
    if (value.origin.kind === 'weight') types.set(value.name, value.type);
  const runtime = await createRuntime(gpu, runPasses(model.graph), {
    capacity: CAPACITY,
    maxChunk: CHUNK,
    weights: randomWeights(types),
    variants: {
      key: 'bench',
      results: (options.variants ?? []).map((variant) => ({ variant, scalar: 'f32', state: 'on' })),
    },
  });
  return {
    dispatches: runtime.dispatchesPerToken,
    round: (tokens, watch) => round(runtime, tokens, watch),
    count: (tokens) => countCalls(runtime, tokens),
  };
}

/** Each step is submitted before the one before is read back, as in an answer. */
async function round(runtime: Runtime, tokens: number, watch?: StepsWatch): Promise<void> {
  const { id } = await runtime.prefill(PROMPT, 0);
  let position = PROMPT.length;
  let last = runtime.step(id, position++);
  for (let i = 1; i < tokens; i++) {
    watch?.begin();
    const next = runtime.step('previous', position++);
    watch?.end();
    await last;
    last = next;
  }
  await last;
}

async function countCalls(runtime: Runtime, tokens: number): Promise<NativeCalls> {
  const all = new Map<string, number>();
  let bytesWritten = 0;
  const restore: (() => void)[] = [];
  const prototypes = {
    GPUDevice: GPUDevice.prototype,
    GPUQueue: GPUQueue.prototype,
    GPUBuffer: GPUBuffer.prototype,
    GPUCommandEncoder: GPUCommandEncoder.prototype,
    GPUComputePassEncoder: GPUComputePassEncoder.prototype,
  };
  const counted = (name: string, args: readonly unknown[]) => {
    all.set(name, (all.get(name) ?? 0) + 1);
    const data = args.find((arg) => ArrayBuffer.isView(arg));
    if (name.endsWith('.writeBuffer') || name.endsWith('.setImmediates'))
      bytesWritten += writtenBytes(data as Uint8Array, name.endsWith('.writeBuffer') ? args[4] : args[3]);
  };
  for (const [owner, prototype] of Object.entries(prototypes)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof property.value !== 'function' || name === 'constructor') continue;
      const original = property.value as (...args: unknown[]) => unknown;
      const wrapped = function (this: unknown, ...args: unknown[]) {
        counted(`${owner}.${name}`, args);
        return original.apply(this, args);
      };
      Object.defineProperty(prototype, name, { ...property, value: wrapped });
      restore.push(() => Object.defineProperty(prototype, name, property));
    }
  }
  try {
    // The difference of two rounds, without what a round does once.
    await round(runtime, 1);
    const [once, onceBytes] = [new Map(all), bytesWritten];
    all.clear();
    bytesWritten = 0;
    await round(runtime, tokens + 1);
    const means = [...all].map(([name, calls]) => [name, (calls - (once.get(name) ?? 0)) / tokens] as const);
    const used = means.filter(([, calls]) => calls > 0);
    return { calls: Object.fromEntries(used), bytesWritten: (bytesWritten - onceBytes) / tokens };
  } finally {
    for (const undo of restore) undo();
  }
}

/** `size` is in elements of a typed array; absent, the whole array. */
function writtenBytes(data: Uint8Array, size: unknown): number {
  return typeof size === 'number' ? size * data.BYTES_PER_ELEMENT : data.byteLength;
}

/** Models by name, as a page and this process offer them. */
export interface StepsRunner {
  /** Returns the dispatches of a token. */
  open(name: string, options: StepsOptions): Promise<number>;
  round(name: string, tokens: number): Promise<void>;
  /** A round in which the calls for steps are watched, all but the first. */
  watched(name: string, tokens: number): Promise<void>;
  count(name: string, tokens: number): Promise<NativeCalls>;
}

export function stepsRunner(gpu: GPU, watch: StepsWatch): StepsRunner {
  const models = new Map<string, StepsModel>();
  const named = (name: string) => models.get(name) as StepsModel;
  return {
    async open(name, options) {
      const model = await openSteps(gpu, options);
      models.set(name, model);
      return model.dispatches;
    },
    round: (name, tokens) => named(name).round(tokens),
    watched: (name, tokens) => named(name).round(tokens, watch),
    count: (name, tokens) => named(name).count(tokens),
  };
}
