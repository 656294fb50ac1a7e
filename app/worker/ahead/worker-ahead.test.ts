/** A page is read before it is asked about, between jobs, and only where it may be. */
import { describe, expect, it, vi } from 'vitest';
import type { Prompt } from '../../../engine/index.ts';
import type { Sender } from '../../protocol/sender.ts';
import type { TranslationRequest } from '../../protocol/types.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { ownPage } from '../../testing/fake-pipe.ts';
import { PROBE_VERSION } from '../abilities/probe.ts';
import { diskStore, page, setUp, soon, style, TestClient } from '../../testing/test-client.ts';

const plugged = { charging: true, level: 1, phone: false };
const roomy = () => fakeEngine([{ ...tinyModel, contextLength: 4000 }]);

/** Reading ahead lasts until it is stopped or `go` is called. */
function held(engine: ReturnType<typeof fakeEngine>) {
  const stopped: boolean[] = [];
  let go = () => {};
  engine.reading = (signal) =>
    new Promise((resolve) => {
      go = resolve;
      signal?.addEventListener('abort', () => {
        stopped.push(true);
        resolve();
      });
    });
  return { stopped, go: () => go() };
}

it('reads the prompt that a summary of the page then asks with', async () => {
  const engine = roomy();
  const { viewer } = setUp(engine);
  await viewer.request('set-settings', { settings: { style } });
  await viewer.request('read-ahead', { page, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  const { job } = await viewer.summarise({ page, style });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  expect(engine.reads).toEqual([engine.asked[0]?.prompt]);
});

it('reads what comes before the next question of a conversation that is shown', async () => {
  const engine = roomy();
  const { viewer } = setUp(engine);
  const { job, conversation } = await viewer.chat({ text: 'Why?', page });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  await viewer.request('read-ahead', { conversation: conversation!, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  const next = await viewer.chat({ text: 'And then?', conversation: conversation! });
  await viewer.watch(`job:${next.job}`);
  await viewer.over(next.job);
  const turns = (prompt: Prompt | undefined) => (prompt?.kind === 'messages' ? prompt.messages : []);
  expect(turns(engine.reads[0]).slice(0, -1)).toEqual(turns(engine.asked[1]?.prompt).slice(0, -1));
});

it('reads nothing for a model that is not asked: the page answers by itself', async () => {
  const small = { ...tinyModel, contextLength: 4000, bytes: 1e6 };
  const engine = fakeEngine([small]);
  const { viewer } = setUp(engine);
  await viewer.request('set-settings', { settings: { style: { type: 'key-points', length: 'short' } } });
  await viewer.request('read-ahead', { page, power: plugged });
  await soon();
  expect(engine.reads).toEqual([]);
});

it('gives way to a job at once, and goes on after it', async () => {
  const engine = roomy();
  const { viewer } = setUp(engine);
  const reading = held(engine);
  await viewer.request('read-ahead', { page, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  const { job } = await viewer.translate({ text: 'Linnet', language: 'de' });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  expect(reading.stopped).toEqual([true]);
  await vi.waitFor(() => expect(engine.reads).toHaveLength(2));
  reading.go();
});

it.each([
  [
    'another page',
    (viewer: TestClient) =>
      viewer.request('read-ahead', { page: { ...page, text: 'Other.' }, power: plugged }),
  ],
  ['nothing', (viewer: TestClient) => viewer.request('read-ahead', { power: plugged })],
  ['a closed surface', async (viewer: TestClient) => viewer.close()],
])('%s ends it', async (_, leave) => {
  const engine = roomy();
  const { viewer } = setUp(engine);
  const reading = held(engine);
  await viewer.request('read-ahead', { page, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  await leave(viewer);
  await vi.waitFor(() => expect(reading.stopped).toEqual([true]));
});

it('another surface that is closed ends nothing', async () => {
  const engine = roomy();
  const { worker, viewer } = setUp(engine);
  const reading = held(engine);
  await viewer.request('read-ahead', { page, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  new TestClient(worker, { ...ownPage }).close();
  await soon(10);
  expect(reading.stopped).toEqual([]);
  reading.go();
});

it.each([
  ['in a private window', { private: true as const }, {}],
  ['on a low battery', { power: { charging: false, level: 0.3, phone: false } }, {}],
  ['on a phone that does not say how its battery is', { power: { phone: true } }, {}],
  ['where the person turned it off', {}, { readAhead: 'never' as const }],
])('reads nothing ahead %s', async (_, change, settings) => {
  const engine = roomy();
  const { viewer } = setUp(engine);
  await viewer.request('set-settings', { settings });
  await viewer.request('read-ahead', { page, power: plugged, ...change });
  await soon(20);
  expect(engine.reads).toEqual([]);
});

it('looks for nothing on the disk where nothing may be kept', async () => {
  const engine = roomy();
  const { viewer } = setUp(engine, diskStore());
  const long = { ...page, text: 'The linnet sings. '.repeat(60) };
  const { job } = await viewer.chat({ text: 'Why?', page: long });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  await vi.waitFor(() => expect(engine.savedPrefixes).toHaveLength(1));
  await viewer.request('read-ahead', { page: long, power: plugged });
  await vi.waitFor(() => expect(engine.loadedPrefixes).toEqual(['ahead']));
  await viewer.request('set-settings', { settings: { neverKept: ['example.org'] } });
  await viewer.request('read-ahead', { page: long, power: plugged });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(2));
  expect(engine.loadedPrefixes).toEqual(['ahead']);
});

describe('what the bubble offers', () => {
  const tab: Sender = { role: 'web-page', incognito: false, tab: 3, frame: 0, url: page.url };
  const translation = { kind: 'translation', text: 'An open gate.', from: 'en', language: 'de' } as const;

  /** A model is on the GPU, as after an earlier answer. */
  async function loaded(sender = tab, engine = roomy()) {
    const { worker, viewer } = setUp(engine);
    await viewer.request('warm', {});
    await vi.waitFor(() => expect(engine.loads).toBe(1));
    await viewer.request('put-terms', { entries: [{ term: 'gate', translation: 'Tor', to: 'de' }] });
    return { engine, viewer, bubble: new TestClient(worker, sender) };
  }

  it.each<[string, Partial<TranslationRequest>]>([
    ['a sentence', {}],
    ['several paragraphs', { text: 'An open gate.\n\nA closed one.' }],
    ['marks', { text: 'An <1>open</1> gate.', marked: true }],
    ['more than is translated at once', { text: 'The gate is open and the linnet sings. '.repeat(80) }],
    ['a word of a sentence', { text: 'gate', sentence: 'An open gate.' }],
  ])('is read by the prompt that a press on it then asks with: %s', async (_, change) => {
    const { engine, bubble } = await loaded();
    const { kind: __, ...request } = { ...translation, ...change };
    await bubble.request('read-ahead', { translation: { ...translation, ...change }, power: plugged });
    await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
    const { job } = await bubble.translate(request);
    await bubble.watch(`job:${job}`);
    await bubble.over(job);
    expect(engine.reads).toEqual([engine.asked[0]?.prompt]);
  });

  it('loads no model for it', async () => {
    const engine = roomy();
    const { worker } = setUp(engine);
    await new TestClient(worker, tab).request('read-ahead', { translation, power: plugged });
    await soon(20);
    expect([engine.loads, engine.reads]).toEqual([0, []]);
  });

  it('waits for what a page of Linnet wants, and does not end it', async () => {
    const { engine, viewer, bubble } = await loaded();
    const reading = held(engine);
    await viewer.request('read-ahead', { page, power: plugged });
    await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
    await bubble.request('read-ahead', { translation, power: plugged });
    bubble.close();
    await soon(10);
    expect([reading.stopped, engine.reads.length]).toEqual([[], 1]);
    reading.go();
  });

  it('is dropped when the offer is gone', async () => {
    const { engine, bubble } = await loaded();
    const reading = held(engine);
    await bubble.request('read-ahead', { translation, power: plugged });
    await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
    bubble.close();
    await vi.waitFor(() => expect(reading.stopped).toEqual([true]));
  });

  it.each([
    ['in a private window', { ...tab, incognito: true }, { power: plugged }],
    ['where the page keeps the battery from scripts', tab, {}],
    ['by a page that names a text of its own', tab, { page, translation: undefined, power: plugged }],
  ])('is not read %s', async (_, sender, change) => {
    const { engine, bubble } = await loaded(sender);
    await bubble.request('read-ahead', { translation, ...change });
    await soon(20);
    expect(engine.reads).toEqual([]);
  });

  it('is not read in a language that the model does not write', async () => {
    const { engine, viewer, bubble } = await loaded();
    const languages = [{ tag: 'de', writes: false }];
    const found = { version: PROBE_VERSION, probedAt: 1, lists: true, repeats: false, languages };
    await viewer.request('set-settings', { settings: { abilities: { [tinyModel.id]: found } } });
    await bubble.request('read-ahead', { translation, power: plugged });
    await soon(20);
    expect(engine.reads).toEqual([]);
  });
});
