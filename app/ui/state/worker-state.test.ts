import { expect, test } from 'vitest';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, ServerEvent } from '../../protocol/requests.ts';
import type { Settings } from '../../protocol/types.ts';
import { createWorkerState } from './worker-state.ts';

/** A worker whose answers the test gives. */
function worker() {
  let tell: (event: ServerEvent) => void = () => {};
  const answers: { resolve(settings: Settings): void; reject(error: Error): void }[] = [];
  const requests: (readonly [RequestKind, object])[] = [];
  const client = {
    onConnection: () => {},
    onEvent: (listener: typeof tell) => {
      tell = listener;
    },
    watch: () => {},
    request: (kind: RequestKind, send: object) => {
      requests.push([kind, send]);
      return new Promise((resolve, reject) => void answers.push({ resolve, reject }));
    },
  } as unknown as Client;
  return { live: createWorkerState(client), tell: (event: ServerEvent) => tell(event), answers, requests };
}

const kept = { language: 'en', autoStart: true } as Settings;
const state = (settings: Settings): ServerEvent => ({ kind: 'settings', settings }) as ServerEvent;

test('a change is seen at once, and older state that arrives late does not undo it', async () => {
  const { live, tell, answers } = worker();
  tell(state(kept));
  const done = live.change({ autoStart: false });
  expect(live.settings.value).toEqual({ language: 'en', autoStart: false });
  tell(state(kept));
  expect(live.settings.value?.autoStart).toBe(false);
  answers[0]!.resolve({ ...kept, autoStart: false });
  await done;
  expect(live.settings.value?.autoStart).toBe(false);
  tell(state(kept));
  expect(live.settings.value?.autoStart).toBe(true);
});

test('a change before anything is known is in what is known first', async () => {
  const { live, tell } = worker();
  void live.change({ autoStart: false });
  expect(live.settings.value).toBeUndefined();
  tell(state(kept));
  expect(live.settings.value?.autoStart).toBe(false);
});

test('of two changes one may be refused: then only that is taken back', async () => {
  const { live, tell, answers } = worker();
  tell(state(kept));
  const first = live.change({ autoStart: false });
  const second = live.change({ language: 'de' });
  answers[0]!.reject(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  expect(live.settings.value).toEqual({ language: 'de', autoStart: true });
  answers[1]!.resolve({ ...kept, language: 'de' });
  await second;
  expect(live.settings.value).toEqual({ language: 'de', autoStart: true });
});

test('a missed delta makes it ask for the whole conversation', () => {
  const { live, tell, requests } = worker();
  const delta = { kind: 'delta', job: 'j', at: 4, text: 'more', tokens: 2, tokensPerSecond: 1 } as const;
  tell(delta);
  expect(requests).toEqual([]);
  live.follow('c');
  tell(delta);
  expect(requests).toEqual([['resync', { topic: 'conversation:c' }]]);
});

test('a setting that is taken away is named, since a message cannot carry undefined', () => {
  const { live, tell, requests } = worker();
  tell(state({ ...kept, summaryLanguage: 'de' }));
  void live.change({ summaryLanguage: undefined });
  expect(live.settings.value?.summaryLanguage).toBeUndefined();
  expect(requests).toEqual([
    ['set-settings', { settings: { summaryLanguage: undefined }, unset: ['summaryLanguage'] }],
  ]);
});
