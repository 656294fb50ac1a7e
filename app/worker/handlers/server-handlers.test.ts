/** A worker whose person uses a server of their own: who answers, what is sent, and what pages learn of it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryStorage } from '../../../engine/index.ts';
import { ChatServer } from '../../../scripts/testing/chat-server.ts';
import { diskStore, page, setUp, style, TestClient } from '../../testing/test-client.ts';
import { fakeEngine } from '../../testing/fake-engine.ts';
import { serverAddress } from '../../protocol/server/server-address.ts';
import type { OwnServer } from '../../protocol/server/own-server.ts';
import type { Sender } from '../../protocol/sender.ts';

let server: ChatServer;
beforeEach(async () => {
  server = await new ChatServer({ dialect: 'llama-server', context: 4096 }).listen();
});
afterEach(() => server.close());

const webPage: Sender = { role: 'web-page', incognito: false, tab: 7, frame: 0, url: 'https://example.org/' };

function started(change: Partial<OwnServer> | null = {}, stored = fakeEngine().stored) {
  const storage = memoryStorage();
  const { worker, viewer, engine } = setUp(fakeEngine(stored, storage), diskStore(), { fetch });
  const address = serverAddress(server.url).base;
  const own: OwnServer = { address, model: 'big-model-7b', context: 4096, used: true, ...change };
  const set = (now: OwnServer) => viewer.request('set-settings', { settings: { server: now } });
  const ready = change === null ? Promise.resolve() : set(own);
  return { worker, viewer, engine, storage, own, set, ready };
}

async function answered(viewer: TestClient, text = 'Why?', more: object = {}) {
  const { job } = await viewer.chat({ text, page, ...more });
  await viewer.watch(`job:${job}`);
  return viewer.over(job, 'chat');
}

test('the server answers in place of this device, with the same messages, and the job says where its text went', async () => {
  const here = started(null);
  const local = await answered(here.viewer);
  const there = started();
  await there.ready;
  const remote = await answered(there.viewer);
  expect(remote).toMatchObject({
    text: 'Hello there.',
    model: 'big-model-7b',
    server: { host: server.host },
  });
  expect(local.server).toBeUndefined();
  expect(there.engine.loads).toBe(0);
  expect(server.asked[0]!.body.messages).toEqual(
    (here.engine.asked[0]!.prompt as { messages: object }).messages,
  );
  expect(await there.viewer.request('offer', { task: 'chat' })).toMatchObject({
    model: 'big-model-7b',
    server: { host: server.host },
  });
});

test('nothing is sent before the person turns the server on, nor after they turn it off', async () => {
  const { viewer, set, own, ready, engine } = started({ used: false });
  await ready;
  expect((await answered(viewer)).server).toBeUndefined();
  await set({ ...own, used: true });
  expect((await answered(viewer)).server).toEqual({ host: server.host });
  await set({ ...own, used: false });
  expect((await answered(viewer)).server).toBeUndefined();
  expect([server.asked.length, engine.asked.length]).toEqual([1, 2]);
});

test('nothing of a private window is sent unless the person says so', async () => {
  const { viewer, set, own, ready } = started();
  await ready;
  const alone = await answered(viewer, 'Why?', { private: true });
  expect(alone).toMatchObject({ text: 'Answer A ends.', inMemory: 'private-window' });
  expect(alone.server).toBeUndefined();
  expect(await viewer.request('offer', { task: 'chat', private: true })).not.toHaveProperty('server');
  expect(server.paths).toEqual([]);
  await set({ ...own, inPrivate: true });
  expect((await answered(viewer, 'Why?', { private: true })).server).toEqual({ host: server.host });
});

test('without a model on this device, a private window is told why nobody answers', async () => {
  const { viewer, ready } = started({}, []);
  await ready;
  expect((await answered(viewer, 'Why?', { private: true })).progress).toMatchObject({
    phase: 'failed',
    error: { code: 'server-private' },
  });
  expect((await answered(viewer)).text).toBe('Hello there.');
  expect(server.asked).toHaveLength(1);
});

test('a translation on a web page says that it was sent, and not where to', async () => {
  const { worker, ready } = started();
  await ready;
  const web = new TestClient(worker, webPage);
  const { job } = await web.translate({ text: 'Linnet', language: 'de' });
  await web.watch(`job:${job}`);
  expect(await web.over(job)).toMatchObject({ text: 'Hello there.', server: {} });
  expect(web.jobs.get(job)!.server).toEqual({});
  expect(await web.request('offer', { task: 'translation' })).toMatchObject({ server: {} });
  server.close();
  const { job: failed } = await web.translate({ text: 'Wren', language: 'de' });
  await web.watch(`job:${failed}`);
  const { progress } = await web.over(failed);
  expect(progress).toMatchObject({ phase: 'failed', error: { code: 'server-down' } });
  expect(JSON.stringify([...web.jobs.values()])).not.toContain('127.0.0.1');
});

test('a summary keeps its form by its text: so many points and no more', async () => {
  server.options = {
    answer: () => [
      'Here are the key points:\n',
      '\n- The linnet is',
      ' a small finch.\n',
      '- It sings',
      '.\n',
      '- It sings.\n',
      '- Finches sing\n',
      '- It is small\n',
    ],
    pause: 5,
  };
  const { viewer, ready } = started();
  await ready;
  const { job } = await viewer.summarise({ style: { type: 'key-points', length: 'short' }, page });
  await viewer.watch(`job:${job}`);
  const done = await viewer.over(job, 'summary');
  expect(done.text).toBe('- The linnet is a small finch.\n- It sings.\n- Finches sing');
  expect(server.asked[0]!.body.messages.at(-1)).toMatchObject({ role: 'user' });
});

test('a long page is read in parts that fit the context of the server', async () => {
  server.options = { answer: () => ['- The linnet', ' sings.\n'] };
  const { viewer, ready } = started({ context: 1024 });
  await ready;
  const long = { ...page, text: 'The linnet sings in the gorse every day of the year. '.repeat(300) };
  const { job } = await viewer.summarise({ style, page: long });
  await viewer.watch(`job:${job}`);
  const done = await viewer.over(job, 'summary');
  expect(done.progress.phase).toBe('done');
  expect(done.rounds![0]!.ends.length).toBeGreaterThan(3);
  // The estimate is rather too high: about four characters of English are a token.
  for (const { body } of server.asked) {
    const characters = body.messages.reduce((sum, { content }) => sum + content.length, 0);
    expect(characters / 4 + body.max_tokens!).toBeLessThan(1024);
    expect(characters / 3).toBeLessThan(1024);
  }
});

test('stopping a job ends the request', async () => {
  server.options = { answer: () => Array.from({ length: 500 }, (_, i) => ` w${i}`), pause: 5 };
  const { viewer, ready } = started();
  await ready;
  const { job } = await viewer.chat({ text: 'Go on' });
  await viewer.watch(`job:${job}`);
  await viewer.begun(job);
  await viewer.request('stop', { job });
  expect((await viewer.over(job)).progress.phase).toBe('stopped');
  await expect.poll(() => server.ended).toBe(1);
});

test('models, a trial, and a key that is sent to this server alone and goes with it', async () => {
  server.options = { key: 'sk-1', models: ['a', 'b'], context: 2048 };
  const { viewer, set, own, storage } = started(null);
  await expect(viewer.request('server-models', { address: server.url })).rejects.toMatchObject({
    code: 'server-key',
  });
  await viewer.request('server-key', { address: server.url, key: 'sk-1', keep: true });
  const models = [
    { id: 'a', context: 2048 },
    { id: 'b', context: 2048 },
  ];
  expect(await viewer.request('server-models', { address: server.url })).toEqual(models);
  const tried = await viewer.request('try-server', { server: { ...own, model: 'a' } });
  expect(tried).toEqual({ answer: 'Hello there.', milliseconds: expect.any(Number) });
  const other = await new ChatServer({ models: [] }).listen();
  expect(await viewer.request('server-models', { address: other.url })).toEqual([]);
  await set({ ...own, model: 'a' });
  expect(storage.files.size).toBe(1);
  await viewer.request('set-settings', { settings: {}, unset: ['server'] });
  await expect.poll(() => storage.files.size).toBe(0);
  await expect(viewer.request('server-models', { address: server.url })).rejects.toMatchObject({
    code: 'server-key',
  });
  other.close();
});

test('a refusal that names the context makes the next prompt fit it', async () => {
  const refusal =
    '{"error":{"code":400,"message":"request (3100 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3100,"n_ctx":2048}}';
  server.options = { fault: () => ({ kind: 'status', status: 400, body: refusal }) };
  const { viewer, ready } = started({ context: 8192 });
  await ready;
  const long = { ...page, text: 'The linnet sings in the gorse. '.repeat(400) };
  const first = await answered(viewer, 'Why?', { page: long });
  expect(first.progress).toMatchObject({ phase: 'failed', error: { code: 'prompt-too-long' } });
  server.options = {};
  const second = await answered(viewer, 'Why?', { page: long });
  expect(second.context!.capacity).toBe(2048);
  const characters = server.asked.at(-1)!.body.messages.reduce((sum, { content }) => sum + content.length, 0);
  expect(characters / 3).toBeLessThan(2048);
});

test('an address that is none is refused before anything is asked', async () => {
  const { viewer } = started(null);
  await expect(viewer.request('server-models', { address: 'http://example.org' })).rejects.toMatchObject({
    code: 'server-address',
  });
  expect(server.paths).toEqual([]);
});
