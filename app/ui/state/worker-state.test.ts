import { expect, test } from 'vitest';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, ServerEvent } from '../../protocol/requests.ts';
import type { Settings } from '../../protocol/types.ts';
import { createWorkerState } from './worker-state.ts';

/** A worker whose events and answers come from the test. */
function worker() {
  let send: (event: ServerEvent) => void = () => {};
  const answers: { resolve(settings: Settings): void; reject(error: Error): void }[] = [];
  const requests: (readonly [RequestKind, object])[] = [];
  const client = {
    onConnection: () => {},
    onEvent: (listener: typeof send) => {
      send = listener;
    },
    watch: () => {},
    request: (kind: RequestKind, send: object) => {
      requests.push([kind, send]);
      return new Promise((resolve, reject) => void answers.push({ resolve, reject }));
    },
  } as unknown as Client;
  return { state: createWorkerState(client), send: (event: ServerEvent) => send(event), answers, requests };
}

const stored = { language: 'en', autoStart: true } as Settings;
const settingsEvent = (settings: Settings): ServerEvent => ({ kind: 'settings', settings }) as ServerEvent;

test('a change shows at once, and older state that arrives late does not undo it', async () => {
  const { state, send, answers } = worker();
  send(settingsEvent(stored));
  const done = state.change({ autoStart: false });
  expect(state.settings.value).toEqual({ language: 'en', autoStart: false });
  send(settingsEvent(stored));
  expect(state.settings.value?.autoStart).toBe(false);
  answers[0]!.resolve({ ...stored, autoStart: false });
  await done;
  expect(state.settings.value?.autoStart).toBe(false);
  send(settingsEvent(stored));
  expect(state.settings.value?.autoStart).toBe(true);
});

test('a change before the first state is applied to it', async () => {
  const { state, send } = worker();
  void state.change({ autoStart: false });
  expect(state.settings.value).toBeUndefined();
  send(settingsEvent(stored));
  expect(state.settings.value?.autoStart).toBe(false);
});

test('a refused change is reverted alone', async () => {
  const { state, send, answers } = worker();
  send(settingsEvent(stored));
  const first = state.change({ autoStart: false });
  const second = state.change({ language: 'de' });
  answers[0]!.reject(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  expect(state.settings.value).toEqual({ language: 'de', autoStart: true });
  answers[1]!.resolve({ ...stored, language: 'de' });
  await second;
  expect(state.settings.value).toEqual({ language: 'de', autoStart: true });
});

test('a missed delta makes it ask for the whole conversation', () => {
  const { state, send, requests } = worker();
  const delta = { kind: 'delta', job: 'j', at: 4, text: 'more', tokens: 2, tokensPerSecond: 1 } as const;
  send(delta);
  expect(requests).toEqual([]);
  state.follow('c');
  send(delta);
  expect(requests).toEqual([['resync', { topic: 'conversation:c' }]]);
});

test('a setting that is taken away is named, since a message cannot carry undefined', () => {
  const { state, send, requests } = worker();
  send({ kind: 'settings', settings: { ...stored, summaryLanguage: 'de' } });
  void state.change({ summaryLanguage: undefined });
  expect(state.settings.value?.summaryLanguage).toBeUndefined();
  expect(requests).toEqual([
    ['set-settings', { settings: { summaryLanguage: undefined }, unset: ['summaryLanguage'] }],
  ]);
});
