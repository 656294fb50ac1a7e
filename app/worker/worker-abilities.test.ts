import { describe, expect, it, vi } from 'vitest';
import type { ModelAbilities } from '../protocol/abilities.ts';
import { pageText, storedModel } from '../testing/builders.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import { TestClient } from '../testing/test-client.ts';
import { PROBE_VERSION } from './abilities/probe.ts';
import { sentencesIn } from './abilities/passage.ts';
import { memoryStore } from './store/store-memory.ts';
import { AppWorker } from './worker.ts';

const page = pageText({
  text: 'The linnet is a small finch of heaths and gardens in the west of Europe. It feeds on the seeds of many small plants that grow there. In winter large flocks gather on the fields near the coast.',
});
const points = { type: 'key-points', length: 'short' } as const;
const weak: ModelAbilities = {
  version: PROBE_VERSION,
  probedAt: 1,
  lists: false,
  repeats: true,
  languages: [],
};

async function setUp({ bytes = 300e6, abilities }: { bytes?: number; abilities?: ModelAbilities } = {}) {
  const engine = fakeEngine([storedModel({ bytes })]);
  const store = memoryStore();
  const known = abilities === undefined ? {} : { abilities: { tiny: abilities } };
  await store.saveSettings({ ...(await store.settings()), language: 'de', demoImported: true, ...known });
  const worker = new AppWorker({ engine, store, probeAfterMs: 0 });
  const viewer = new TestClient(worker);
  const summarise = async (style = points as { type: 'key-points' | 'headline'; length: 'short' }) => {
    const { job, conversation } = await viewer.summarise({ page, style, tab: 1 });
    await viewer.watch(`conversation:${conversation}`);
    return viewer.over(job, 'summary');
  };
  return { engine, store, viewer, summarise };
}

describe('key points of a model that is not offered for them', () => {
  it('are sentences of the page, at once and without loading the model; on request the model writes', async () => {
    const { engine, viewer, summarise } = await setUp({ abilities: weak });
    const job = await summarise();
    expect(job).toMatchObject({ progress: { phase: 'done' }, quoted: true, notAsked: 'Tiny' });
    expect(job.text).toContain('The linnet is a small finch');
    expect(engine.loads).toBe(0);
    await viewer.request('regenerate', { job: job.id });
    const again = await vi.waitFor(() => {
      const now = viewer.jobs.get(job.id)!;
      expect(now).toMatchObject({ progress: { phase: 'done' }, model: 'Tiny' });
      return now;
    });
    expect(again).not.toHaveProperty('quoted');
  });

  it('and its headline is that of the page', async () => {
    const { summarise } = await setUp({ abilities: weak });
    const job = await summarise({ type: 'headline', length: 'short' });
    const text = 'The linnet is a small finch of heaths and gardens';
    expect(job).toMatchObject({ quoted: true, notAsked: 'Tiny', text });
  });

  it('are sentences of the page for a very small model', async () => {
    expect(await (await setUp({ bytes: 1e6 })).summarise()).toMatchObject({ quoted: true });
  });
});

describe('a question about a page, with a model that is not offered for it', () => {
  async function asked(text: string, more: { alone?: true } = {}) {
    const { engine, viewer } = await setUp({ bytes: 1e6 });
    const { job, conversation } = await viewer.chat({ text, page, tab: 1, ...more });
    await viewer.watch(`conversation:${conversation}`);
    return { engine, viewer, id: job, job: await viewer.over(job) };
  }

  it('is answered by passages of the page; on request by the model', async () => {
    const { engine, viewer, id, job } = await asked('Which seeds does it eat?');
    const quotes = [page.text.slice(0, page.text.indexOf(' In winter'))];
    expect(job).toMatchObject({ progress: { phase: 'done' }, quoted: true, notAsked: 'Tiny', quotes });
    expect(job.text).toBe(`> ${quotes[0]}`);
    expect(engine.loads).toBe(0);
    await viewer.request('regenerate', { job: id });
    const again = await vi.waitFor(() => {
      const now = viewer.jobs.get(id)!;
      expect(now).toMatchObject({ progress: { phase: 'done' }, model: 'Tiny' });
      return now;
    });
    expect(again).not.toHaveProperty('quoted');
    expect(again).not.toHaveProperty('quotes');
  });

  it('is answered by passages too where the model says nothing but what the page lacks', async () => {
    const { engine, viewer, id } = await asked('Which seeds does it eat?');
    engine.pieces = () => ['The CIA counted 17 linnets in Hillcrest.'];
    await viewer.request('regenerate', { job: id });
    await vi.waitFor(() =>
      expect(viewer.jobs.get(id)).toMatchObject({
        model: 'Tiny',
        text: expect.stringMatching(/^> .*seeds of many small plants/),
        claims: { quoted: true },
      }),
    );
  });

  it('has no passage where no word of it is on the page', async () => {
    const { engine, job } = await asked('How do I bake bread?');
    expect(job).toMatchObject({ progress: { phase: 'done' }, quoted: true, quotes: [], text: '' });
    expect(engine.loads).toBe(0);
  });

  it('is asked of the model where it is not about the page', async () => {
    expect((await asked('Which seeds?', { alone: true })).job).toMatchObject({ model: 'Tiny' });
  });
});

describe('a trial', () => {
  it('follows the first answer of a model, and its findings are stored and sent to pages', async () => {
    const { engine, store, viewer, summarise } = await setUp();
    engine.pieces = ({ branch }) => (branch === 'probe' ? [sentencesIn.de!] : ['A finch.\n', '- It sings.']);
    expect(await summarise()).toMatchObject({ text: '- A finch.\n- It sings.' });
    await viewer.watch('models');
    await vi.waitFor(async () => expect((await store.settings()).abilities).toHaveProperty('tiny'));
    expect((await store.settings()).abilities!.tiny).toMatchObject({
      lists: false,
      languages: [
        { tag: 'en', writes: false },
        { tag: 'de', writes: true },
      ],
    });
    await vi.waitFor(() =>
      expect(viewer.models).toMatchObject({
        offers: { tiny: { keyPoints: 'page', reason: 'lists', tried: true } },
      }),
    );
    expect(viewer.models).not.toHaveProperty('probing');
    expect(await viewer.request('offer', { task: 'translation' })).toMatchObject({
      model: 'Tiny',
      offer: { reason: 'lists' },
    });
  });
});

it('keeps what a comparison with the original showed, and refuses models that have nothing to compare', async () => {
  const finch = storedModel({ id: 'a', importedAt: 7, unquantised: true, origin: 'org/finch' });
  const engine = fakeEngine([finch, storedModel({ id: 'b' })]);
  const store = memoryStore();
  await store.saveSettings({ ...(await store.settings()), demoImported: true });
  const viewer = new TestClient(new AppWorker({ engine, store }));
  await viewer.request('measure-loss', { id: 'a' });
  await vi.waitFor(async () => {
    const { losses } = await viewer.request('settings', {});
    expect(losses?.a).toMatchObject({ of: 7, sizes: [{ sameChoice: 0.97 }] });
  });
  await expect(viewer.request('measure-loss', { id: 'b' })).rejects.toMatchObject({
    code: 'request-invalid',
  });
});
