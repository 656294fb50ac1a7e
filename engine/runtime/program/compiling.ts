/**
 * The pipelines of a program while they compile. A run waits only for those of its own dispatches, so a prompt is read while
 * the pipelines of an answer still compile.
 */
import { EngineError } from '../../base/errors.ts';
import type { Pipeline, PipelineCache, PipelineRequest } from '../../gpu/index.ts';

export interface Compiling {
  /** As `Program.ready`. */
  ready(outputs: boolean): Promise<void> | undefined;
  /** Rejects what still waits. Pipelines that arrive later stay in the device's cache. */
  end(): void;
}

/**
 * Asks for all pipelines in the order of the dispatches, and hands over each with the index of its dispatch. `feedsStates`: the
 * dispatches of a run without outputs. `onPipeline` counts distinct pipelines.
 */
export function compileAll(
  cache: PipelineCache,
  requests: readonly PipelineRequest[],
  feedsStates: readonly boolean[],
  take: (index: number, pipeline: Pipeline) => void,
  onPipeline?: (done: number, total: number) => void,
): Compiling {
  const distinct = new Set(requests.map(({ key }) => key)).size;
  const seen = new Set<string>();
  const arriving = requests.map(async (request, i) => {
    take(i, await cache.get(request));
    if (seen.size < seen.add(request.key).size) onPipeline?.(seen.size, distinct);
  });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const readyOnce = (pipelines: readonly Promise<void>[]) => {
    let compiled = false;
    const all = Promise.all(pipelines).then(() => {
      compiled = true;
    });
    const settled = Promise.race([all, ended]);
    settled.catch(() => {}); // its error is for the runs that wait
    return () => (compiled ? undefined : settled);
  };
  const [states, whole] = [readyOnce(arriving.filter((_, i) => feedsStates[i])), readyOnce(arriving)];
  return {
    ready: (outputs) => (outputs ? whole() : states()),
    end: () =>
      reject(new EngineError('request-aborted', { who: 'program', message: 'the model was unloaded' })),
  };
}
