/** Comparisons with the original: what is kept, one at a time, and stops. */
import { expect, test, vi } from 'vitest';
import { fail } from '../../../engine/index.ts';
import type { KeptLoss } from '../../protocol/types.ts';
import { storedModel } from '../../testing/builders.ts';
import { fakeEngine } from '../../testing/fake-engine.ts';
import { LossService } from './loss-service.ts';

const address = { kind: 'address', address: 'org/finch' } as const;
const finch = storedModel({ id: 'a', name: 'Finch', importedAt: 7, unquantised: true, origin: 'org/finch' });

function service(engine = fakeEngine([finch])) {
  const saved: Record<string, KeptLoss> = {};
  const losses = new LossService({
    engine,
    now: () => 5,
    turn: async () => {},
    changed: () => {},
    save: async (id, loss) => void (saved[id] = loss),
  });
  return { engine, losses, saved };
}

test('what was measured is kept with the import that it is of', async () => {
  const { losses, saved } = service();
  losses.start(finch, address);
  expect(losses.progress()).toMatchObject({ model: 'a' });
  await vi.waitFor(() => expect(losses.progress()).toBeUndefined());
  expect(saved.a).toMatchObject({ at: 5, of: 7, tokens: 900 });
});

test('a stop ends it at once and keeps nothing', async () => {
  const { engine, losses, saved } = service();
  let signal: AbortSignal | undefined;
  engine.reading = (given) => {
    signal = given;
    return new Promise((resolve) => given?.addEventListener('abort', () => resolve()));
  };
  losses.start(finch, address);
  await vi.waitFor(() => expect(losses.progress()).toMatchObject({ done: 5, total: 10 }));
  await losses.stop();
  expect(signal?.aborted).toBe(true);
  expect(losses.progress()).toBeUndefined();
  expect(saved).toEqual({});
});

test('a failure is shown until the next comparison', async () => {
  const { engine, losses, saved } = service();
  engine.reading = async () => fail('source-read', { who: 'org/finch', message: 'gone' });
  losses.start(finch, address);
  await vi.waitFor(() => expect(losses.progress()?.error).toMatchObject({ code: 'source-read' }));
  engine.reading = async () => {};
  losses.start(finch, address);
  expect(losses.progress()?.error).toBeUndefined();
  await vi.waitFor(() => expect(saved.a).toBeDefined());
});
