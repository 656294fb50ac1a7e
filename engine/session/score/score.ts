/** The logits after each token of a text, for measurements of how well a model predicts it. */
import type { Cache } from '../../kv/cache.ts';
import { VERIFY_ROWS } from '../../runtime/drafts/verify-graph.ts';
import { type Reading, readRest, requireRoom } from '../read-prompt.ts';

/**
 * Resolves to the logits after each of `ids[from]` … `ids.at(-1)`, f32[V] each. Rows that the cache has already are
 * not run again, so a long text can be scored in parts. Several ids are run at a time where the runtime verifies
 * drafts. Throws `prompt-too-long`, and `request-aborted` after `signal`.
 */
export async function score(
  reading: Reading,
  ids: readonly number[],
  from: number,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const { runtime, cache } = reading;
  requireRoom(ids, cache);
  keepBefore(cache, ids, from);
  if (cache.length < from) await readRest(reading, ids.slice(0, from), 'none', { signal });
  const most = (await runtime.prepareVerify()) ? VERIFY_ROWS : 1;
  const scored: Float32Array[] = [];
  while (cache.length < ids.length) {
    const at = cache.length;
    const part = ids.slice(at, at + most);
    cache.touch(at + part.length);
    if (part.length > 1) scored.push(...(await runtime.score(part, at, signal)));
    else scored.push((await runtime.step(part[0]!, at, 'logits', signal)).logits as Float32Array);
    cache.append(part);
  }
  return scored;
}

/** Keeps the rows that the cache shares with the first `from` ids. */
function keepBefore(cache: Cache, ids: readonly number[], from: number): void {
  cache.truncate(cache.keepable(Math.min(cache.commonPrefix(ids), from)));
}
