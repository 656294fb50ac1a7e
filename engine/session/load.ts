/** Loads a model from the store: graph, programs and weights on the GPU, tokenizer and template. */
import { fail, isAborted } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { explainLoss, type Gpu, type GpuFacts } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { ringsOf } from '../graph/rings.ts';
import { createBranches } from '../kv/branches.ts';
import { createCache } from '../kv/cache.ts';
import type { ModelGraph } from '../models/index.ts';
import {
  adapterVariants,
  createRuntime,
  type Pace,
  type Runtime,
  type RuntimeOptions,
} from '../runtime/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import type { ModelStore } from '../weights/store/store.ts';
import { generate, type GenerateParts } from './generate.ts';
import { readPrompt, requireRoom } from './read-prompt.ts';
import { describeModel } from './import/inspect.ts';
import { DEFAULT_CAPACITY, MAX_CHUNK, REACH, withLessRoom } from './limits.ts';
import type { LoadedModel, LoadHooks } from './model.ts';
import { perplexity } from './score/perplexity.ts';
import { modelIdentity, readPrefix, writePrefix } from './prefix.ts';
import { score } from './score/score.ts';
import { tryStored } from './dry-run/try-stored.ts';
import { openStored } from './open-stored.ts';
import { createQueue } from './queue.ts';
import { storedModel } from './stored-model.ts';
import { modelOnGpu } from './adapters/remembered.ts';
import { packPrompt, type PackingParts } from './packing/packing.ts';
import type { ModelText } from './text.ts';
import { widening } from './precision/widening.ts';
import type { GenerateResult, LoadOptions, StoredModel } from './types.ts';

/**
 * Loads model `id` onto the GPU. Without a choice of activations these are f16 where the GPU has them, until a number
 * exceeds their range (`precision/widening.ts`). Throws `store-missing`, `store-damaged`, `request-invalid` (f16 without
 * `shader-f16`, a capacity that is not a positive integer), `gpu-limit`, `gpu-lost`, and `request-aborted` after
 * `hooks.signal`.
 */
export async function loadModel(
  store: ModelStore,
  id: string,
  gpu: Gpu,
  options: LoadOptions = {},
  hooks: LoadHooks = {},
): Promise<LoadedModel> {
  if (options.activations === 'f16' && !gpu.f16) {
    fail('request-invalid', {
      who: gpu.facts.name,
      message: 'this graphics adapter does not support half precision',
      expected: 'shader-f16',
      got: gpu.facts.features.join(', ') || 'no features',
    });
  }
  const free = options.activations === undefined;
  const open = (activations: ActivationDType) =>
    loadOn(store, id, gpu, { ...options, activations, free }, hooks);
  if (!free || !gpu.f16) return open(options.activations ?? 'f32');
  const { precision } = hooks;
  const key = modelOnGpu(gpu.facts, storedModel((await store.open(id)).manifest));
  if ((await precision?.isWide(key)) === true) return open('f32');
  const model = await open('f16');
  if (model.facts.activations === 'f32') return model;
  return widening(model, async () => {
    await precision?.setWide(key).catch((error) => log('warn', 'engine', `not remembered: ${String(error)}`));
    // The load may outlive the request that asked for it.
    return loadOn(
      store,
      id,
      gpu,
      { ...options, activations: 'f32', free },
      {
        variants: hooks.variants,
        version: hooks.version,
        packing: hooks.packing,
      },
    );
  });
}

/**
 * Loads a model with these activations; errors that a lost device causes are `gpu-lost`. Where its buffers do not fit on
 * the GPU, they are tried with half the capacity, since the cache may be what is too much.
 */
async function loadOn(
  store: ModelStore,
  id: string,
  gpu: Gpu,
  options: LoadOptions & OwnOptions,
  hooks: LoadHooks,
): Promise<LoadedModel> {
  const { contextLength } = storedModel((await store.open(id)).manifest);
  return withLessRoom(Math.min(capacityOf(options), contextLength), (capacity) =>
    loadAt(store, id, gpu, { ...options, capacity }, hooks),
  );
}

async function loadAt(
  store: ModelStore,
  id: string,
  gpu: Gpu,
  options: LoadOptions & OwnOptions,
  hooks: LoadHooks,
): Promise<LoadedModel> {
  const model = await explainLoss(gpu, async () => {
    const { variants: tested } = hooks;
    return loadWith(store, id, options, hooks, gpu.facts, async (model, runtime) => {
      const variants = tested && (await adapterVariants(gpu, tested, model.activations));
      const packs = hooks.packing !== undefined;
      return createRuntime(gpu, runPasses(model.graph), {
        ...runtime,
        packs,
        ...(variants === undefined ? {} : { variants }),
      });
    });
  });
  return {
    ...model,
    generate: (...asked) => explainLoss(gpu, () => model.generate(...asked)),
    logits: (...asked) => explainLoss(gpu, () => model.logits(...asked)),
    perplexity: (...asked) => explainLoss(gpu, () => model.perplexity(...asked)),
    score: (...asked) => explainLoss(gpu, () => model.score(...asked)),
    read: (...asked) => explainLoss(gpu, () => model.read(...asked)),
    savePrefix: (...asked) => explainLoss(gpu, () => model.savePrefix(...asked)),
    loadPrefix: (...asked) => explainLoss(gpu, () => model.loadPrefix(...asked)),
    pack: (...asked) => explainLoss(gpu, () => model.pack(...asked)),
  };
}

/** Creates the runtime of a built model. */
export type MakeRuntime = (model: ModelGraph, options: RuntimeOptions) => Promise<Runtime>;

/** Options of {@link loadWith} that callers of {@link loadModel} do not have. */
export interface OwnOptions {
  readonly activations: ActivationDType;
  /** Allows f32 instead of `activations` for a model whose activations exceed the range of f16. */
  readonly free?: boolean;
  /** Rows that a cache can be rolled back; {@link REACH} when absent. */
  readonly reach?: number;
}

/** Loads a model onto any runtime; throws as {@link loadModel} does. */
export async function loadWith(
  store: ModelStore,
  id: string,
  options: LoadOptions & OwnOptions,
  { onProgress, signal, dryRun, version = '', packing }: LoadHooks,
  adapter: GpuFacts,
  makeRuntime: MakeRuntime,
): Promise<LoadedModel> {
  const found = await store.open(id);
  const stored = storedModel(found.manifest);
  onProgress?.({ phase: 'reading', done: 0, total: stored.bytes });
  const opened = await tryStored(found, dryRun, signal);
  const { free, reach = REACH, cache } = options;
  const { model, text, weights, activations, config } = await openStored(opened, {
    ...(free === undefined ? {} : { free }),
    ...(cache === undefined ? {} : { cache }),
    activations: options.activations,
    maxChunk: MAX_CHUNK,
    capacity: capacityOf(options),
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
    reach,
  });
  if (model.embeds !== undefined) {
    fail('request-invalid', {
      who: stored.name,
      message: 'this model makes vectors for search, and writes no text',
      expected: 'a model that writes',
      got: model.family,
    });
  }
  const runtime = await makeRuntime(model, {
    capacity: model.capacity,
    maxChunk: model.maxChunk,
    weights,
    onProgress: ({ phase, done, total }) => onProgress?.({ phase, done, total }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (options.pace !== undefined) runtime.setPace(options.pace);
  const identity = modelIdentity(opened.manifest, config, activations, version);
  // Models of earlier versions have no report in their manifest.
  const reported = { ...stored, dialogue: text.dialogue };
  const tested = { tested: packing, key: `${modelOnGpu(adapter, stored)} ${identity} ${model.cache}` };
  return loaded({ stored: reported, adapter, activations, model, text, runtime, identity, packing: tested });
}

interface Loaded {
  readonly stored: StoredModel;
  readonly adapter: GpuFacts;
  readonly activations: ActivationDType;
  readonly model: ModelGraph;
  readonly text: ModelText;
  readonly runtime: Runtime;
  readonly identity: string;
  readonly packing: Pick<PackingParts, 'tested' | 'key'>;
}

function loaded(made: Loaded): LoadedModel {
  const { stored, adapter, activations, model, text, runtime, identity } = made;
  const queue = createQueue();
  const cache = createCache(runtime.capacity, ringsOf(model.graph), runtime.snapshots, (packed) =>
    runtime.packer?.setPacked(packed),
  );
  const parts: GenerateParts = { runtime, text, cache, branches: createBranches(cache, runtime.rows) };
  const prefixed = { cache, rows: runtime.rows, packer: runtime.packer, identity };
  const paces = pacesOf(runtime);
  const disposal = new AbortController();
  const inTurn = <T>(task: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const either = signal === undefined ? disposal.signal : AbortSignal.any([signal, disposal.signal]);
    return queue.run(() => task(either), either);
  };
  return {
    facts: {
      model: stored,
      adapter,
      activations,
      cache: model.cache,
      capacity: runtime.capacity,
      thinks: text.thinks,
      ...(text.sampling === undefined ? {} : { sampling: text.sampling }),
      vocabulary: runtime.vocabulary,
      weightBytes: runtime.weightBytes,
      cacheBytes: runtime.cacheBytes,
    },
    async generate(request, hooks = {}) {
      try {
        return await inTurn((signal) => generate(parts, request, { ...hooks, signal }), hooks.signal);
      } catch (error) {
        // Only a waiting request gets here: a running one resolves as cancelled.
        if (!isAborted(error)) throw error;
        return cancelledBeforeStart(runtime);
      }
    },
    logits: (prompt, signal) =>
      inTurn(async (either) => {
        const ids = text.encode(prompt);
        requireRoom(ids, cache);
        const { logits } = await readPrompt(parts, ids, 'logits', undefined, { signal: either });
        return { ids, logits: logits as Float32Array };
      }, signal),
    perplexity: (texts, hooks = {}) =>
      inTurn((signal) => perplexity(parts, text, texts, { ...hooks, signal }), hooks.signal),
    encodeText: (plain) => text.encodeText(plain),
    score: (ids, from, signal) => inTurn((either) => score(parts, ids, from, either), signal),
    countTokens: (prompt) => text.count(prompt),
    encode: (continuation) => text.encodeContinuation(continuation),
    decode(ids) {
      const stream = text.tokenizer.stream({ continues: true });
      return ids.map((id) => stream.push(id)).join('') + stream.flush();
    },
    savePrefix: (prompt, storage, path, { branch = '', signal } = {}) =>
      inTurn(async (either) => {
        const ids = text.encode(prompt);
        requireRoom(ids, cache);
        parts.branches.switchTo(branch, ids);
        if (!cache.holds(ids)) await readPrompt(parts, ids, 'none', undefined, { signal: either });
        const bytes = await writePrefix(prefixed, ids, storage, path);
        return { tokens: ids.length, bytes };
      }, signal),
    held: (prompt, branch = '') => parts.branches.held(branch, text.encode(prompt)),
    read: (prompt, { branch = '', pace, onEvent, signal } = {}) =>
      inTurn(async (either) => {
        const ids = text.encode(prompt);
        requireRoom(ids, cache);
        parts.branches.switchTo(branch, ids);
        const reused = cache.keepable(cache.commonPrefix(ids));
        const read = () => ({ tokens: ids.length, reused, read: cache.length - reused });
        if (reused === ids.length) return read();
        paces.slow(pace);
        try {
          await readPrompt(parts, ids, 'none', undefined, { onEvent, signal: either });
        } catch (error) {
          if (!isAborted(error)) {
            cache.truncate(0); // the contents of its rows are unknown now
            throw error;
          }
        } finally {
          paces.slow(undefined);
        }
        return read();
      }, signal),
    loadPrefix: (storage, path, { branch = '', prompt, signal } = {}) =>
      inTurn(async () => {
        const wanted = prompt && text.encode(prompt);
        if (wanted !== undefined) parts.branches.switchTo(branch, wanted);
        const switched = () => parts.branches.switchTo(branch, []);
        const ids = await readPrefix(prefixed, storage, path, switched, wanted);
        if (ids === undefined) return { tokens: 0, bytes: 0 };
        return { tokens: ids.length, bytes: runtime.rows.bytesOf(ids.length, cache.packed) };
      }, signal),
    pack: (prompt, shared, { branch = '', pace, onTested, signal } = {}) =>
      inTurn(async (either) => {
        paces.slow(pace);
        try {
          return await packPrompt({ ...parts, ...made.packing, onTested }, prompt, shared, branch, either);
        } finally {
          paces.slow(undefined);
        }
      }, signal),
    setPace: (pace) => paces.set(pace),
    inspect: () => `${describeModel(model, false)}\n\n${runtime.describe()}`,
    dispose() {
      if (disposal.signal.aborted) return;
      disposal.abort();
      void queue.idle().then(() => {
        parts.branches.clear();
        runtime.dispose();
      });
    },
  };
}

/** The person's pace, and that of a request of its own in its place while it runs. */
function pacesOf(runtime: Pick<Runtime, 'pace' | 'setPace'>) {
  let usual = runtime.pace;
  let own: Pace | undefined;
  const apply = () => runtime.setPace(own ?? usual);
  return {
    set(pace: Pace): void {
      usual = pace;
      apply();
    },
    slow(pace: Pace | undefined): void {
      own = pace;
      apply();
    },
  };
}

function capacityOf({ capacity = DEFAULT_CAPACITY }: LoadOptions): number {
  if (Number.isInteger(capacity) && capacity >= 1) return capacity;
  return fail('request-invalid', {
    who: 'capacity',
    message: 'this is not a valid number of tokens',
    expected: 'a positive whole number',
    got: capacity,
  });
}

function cancelledBeforeStart(runtime: Runtime): GenerateResult {
  const none = { buffers: 0, bindGroups: 0, pipelines: 0 };
  return {
    promptIds: [],
    ids: [],
    thoughtTokens: 0,
    text: '',
    stop: 'cancelled',
    timings: { prefillTokensPerSecond: 0, decodeTokensPerSecond: 0, timeToFirstTokenMs: 0 },
    counters: {
      steps: 0,
      draftedTokens: 0,
      acceptedTokens: 0,
      forcedTokens: 0,
      dispatchesPerToken: 0,
      submitsPerToken: 0,
      createdPerToken: none,
      readbackBytesPerToken: 0,
      jsMsPerToken: 0,
      weightBytesReadPerToken: runtime.weightBytesReadPerToken,
      weightBytes: runtime.weightBytes,
      cacheBytes: runtime.cacheBytes,
      peakGpuBytes: runtime.peakBytes,
    },
  };
}
