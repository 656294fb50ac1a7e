import { beforeAll, expect, test, vi } from 'vitest';
import { EngineError, type EngineErrorCode, setLog } from '../../../engine/index.ts';
import { afterLoss } from './after-loss.ts';

beforeAll(() => setLog('error', () => {}));

const failure = (code: EngineErrorCode) => new EngineError(code, { who: 'gpu', message: 'no' });

/** Work that fails with each of these, and then succeeds. */
function failing(...codes: EngineErrorCode[]) {
  const left = [...codes];
  return vi.fn(async () => {
    const code = left.shift();
    if (code !== undefined) throw failure(code);
    return 'loaded';
  });
}

test.each<[EngineErrorCode[], string, number]>([
  [[], 'loaded', 1],
  [['gpu-lost'], 'loaded', 2],
  [['gpu-lost', 'gpu-unavailable'], 'loaded', 3],
  [['gpu-unavailable'], 'loaded', 2],
  [['gpu-lost', 'gpu-lost', 'gpu-lost', 'gpu-lost'], 'gpu-lost', 3],
  [['gpu-limit'], 'gpu-limit', 1],
  [['gpu-lost', 'store-damaged'], 'store-damaged', 2],
])('after %j: %s, with %i attempts', async (codes, expected, attempts) => {
  const work = failing(...codes);
  const waits: number[] = [];
  const got = await afterLoss({}, work, undefined, async (ms) => void waits.push(ms)).catch(
    (error) => error.code,
  );
  expect(got).toBe(expected);
  expect(work).toHaveBeenCalledTimes(attempts);
  expect(waits).toEqual([500, 1000].slice(0, attempts - 1));
});

test('a cancelled load is not repeated', async () => {
  const work = failing('gpu-lost');
  await expect(afterLoss({}, work, AbortSignal.abort())).rejects.toMatchObject({ code: 'gpu-lost' });
  expect(work).toHaveBeenCalledTimes(1);
});

test('where there is no WebGPU, nothing is waited for', async () => {
  const work = failing('gpu-unavailable');
  const wait = vi.fn(async () => {});
  await expect(afterLoss(undefined, work, undefined, wait)).rejects.toMatchObject({
    code: 'gpu-unavailable',
  });
  expect(wait).not.toHaveBeenCalled();
});
