/**
 * One shape, one setting: what a prompt and a token cost. What does not depend on how fast the adapter is
 * (dispatches, submits, objects, bytes, JavaScript time) is exact; times are what the clock says.
 */
import {
  type AdapterForms,
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

export interface Setting {
  readonly shape: Shape;
  readonly layers: number;
  readonly prompt: number;
  readonly tokens: number;
  readonly weights: WeightDType;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** Passes left out. */
  readonly off: readonly string[];
  /** Feed the best id on the GPU and submit one step ahead of its readback. */
  readonly ahead: boolean;
  readonly pace: Pace;
  /** Kernels' forms beyond the plain ones; only these when absent. */
  readonly forms?: AdapterForms;
  /** What ids are chosen by; greedy when absent. */
  readonly sampling?: Sampling;
}

export interface Measured {
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
  /** With all of the prompt but its last 16 tokens in the cache already. */
  readonly timeToFirstTokenReusedMs: number;
  readonly dispatchesPerToken: number;
  readonly dispatchesPerLayer: number;
  readonly submitsPerToken: number;
  readonly createdPerToken: number;
  readonly readbackBytesPerToken: number;
  /** Time of a run that checks a draft of 7, over that of a step; 0 where a pass that it needs is off. */
  readonly eightRowsOverOne: number;
  /** Time within the call for a step; at other levels than full the step is submitted after it. */
  readonly jsMsPerToken: number;
  readonly weightBytesReadOverStored: number;
  readonly peakOverWeightsAndCache: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
}

/** Steps before the counted ones: pipelines are warm, rings are full. */
const WARM_UP = 3;
const NEW_TOKENS = 16;
const VERIFIES = 3;
/** Dispatches of a token beside its layers: embedding, logits, the two of the sampler. */
const BESIDE_LAYERS = 4;

export async function measure(gpu: Gpu, setting: Setting): Promise<Measured> {
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
    ...(setting.forms === undefined ? {} : { forms: setting.forms }),
  });
  try {
    return await run(gpu, runtime, setting, before);
  } finally {
    runtime.dispose();
  }
}

async function run(gpu: Gpu, runtime: Runtime, setting: Setting, before: number): Promise<Measured> {
  const { prompt, tokens, layers, shape } = setting;
  runtime.setPace(setting.pace);
  if (setting.sampling !== undefined) runtime.setSampling(setting.sampling);
  const ids = Array.from({ length: prompt }, (_, i) => (i * 7919) % shape.vocab);
  await runtime.prefill(ids, 0); // a software adapter compiles at a shader's first use
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
    dispatchesPerLayer: (per('dispatches') - BESIDE_LAYERS) / layers,
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

/** In milliseconds; 0 where it cannot be done. */
async function timeOfEightRows(runtime: Runtime, ids: readonly number[]): Promise<number> {
  if (!(await runtime.prepareVerify())) return 0;
  const rows = Array.from({ length: 8 }, (_, i) => ids[i % ids.length] as number);
  const at = Math.max(0, Math.min(ids.length, runtime.capacity - rows.length));
  await runtime.verify(rows, at);
  const begun = performance.now();
  for (let i = 0; i < VERIFIES; i++) await runtime.verify(rows, at);
  return (performance.now() - begun) / VERIFIES;
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
  let flying = submit(id, position++);
  for (let i = 1; i < WARM_UP; i++) flying = submit((await flying).id, position++);
  await flying;
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
