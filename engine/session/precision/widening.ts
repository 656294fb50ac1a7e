/**
 * A model that is loaded again with f32 activations when a number exceeded the range of f16. The request that met it is
 * answered again from its beginning, and requests that wait go to the new model.
 */
import { isAborted } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { mayFitWider } from './broken-place.ts';
import type { GenerateHooks, LoadedModel } from '../model.ts';
import type { GenerateRequest, GenerateResult } from '../types.ts';

/** Loads the model again with f32 activations, after the one before was disposed of. */
export type LoadWider = () => Promise<LoadedModel>;

/** Returns `first`, which is replaced by what `wider` loads as soon as its numbers are broken. */
export function widening(first: LoadedModel, wider: LoadWider): LoadedModel {
  let current = first;
  let pace: Parameters<LoadedModel['setPace']>[0] | undefined;
  let disposed = false;
  let loading: Promise<LoadedModel> | undefined;
  const widen = (error: unknown): Promise<LoadedModel> => {
    loading ??= (async () => {
      log('warn', 'engine', `loads the model with f32 activations: ${String(error)}`);
      current.dispose();
      const model = await wider();
      if (pace !== undefined) model.setPace(pace);
      if (disposed) model.dispose();
      current = model;
      return model;
    })();
    return loading;
  };
  /** Runs a request again on the wider model if its numbers are broken, or if it waited while that was loaded. */
  const asked = async <T>(
    run: (model: LoadedModel) => Promise<T>,
    { again, ended }: { again?: () => void; ended?: (result: T) => boolean } = {},
  ): Promise<T> => {
    const model = loading === undefined ? current : await loading;
    const replaced = () => model === first && loading !== undefined && !disposed;
    try {
      const result = await run(model);
      if (!replaced() || ended?.(result) !== true) return result;
    } catch (error) {
      const waited = replaced() && isAborted(error);
      if (model !== first || disposed || !(waited || mayFitWider(error))) throw error;
      if (!waited) {
        const next = await widen(error);
        again?.();
        return run(next);
      }
    }
    return run(await (loading as Promise<LoadedModel>));
  };
  return {
    get facts() {
      return current.facts;
    },
    generate: (request: GenerateRequest, hooks: GenerateHooks = {}): Promise<GenerateResult> =>
      asked((model) => model.generate(request, hooks), {
        again() {
          hooks.onEvent?.({ kind: 'precision', activations: 'f32' });
          hooks.onEvent?.({ kind: 'rewind', length: 0 });
        },
        // A model that is disposed of ends what waits for it as if it were cancelled.
        ended: ({ stop }) => stop === 'cancelled' && hooks.signal?.aborted !== true,
      }),
    logits: (...given) => asked((model) => model.logits(...given)),
    perplexity: (...given) => asked((model) => model.perplexity(...given)),
    score: (...given) => asked((model) => model.score(...given)),
    read: (...given) => asked((model) => model.read(...given)),
    savePrefix: (...given) => asked((model) => model.savePrefix(...given)),
    loadPrefix: (...given) => asked((model) => model.loadPrefix(...given)),
    pack: (...given) => asked((model) => model.pack(...given)),
    held: (prompt, branch) => current.held(prompt, branch),
    countTokens: (prompt) => current.countTokens(prompt),
    encode: (text) => current.encode(text),
    encodeText: (text) => current.encodeText(text),
    decode: (ids) => current.decode(ids),
    inspect: () => current.inspect(),
    setPace(next) {
      pace = next;
      current.setPace(next);
    },
    dispose() {
      disposed = true;
      current.dispose();
    },
  };
}
