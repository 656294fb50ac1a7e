/**
 * Measures one setting of one shape: the cost of a prompt and of a token. Counts (dispatches, submits, objects, bytes)
 * are exact and do not depend on the adapter's speed. Times are wall-clock times.
 */
import {
  type AdapterVariants,
  buildModel,
  createRuntime,
  type Runtime,
  type RuntimeCounters,
  runPasses,
  type Sampling,
  type TensorType,
} from '../engine/bench.ts';
import type { ActivationDType, CacheForm, Gpu, Pace, WeightDType } from '../engine/index.ts';
import { randomWeights } from './random-weights.ts';
import { configOf, type Shape } from './shapes.ts';

export interface BenchSetting {
  readonly shape: Shape;
  readonly layers: number;
  readonly prompt: number;
  readonly tokens: number;
  readonly weights: WeightDType;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** Names of disabled graph passes. */
  readonly off: readonly string[];
  /** Whether the best id is fed back on the GPU and each step is submitted before the previous one is read back. */
  readonly ahead: boolean;
  readonly pace: Pace;
  /** Optional kernel variants. Default: plain kernels only. */
  readonly variants?: AdapterVariants;
  /** Default: greedy. */
  readonly sampling?: Sampling;
}

export interface BenchResult {
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
  /** With all of the prompt except its last 16 tokens already in the cache. */
  readonly timeToFirstTokenReusedMs: number;
  readonly dispatchesPerToken: number;
  readonly dispatchesPerLayer: number;
  readonly submitsPerToken: number;
  readonly createdPerToken: number;
  readonly readbackBytesPerToken: number;
  /** Time of a run that verifies a draft of 7 tokens, divided by that of a step. 0 if a pass that it needs is off. */
  readonly eightRowsOverOne: number;
  /** JavaScript time of the call for one step. At a pace other than full, the step is submitted after the call. */
  readonly jsMsPerToken: number;
  readonly weightBytesReadOverStored: number;
  readonly peakOverWeightsAndCache: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
}

/** Steps before the measured ones, so that pipelines are compiled and rings are full. */
const WARM_UP = 3;
/** Tokens of the prompt that are not in the cache when prefix reuse is measured. */
const NEW_TOKENS = 16;
/** Verification runs that are averaged. */
const VERIFICATIONS = 3;
/** Dispatches of a token outside its layers: embedding, logits, and two of the sampler. */
const DISPATCHES_OUTSIDE_LAYERS = 4;

export async function measure(gpu: Gpu, setting: BenchSetting): Promise<BenchResult> {
  const { shape, layers, prompt, tokens } = setting;
  const capacity = prompt + tokens + WARM_UP + 1;
  const types = new Map<string, TensorType>();
  const model = buildModel(configOf(shape, layers), {
    activations: setting.activations,
    cache: setting.cache,
    weights: () => (setting.weights === 'm0e4' ? { dtype: 'm0e4', group: 32 } : { dtype: setting.weights }),
    maxChunk: 128,
    capacity,
  });
  for (const value of model.graph.values)
    if (value.origin.kind === 'weight') types.set(value.name, value.type);
  const before = gpu.counters.liveBytes;
  gpu.counters.peakBytes = before;
  const runtime = await createRuntime(gpu, runPasses(model.graph, { off: setting.off }), {
    capacity,
    maxChunk: 128,
    weights: randomWeights(types),
    ...(setting.variants === undefined ? {} : { variants: setting.variants }),
  });
  try {
    return await run(gpu, runtime, setting, before);
  } finally {
    runtime.dispose();
  }
}

async function run(gpu: Gpu, runtime: Runtime, setting: BenchSetting, before: number): Promise<BenchResult> {
  const { prompt, tokens, layers, shape } = setting;
  runtime.setPace(setting.pace);
  if (setting.sampling !== undefined) runtime.setSampling(setting.sampling);
  const ids = Array.from({ length: prompt }, (_, i) => (i * 7919) % shape.vocab);
  await runtime.prefill(ids, 0); // warm-up: a software adapter compiles a shader at its first use
  const cold = performance.now();
  const first = await runtime.prefill(ids, 0);
  const timeToFirstTokenMs = performance.now() - cold;
  const again = performance.now();
  await runtime.prefill(ids.slice(-NEW_TOKENS), Math.max(0, prompt - NEW_TOKENS));
  const timeToFirstTokenReusedMs = performance.now() - again;
  const decoded = await decode(runtime, first.id, prompt, tokens, setting.ahead);
  const eightRows = await timeOfEightRows(runtime, ids);
  const held = runtime.weightBytes + runtime.cacheBytes;
  const per = (key: keyof RuntimeCounters) => decoded.counted(key) / tokens;
  return {
    prefillTokensPerSecond: (1000 * prompt) / timeToFirstTokenMs,
    decodeTokensPerSecond: (1000 * tokens) / decoded.ms,
    timeToFirstTokenMs,
    timeToFirstTokenReusedMs,
    dispatchesPerToken: per('dispatches'),
    dispatchesPerLayer: (per('dispatches') - DISPATCHES_OUTSIDE_LAYERS) / layers,
    submitsPerToken: per('submits'),
    createdPerToken: per('buffersCreated') + per('bindGroupsCreated') + per('pipelinesCreated'),
    readbackBytesPerToken: per('bytesRead'),
    eightRowsOverOne: (eightRows * tokens) / decoded.ms,
    jsMsPerToken: decoded.jsMs / tokens,
    weightBytesReadOverStored: runtime.weightBytesReadPerToken / runtime.weightBytes,
    peakOverWeightsAndCache: (gpu.counters.peakBytes - before) / held,
    weightBytes: runtime.weightBytes,
    cacheBytes: runtime.cacheBytes,
  };
}

/** Milliseconds of a run over eight rows. 0 if the graph cannot run it. */
async function timeOfEightRows(runtime: Runtime, ids: readonly number[]): Promise<number> {
  if (!(await runtime.prepareVerify())) return 0;
  const rows = Array.from({ length: 8 }, (_, i) => ids[i % ids.length] as number);
  const at = Math.max(0, Math.min(ids.length, runtime.capacity - rows.length));
  await runtime.verify(rows, at);
  const begun = performance.now();
  for (let i = 0; i < VERIFICATIONS; i++) await runtime.verify(rows, at);
  return (performance.now() - begun) / VERIFICATIONS;
}

async function decode(runtime: Runtime, id: number, from: number, tokens: number, ahead: boolean) {
  let start: RuntimeCounters = runtime.counters();
  let clock = 0;
  let jsMs = 0;
  const submit = (next: number | 'previous', position: number) => {
    const begun = performance.now();
    const result = runtime.step(next, position);
    jsMs += performance.now() - begun;
    return result;
  };
  let position = from;
  let inFlight = submit(id, position++);
  for (let i = 1; i < WARM_UP; i++) inFlight = submit((await inFlight).id, position++);
  await inFlight;
  start = runtime.counters();
  clock = performance.now();
  jsMs = 0;
  let last = submit('previous', position++);
  for (let i = 1; i < tokens; i++) {
    const next = ahead ? submit('previous', position++) : undefined;
    const { id: best } = await last;
    last = next ?? submit(best, position++);
  }
  await last;
  const ms = performance.now() - clock;
  const end = runtime.counters();
  return { ms, jsMs, counted: (key: keyof RuntimeCounters) => end[key] - start[key] };
}
