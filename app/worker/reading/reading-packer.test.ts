import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Prompt } from '../../../engine/index.ts';
import { storedModel } from '../../testing/builders.ts';
import { ReadingPacker } from './reading-packer.ts';
import type { PackOutcome, PrefixModel, PrefixText } from './saved-prefixes.ts';

const QUIET_MS = 50;
const prompt = (text: string): Prompt => ({ kind: 'text', text });
const packs = (): PrefixModel => ({ facts: { model: storedModel() }, pack: async () => {} }) as never;
const model = packs();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp({ may = (): boolean => true } = {}) {
  const pack = vi.fn(async (..._: unknown[]): Promise<PackOutcome> => 'settled');
  const packer = new ReadingPacker({ prefixes: { pack }, may, between: (work) => work(), quietMs: QUIET_MS });
  const packed = () => pack.mock.calls.map(([, text]) => (text as PrefixText).conversation);
  /** Lets a pause begin. The hash of a text is computed beside the timers, so it takes some rounds of the event loop. */
  const pause = async () => {
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    const hashes = () => crypto.subtle.digest('SHA-256', new Uint8Array(64));
    for (let round = 0; round < 10; round++) await hashes();
  };
  /** Whether the first packing was interrupted. */
  const stopped = () => (pack.mock.calls[0] as [unknown, unknown, unknown, AbortSignal])[3].aborted;
  /** The next packing lasts until a job interrupts it. */
  const untilInterrupted = () =>
    pack.mockImplementationOnce((...[, , , signal]) => {
      return new Promise((resolve) =>
        (signal as AbortSignal).addEventListener('abort', () => resolve('interrupted')),
      );
    });
  return { packer, pack, stopped, packed, pause, untilInterrupted };
}

/** A job comes while a text is packed, and ends. */
async function jobDuring(packer: ReadingPacker): Promise<void> {
  packer.interrupt();
  await vi.advanceTimersByTimeAsync(0);
  packer.schedule();
}

test('packs what was saved once nothing has run for a while, the newest first', async () => {
  const { packer, packed, pause } = setUp();
  packer.later(model, { conversation: 'a' }, prompt('one'));
  packer.later(model, { conversation: 'b' }, prompt('two'));
  await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
  expect(packed()).toEqual([]);
  await pause();
  expect(packed()).toEqual(['b', 'a']);
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['b', 'a']);
});

test('a text of which the model drops nothing is left alone, also after its later answers', async () => {
  const { packer, pack, packed, pause } = setUp();
  pack.mockImplementationOnce(async () => 'futile');
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  packer.later(model, { conversation: 'a' }, prompt('one more'));
  await pause();
  expect(packed()).toEqual(['a']);
});

test('a model that is gone is no interruption: what it read waits no longer', async () => {
  const { packer, pack, packed, pause } = setUp();
  pack.mockImplementationOnce(async () => 'interrupted');
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['a']);
});

test('a job interrupts it at once, and it is tried again at the next pause', async () => {
  const { packer, stopped, packed, pause, untilInterrupted } = setUp();
  untilInterrupted();
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  expect(packed()).toEqual(['a']);
  packer.interrupt();
  expect(stopped()).toBe(true);
  await pause();
  expect(packed()).toEqual(['a']);
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['a', 'a']);
});

test('a text that was interrupted three times is given up, also for its later answers', async () => {
  const { packer, packed, pause, untilInterrupted } = setUp();
  packer.later(model, { conversation: 'a' }, prompt('one'));
  for (let times = 1; times <= 3; times++) {
    untilInterrupted();
    await pause();
    expect(packed()).toHaveLength(times);
    await jobDuring(packer);
  }
  packer.later(model, { conversation: 'a' }, prompt('one more'));
  packer.later(model, { conversation: 'b' }, prompt('two'));
  await pause();
  expect(packed()).toEqual(['a', 'a', 'a', 'b']);
});

test('a pause that begins meanwhile does not begin it twice', async () => {
  const { packer, packed, pause, untilInterrupted } = setUp();
  untilInterrupted();
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['a']);
});

test('waits while the person or the battery does not allow it', async () => {
  let may = false;
  const { packer, packed, pause } = setUp({ may: () => may });
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  expect(packed()).toEqual([]);
  may = true;
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['a']);
});

test('packs nothing of a model that cannot', async () => {
  const { packer, packed, pause } = setUp();
  packer.later({ ...model, pack: undefined }, { conversation: 'a' }, prompt('one'));
  await pause();
  expect(packed()).toEqual([]);
});

test('packs nothing of deleted conversations, or of another model', async () => {
  const { packer, packed, pause } = setUp();
  packer.later(packs(), { conversation: 'a' }, prompt('one'));
  packer.later(model, { conversation: 'b' }, prompt('two'));
  packer.later(model, { conversation: 'c' }, prompt('three'));
  packer.forget(['b']);
  await pause();
  expect(packed()).toEqual(['c']);
  packer.later(model, { conversation: 'd' }, prompt('four'));
  packer.forgetAll();
  packer.schedule();
  await pause();
  expect(packed()).toEqual(['c']);
});

test('a conversation that is deleted while it is packed is left alone at once', async () => {
  const { packer, stopped, packed, pause, untilInterrupted } = setUp();
  untilInterrupted();
  packer.later(model, { conversation: 'a' }, prompt('one'));
  await pause();
  expect(packed()).toEqual(['a']);
  packer.forget(['other']);
  expect(stopped()).toBe(false);
  packer.forget(['a']);
  expect(stopped()).toBe(true);
});

test('holds the newest few conversations only', async () => {
  const { packer, packed, pause } = setUp();
  for (const conversation of 'abcdefgh') packer.later(model, { conversation }, prompt(conversation));
  await pause();
  expect(packed()).toEqual([...'hgfe']);
});
