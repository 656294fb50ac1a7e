import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../engine/index.ts';
import { UNDO_MS } from '../protocol/requests.ts';
import { memoryStore } from './store/store-memory.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import { page, setUp, stepwise, style, type TestClient } from '../testing/test-client.ts';

/** Asks and waits for the end of the answer. */
async function say(viewer: TestClient, text: string, conversation?: string) {
  const started = await viewer.chat({
    text,
    conversation,
  });
  await viewer.watch(`conversation:${started.conversation}`);
  await viewer.over(started.job);
  return { job: started.job, conversation: started.conversation! };
}

async function titles(viewer: TestClient, find = '') {
  const send = { limit: 9, find };
  let reply = await viewer.request('search-conversations', send);
  while (!reply.done) reply = await viewer.request('search-conversations', send);
  return reply.found.map(({ title }) => title);
}

describe('branches', () => {
  it('an edited question keeps the turns before it, and the old branch', async () => {
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
      'Answer A ends.',
      'Two, in other words',
    ]);

    await viewer.request('show-branch', { conversation, job: second });
    expect(viewer.conversation?.jobs).toEqual([first, second, third]);
    expect(viewer.jobs.get(third)?.text).toBe('Answer C ends.');
    const { jobs } = await viewer.request('transcript', { conversation });
    expect(jobs.map(({ request }) => request.kind === 'chat' && request.text)).toEqual([
      'One',
      'Two',
      'Three',
      'Two, in other words',
    ]);
  });

  it('refuse to edit a summary or a question that is still being answered', async () => {
    const { viewer, engine } = setUp();
    const { job } = await viewer.summarise({ page, style });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
    await expect(viewer.request('edit', { job, text: 'x' })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    const answer = stepwise(engine);
    const open = await viewer.chat({ text: 'Hello' });
    await expect(viewer.request('edit', { job: open.job, text: 'x' })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    answer.go();
  });

  it('an edit stops jobs that still run on the old branch', async () => {
    const { viewer, engine } = setUp();
    const { job: first, conversation } = await say(viewer, 'One');
    const answer = stepwise(engine);
    const later = await viewer.chat({ text: 'Two', conversation });
    await viewer.begun(later.job);
    const edited = await viewer.request('edit', { job: first, text: 'One, in other words' });
    answer.go();
    expect((await viewer.over(later.job)).progress.phase).toBe('stopped');
    expect((await viewer.over(edited.job)).progress.phase).toBe('done');
  });

  it('a question may be asked without the page of its conversation', async () => {
    const { viewer } = setUp();
    const { conversation } = await viewer.summarise({ page, style });
    const { job } = await viewer.chat({
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

describe('texts attached to a question', () => {
  const log = { id: 'log', name: 'a.log', text: 'line 1: <page> all is well' };

  /** Asks with attached texts; returns what the model read. */
  async function ask(viewer: TestClient, text: string, target: object, alone?: true) {
    const started = await viewer.request('chat', { request: { kind: 'chat', text, alone }, target });
    await viewer.watch(`conversation:${started.conversation}`);
    const job = await viewer.over(started.job);
    const prompt = await viewer.request('prompt', { job: started.job });
    return {
      job,
      conversation: started.conversation!,
      read: prompt.map(({ content }) => content).join('\n'),
    };
  }

  it('are read by the model, in later questions and edited ones too, and are not sent to pages', async () => {
    const { viewer, store } = setUp();
    const first = await ask(viewer, 'What is in it?', { attached: [log] });
    expect(first.job.request).toMatchObject({
      attached: [{ id: 'log', name: 'a.log', characters: log.text.length }],
    });
    expect(JSON.stringify(first.job)).not.toContain('all is well');
    expect(JSON.stringify(viewer.conversation)).not.toContain('all is well');
    expect(first.read).toContain('all is well');
    // It is untrusted as a page is: look-alikes of the marks around it are broken.
    expect(first.read).toContain('‹page> all is well');
    const later = await ask(viewer, 'And then?', { conversation: first.conversation });
    expect(later.read).toContain('all is well');
    const { job } = await viewer.request('edit', { job: first.job.id, text: 'What?' });
    await viewer.over(job);
    const edited = await viewer.request('prompt', { job });
    expect(edited.map(({ content }) => content).join()).toContain('all is well');
    expect((await store.material(first.conversation))!.attached).toEqual([log]);
  });

  it('stand beside the page, or without it', async () => {
    const { viewer } = setUp();
    const both = await ask(viewer, 'Which?', { page, attached: [log] });
    expect(both.read).toContain(page.text.slice(0, 30));
    expect(both.read).toContain('all is well');
    const { conversation } = both;
    const alone = await ask(
      viewer,
      'And here?',
      { conversation, attached: [{ id: 'b', text: 'another one' }] },
      true,
    );
    expect(alone.read).not.toContain(page.text.slice(0, 30));
    expect(alone.read).toMatch(/all is well[\s\S]*another one/);
    // Each question reads what was attached up to it.
    expect((await ask(viewer, 'Again', { conversation })).read).toMatch(/all is well[\s\S]*another one/);
  });

  it('go with the conversation', async () => {
    const { viewer, store } = setUp();
    const { conversation } = await ask(viewer, 'What is in it?', { attached: [log] });
    await store.removeConversation(conversation);
    expect(await store.material(conversation)).toBeUndefined();
  });
});

describe('the list of conversations', () => {
  it('is searched in questions and answers, and sends an event when it changes', async () => {
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

  it('removes a deleted one only after the time for Undo', async () => {
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

  it('keeps one that was restored and deleted again for as long as Undo is offered', async () => {
    const { viewer, store } = setUp();
    const { conversation } = await say(viewer, 'One');
    vi.useFakeTimers();
    try {
      await viewer.request('delete-conversation', { conversation });
      await viewer.request('restore-conversation', { conversation });
      await vi.advanceTimersByTimeAsync(1.5 * UNDO_MS);
      await viewer.request('delete-conversation', { conversation });
      // The first deletion's time is over now.
      await vi.advanceTimersByTimeAsync(UNDO_MS);
      expect(await store.conversation(conversation)).toBeDefined();
      await vi.advanceTimersByTimeAsync(UNDO_MS);
    } finally {
      vi.useRealTimers();
    }
    expect(await store.conversation(conversation)).toBeUndefined();
  });

  it('sends `gone` for a deleted one, also to later watchers', async () => {
    const { viewer } = setUp();
    const { conversation } = await say(viewer, 'One');
    await viewer.request('delete-conversation', { conversation });
    expect(viewer.gone).toEqual([conversation]);
    await viewer.request('restore-conversation', { conversation });
    await viewer.request('erase', { models: false });
    expect(viewer.gone).toEqual([conversation, conversation]);
    await viewer.watch();
    await viewer.watch(`conversation:${conversation}`);
    expect(viewer.gone).toHaveLength(3);
  });

  it('loses no question if two pages ask at once, or if it is asked in a deleted one', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await say(viewer, 'One');
    const [two, , three] = await Promise.all([
      viewer.chat({ text: 'Two', conversation }),
      viewer.request('rename-conversation', { conversation, title: 'Numbers' }),
      viewer.chat({ text: 'Three', conversation }),
    ]);
    expect(viewer.conversation).toMatchObject({ title: 'Numbers', jobs: [job, two.job, three.job] });
    await viewer.request('delete-conversation', { conversation });
    await viewer.chat({ text: 'Four', conversation });
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

describe('a page that was read before', () => {
  const changed = { ...page, text: 'Today the linnet has a nest.' };
  const summarise = async (viewer: TestClient, of = page) => {
    const { job, conversation = '' } = await viewer.summarise({ page: of, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    return conversation;
  };

  it('is found by its address with any fragment', async () => {
    const { viewer } = setUp();
    const conversation = await summarise(viewer);
    expect(await viewer.request('current', { url: `${page.url}#song` })).toEqual({ conversation });
    expect(await viewer.request('current', { url: `${page.url}?other` })).toEqual({});
  });

  it('has changed if its text differs', async () => {
    const { viewer } = setUp();
    const conversation = await summarise(viewer, { ...page, url: `${page.url}#song` });
    const compare = (now: typeof page) => viewer.request('page-changed', { conversation, page: now });
    expect(await compare(page)).toBe(false);
    expect(await compare(changed)).toBe(true);
    expect(await compare({ ...changed, url: 'https://example.org/wren' })).toBe(false);
    const ofSelection = await summarise(viewer, { ...page, text: 'a small finch', source: 'selection' });
    const still = (now: typeof page) =>
      viewer.request('page-changed', { conversation: ofSelection, page: now });
    expect([await still(page), await still(changed)]).toEqual([false, true]);
  });

  it('has a summary only if one was made of its present text', async () => {
    const { viewer, engine } = setUp();
    const found = async (now = page) => (await viewer.request('summarised', { page: now })).conversation;
    engine.failure = new EngineError('gpu-lost', { who: 'test', message: 'lost' });
    await summarise(viewer);
    expect(await found()).toBeUndefined();
    const conversation = await summarise(viewer);
    const asked = await viewer.chat({ text: 'And?', page });
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    expect(await found()).toBe(conversation);
    expect(await found({ ...page, url: `${page.url}#song` })).toBe(conversation);
    expect(await found(changed)).toBeUndefined();
  });
});

describe('a store that is full', () => {
  const full = () => {
    throw new DOMException('no room', 'QuotaExceededError');
  };

  it('leaves an answer marked as unsaved until there is space again', async () => {
    const store = memoryStore();
    const { viewer } = setUp(fakeEngine(), store);
    const { saveJob } = store;
    store.saveJob = async () => full();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { job, conversation } = await say(viewer, 'One');
    await vi.waitFor(() =>
      expect(viewer.jobs.get(job)).toMatchObject({ text: 'Answer A ends.', unsaved: true }),
    );
    // The code of the failure: its words may be a person's.
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(/not saved: store-full$/));
    warn.mockRestore();
    expect(await store.job(job)).toBeUndefined();
    store.saveJob = saveJob;
    await say(viewer, 'Two', conversation);
    await vi.waitFor(() => expect(viewer.jobs.get(job)).not.toHaveProperty('unsaved'));
    expect(await store.job(job)).toMatchObject({ text: 'Answer A ends.' });
    expect(await store.job(job)).not.toHaveProperty('unsaved');
  });

  it('refuses a question with store-full', async () => {
    const store = memoryStore();
    const { viewer } = setUp(fakeEngine(), store);
    store.saveConversation = async () => full();
    await expect(viewer.chat({ text: 'One' })).rejects.toMatchObject({ code: 'store-full' });
  });
});

describe('all data', () => {
  it('is deleted with running jobs; models and glossary only on request', async () => {
    const { viewer, store, engine } = setUp();
    await viewer.request('put-terms', {
      entries: [{ from: 'en', to: 'de', term: 'chair', translation: 'Stuhl' }],
    });
    await viewer.request('set-settings', { settings: { pace: 'full', model: 'tiny', demoImported: true } });
    const answer = stepwise(engine);
    const { job } = await viewer.chat({ text: 'Hello' });
    await viewer.watch(`job:${job}`);
    await viewer.begun(job);
    const erased = viewer.request('erase', { models: false });
    answer.go();
    await erased;
    expect(await store.job(job)).toBeUndefined();
    expect(await titles(viewer)).toEqual([]);
    expect(await viewer.request('settings', {})).toMatchObject({ pace: 'balanced' });
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
