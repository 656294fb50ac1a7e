import { describe, expect, it, vi } from 'vitest';
import { UNDO_MS } from '../protocol/types.ts';
import { memoryStore } from '../store/store-memory.ts';
import { fakeEngine } from './fake-engine.ts';
import { page, setUp, soon, stepwise, style, type Viewer } from './fake-viewer.ts';

/** Asks and waits for the end of the answer. */
async function say(viewer: Viewer, text: string, conversation?: string) {
  const started = await viewer.request('chat', {
    text,
    ...(conversation === undefined ? {} : { conversation }),
  });
  await viewer.watch(`conversation:${started.conversation}`);
  await viewer.over(started.job);
  return { job: started.job, conversation: started.conversation! };
}

const titles = async (viewer: Viewer, find?: string) =>
  (await viewer.request('conversations', { limit: 9, ...(find === undefined ? {} : { find }) })).map(
    ({ title }) => title,
  );

describe('branches', () => {
  it('an edited question keeps what was said before it, and the old branch', async () => {
    const { viewer } = setUp();
    const { job: first, conversation } = await say(viewer, 'One');
    const { job: second } = await say(viewer, 'Two', conversation);
    const { job: third } = await say(viewer, 'Three', conversation);
    const edited = await viewer.request('edit', { job: second, text: 'Two, in other words' });
    await viewer.over(edited.job);
    expect(viewer.conversation).toMatchObject({
      jobs: [first, edited.job],
      branches: [
        [first, second, third],
        [first, edited.job],
      ],
    });
    const prompt = await viewer.request('prompt', { job: edited.job });
    expect(prompt.map(({ content }) => content).slice(1)).toEqual([
      'One',
      'Answer 1 ends.',
      'Two, in other words',
    ]);

    await viewer.request('show-branch', { conversation, job: second });
    expect(viewer.conversation?.jobs).toEqual([first, second, third]);
    expect(viewer.jobs.get(third)?.text).toBe('Answer 3 ends.');
    const { jobs } = await viewer.request('transcript', { conversation });
    expect(jobs.map(({ ask }) => ask.kind === 'chat' && ask.text)).toEqual([
      'One',
      'Two',
      'Three',
      'Two, in other words',
    ]);
  });

  it('refuse to edit a summary, and what is still being answered', async () => {
    const { viewer, engine } = setUp();
    const { job } = await viewer.request('summarise', { page, style });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
    await expect(viewer.request('edit', { job, text: 'x' })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    const answer = stepwise(engine);
    const open = await viewer.request('chat', { text: 'Hello' });
    await expect(viewer.request('edit', { job: open.job, text: 'x' })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    answer.go();
  });

  it('a question may be asked without the page of its conversation', async () => {
    const { viewer } = setUp();
    const { conversation } = await viewer.request('summarise', { page, style });
    const { job } = await viewer.request('chat', {
      text: 'Alone?',
      conversation: conversation!,
      alone: true,
    });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    const prompt = await viewer.request('prompt', { job });
    expect(JSON.stringify(prompt)).not.toContain('small finch');
  });
});

describe('the list of conversations', () => {
  it('is searched in questions and answers, and tells when it changes', async () => {
    const { viewer } = setUp();
    await say(viewer, 'Wovon singt der Hänfling?');
    const { conversation } = await say(viewer, 'A wren');
    expect((await titles(viewer)).sort()).toEqual(['A wren', 'Wovon singt der Hänfling?']);
    expect(await titles(viewer, 'hanfling answer')).toEqual(['Wovon singt der Hänfling?']);
    await viewer.watch('conversations');
    viewer.listChanges = 0;
    await viewer.request('rename-conversation', { conversation, title: '  Small birds ' });
    expect(viewer.listChanges).toBe(1);
    expect(await titles(viewer, 'small')).toEqual(['Small birds']);
  });

  it('forgets a deleted one only after the time for Undo', async () => {
    const { viewer, store } = setUp();
    const { job, conversation } = await say(viewer, 'One');
    vi.useFakeTimers();
    try {
      await viewer.request('delete-conversation', { conversation });
      expect(await titles(viewer)).toEqual([]);
      await viewer.request('restore-conversation', { conversation });
      await vi.advanceTimersByTimeAsync(3 * UNDO_MS);
      expect(await titles(viewer)).toEqual(['One']);
      await viewer.request('delete-conversation', { conversation });
      await vi.advanceTimersByTimeAsync(3 * UNDO_MS);
    } finally {
      vi.useRealTimers();
    }
    expect([await store.conversation(conversation), await store.job(job)]).toEqual([undefined, undefined]);
  });

  it('loses no question where two pages ask at the same moment, and none that is asked in a deleted one', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await say(viewer, 'One');
    const [two, , three] = await Promise.all([
      viewer.request('chat', { text: 'Two', conversation }),
      viewer.request('rename-conversation', { conversation, title: 'Numbers' }),
      viewer.request('chat', { text: 'Three', conversation }),
    ]);
    expect(viewer.conversation).toMatchObject({ title: 'Numbers', jobs: [job, two.job, three.job] });
    await viewer.request('delete-conversation', { conversation });
    await viewer.request('chat', { text: 'Four', conversation });
    expect(await titles(viewer)).toEqual(['Numbers']);
  });

  it('loses deleted ones at the next start', async () => {
    const store = memoryStore();
    const { viewer } = setUp(fakeEngine(), store);
    const { conversation } = await say(viewer, 'One');
    await viewer.request('delete-conversation', { conversation });
    const next = setUp(fakeEngine(), store);
    expect(await titles(next.viewer)).toEqual([]);
    expect(await store.conversation(conversation)).toBeUndefined();
  });
});

describe('all data', () => {
  it('is deleted with what is under way, models and glossary only on request', async () => {
    const { viewer, store, engine } = setUp();
    await viewer.request('put-terms', {
      entries: [{ from: 'en', to: 'de', term: 'chair', translation: 'Stuhl' }],
    });
    await viewer.request('set-settings', { settings: { pace: 'full', model: 'tiny', demoImported: true } });
    const answer = stepwise(engine);
    const { job } = await viewer.request('chat', { text: 'Hello' });
    await soon();
    const erased = viewer.request('erase', { models: false });
    answer.go();
    await erased;
    expect(await store.job(job)).toBeUndefined();
    expect(await titles(viewer)).toEqual([]);
    expect(await viewer.request('set-settings', { settings: {} })).toMatchObject({ pace: 'balanced' });
    expect(await store.settings()).toMatchObject({ demoImported: true });
    expect(engine.stored).toHaveLength(1);
    expect(await viewer.request('glossary', {})).toHaveLength(1);
    await viewer.request('erase', { models: true });
    expect(engine.stored).toEqual([]);
    expect(await viewer.request('glossary', {})).toEqual([]);
  });
});

describe('the context', () => {
  it('is counted for every answer', async () => {
    const { viewer } = setUp();
    const { job } = await say(viewer, 'One two three');
    const { context, tokens } = viewer.jobs.get(job)!;
    expect(context).toEqual({ prompt: expect.any(Number), capacity: 400 });
    expect(context!.prompt).toBeGreaterThan(3);
    expect(tokens).toBe(3);
  });
});

describe('the speed level', () => {
  it('reaches the engine at the start and when it is changed', async () => {
    const engine = fakeEngine();
    const paces: string[] = [];
    engine.setPace = (pace) => void paces.push(pace);
    const { viewer } = setUp(engine);
    await viewer.request('set-settings', { settings: { pace: 'polite' } });
    expect(paces).toEqual(['balanced', 'polite']);
  });
});
