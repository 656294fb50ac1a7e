import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoadedModel, Prompt } from '../../../engine/index.ts';
import { PrefixSaver } from './prefix-saver.ts';
import type { PrefixText } from './saved-prefixes.ts';

const QUIET_MS = 50;
const model = {} as LoadedModel;
const prompt = (text: string): Prompt => ({ kind: 'text', text });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const save = vi.fn(async (..._: unknown[]) => true);
  const packer = { later: vi.fn(), forget: vi.fn(), forgetAll: vi.fn() };
  const saver = new PrefixSaver({ prefixes: { save }, packer, between: (work) => work(), quietMs: QUIET_MS });
  const saved = () =>
    save.mock.calls.map(([, text, read]) => [
      (text as PrefixText).conversation,
      (read as { text: string }).text,
    ]);
  return { saver, save, saved, packer };
}

test('saves the newest prompt of each conversation once nothing has run for a while', async () => {
  const { saver, saved } = setUp();
  saver.later(model, { conversation: 'a' }, prompt('one'));
  saver.later(model, { conversation: 'b' }, prompt('two'));
  saver.later(model, { conversation: 'a' }, prompt('one more'));
  await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
  expect(saved()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(saved()).toEqual([
    ['a', 'one more'],
    ['b', 'two'],
  ]);
  saver.schedule();
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect(saved()).toHaveLength(2);
});

test('a job interrupts a save, which is tried again after it', async () => {
  const { saver, save } = setUp();
  let signal: AbortSignal | undefined;
  save.mockImplementationOnce((_model, _conversation, _prompt, given) => {
    signal = given as AbortSignal;
    return new Promise((resolve) => signal!.addEventListener('abort', () => resolve(false)));
  });
  saver.later(model, { conversation: 'a' }, prompt('one'));
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  saver.interrupt();
  expect(signal?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(10 * QUIET_MS);
  expect(save).toHaveBeenCalledTimes(1);
  saver.schedule();
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect(save).toHaveBeenCalledTimes(2);
});

test('saves nothing of deleted conversations, nor what another model has read', async () => {
  const { saver, saved } = setUp();
  saver.later(model, { conversation: 'a' }, prompt('one'));
  saver.later({} as LoadedModel, { conversation: 'b' }, prompt('two'));
  saver.later(model, { conversation: 'c' }, prompt('three'));
  saver.forget(['c']);
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  saver.later(model, { conversation: 'd' }, prompt('four'));
  saver.forgetAll();
  saver.schedule();
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect(saved()).toEqual([]);
});

test('what was saved is told to the packer, and what is deleted; nothing that is not on the disk', async () => {
  const { saver, save, packer } = setUp();
  save.mockImplementationOnce(async () => false);
  saver.later(model, { conversation: 'a' }, prompt('one'));
  saver.later(model, { conversation: 'b' }, prompt('two'));
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect(packer.later.mock.calls).toEqual([[model, { conversation: 'b' }, prompt('two')]]);
  saver.forget(['b']);
  saver.forgetAll();
  expect(packer.forget.mock.calls).toEqual([[['b']]]);
  expect(packer.forgetAll).toHaveBeenCalledTimes(1);
});
