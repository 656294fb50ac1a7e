import { expect, it, vi } from 'vitest';
import { Notices } from './notices.ts';
import { runParts } from './start-parts.ts';

it('withdraws the notice of work that was late, and not that of other work of the same part', async () => {
  const changed = vi.fn();
  const notices = new Notices([], changed);
  const { promise: late, resolve: end } = Promise.withResolvers<void>();
  const failing = { part: 'upkeep', run: () => Promise.reject(new Error('the disk is full')) } as const;
  for (const order of [
    [failing, { part: 'upkeep', run: () => late } as const],
    [{ part: 'upkeep', run: () => late } as const, failing],
    [{ part: 'models', run: () => late } as const],
  ])
    await runParts(order, notices, 5);
  expect(notices.list().map(({ part }) => part)).toEqual(['upkeep', 'models']);
  end();
  await vi.waitFor(() => expect(notices.list()).toHaveLength(1));
  expect(notices.list()).toMatchObject([{ part: 'upkeep', error: { message: 'upkeep: the disk is full' } }]);
  expect(changed.mock.calls.length).toBeGreaterThan(5);
});
