/** Jobs whose passages are found by meaning, through the whole worker. */
import { expect, test, vi } from 'vitest';
import { pageText, storedModel } from '../../testing/builders.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { TestClient } from '../../testing/test-client.ts';
import { memoryStore } from '../store/store-memory.ts';
import { AppWorker } from '../worker.ts';

const search = storedModel({ id: 'search', name: 'MiniLM', embeds: { width: 64, maxTokens: 256 } });
const filler = Array.from({ length: 40 }, (_, i) => `Then ${'abcdefgh'[i % 8]} walked home again.`).join(
  '\n\n',
);
const page = pageText({
  title: 'Rosedale',
  text: `Rosedale lies by the sea.\n\n${filler}\n\nA berth is forty pounds for each night.\n\n${filler}`,
});

async function setUp(models = [search, { ...tinyModel, contextLength: 300 }]) {
  const engine = fakeEngine(models);
  const store = memoryStore();
  await store.saveSettings({ ...(await store.settings()), demoImported: true });
  const worker = new AppWorker({ engine, store, probeAfterMs: 1e9 });
  return { engine, worker, viewer: new TestClient(worker) };
}

async function ask(viewer: TestClient, text: string, more: { private?: true } = {}) {
  const { job, conversation } = await viewer.chat({ text, page, tab: 1, ...more });
  await viewer.watch(`conversation:${conversation}`);
  return viewer.over(job, 'chat');
}

test('a question about a long page gets the passage that answers it in other words', async () => {
  const { engine, viewer } = await setUp();
  const job = await ask(viewer, 'What does it cost?');
  const read = job.excerpts!.ranges.map((range) => page.text.slice(...range)).join('');
  expect(job.excerpts!.by).toBe('question');
  expect(read).toContain('A berth is forty pounds');
  expect(JSON.stringify(engine.asked.at(-1)!.prompt)).toContain('A berth is forty pounds');
  // Vectors of the page are made once.
  const before = engine.embedded.length;
  await ask(viewer, 'How expensive is that?');
  expect(engine.embedded.slice(before)).toEqual(['How expensive is that?']);
});

test('without such a model words alone decide, and nothing is made of a page that is read whole', async () => {
  const { viewer } = await setUp([{ ...tinyModel, contextLength: 300 }]);
  expect((await ask(viewer, 'What does it cost?')).excerpts!.by).toBe('spread');
  const large = await setUp([search, { ...tinyModel, contextLength: 4000 }]);
  await ask(large.viewer, 'What does it cost?');
  expect(large.engine.embedded).toEqual([]);
});

test('the page’s own answer is found by meaning where no model is asked', async () => {
  const small = storedModel({ bytes: 1e6 });
  const { engine, viewer } = await setUp([search, small]);
  const job = await ask(viewer, 'What does it cost?');
  expect(job).toMatchObject({ quoted: true, quotes: ['A berth is forty pounds for each night.'] });
  expect(engine.loads).toBe(0);
});

test('a key point without common words has the passage that says the same', async () => {
  const { engine, viewer } = await setUp([search, { ...tinyModel, contextLength: 4000 }]);
  engine.pieces = () => ['- The price of nights in a boat is not low.\n', '- Nothing of the kind.'];
  const style = { type: 'key-points', length: 'short' } as const;
  const { job, conversation } = await viewer.summarise({ page, style, tab: 1 });
  await viewer.watch(`conversation:${conversation}`);
  const { passages } = await viewer.over(job, 'summary');
  expect(passages?.[0]).toBe('A berth is forty pounds for each night.');
});

test('it leaves the GPU with the model that answers, and what it made of private windows is forgotten', async () => {
  const { engine, viewer } = await setUp();
  await ask(viewer, 'What does it cost?', { private: true });
  expect(engine.embedders).toHaveLength(1);
  const before = engine.embedded.length;
  await viewer.request('end-private', {});
  await vi.waitFor(() => expect(engine.embedders).toEqual([]));
  await ask(viewer, 'What does it cost?');
  expect(engine.embedded.length).toBe(2 * before);
});
