import { describe, expect, it, vi } from 'vitest';
import { packagedTraits } from '../protocol/model-traits.ts';
import { EngineError } from '../../engine/index.ts';
import { memoryStore } from './store/store-memory.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { page, setUp, soon, stepwise, style, TestClient } from '../testing/test-client.ts';

describe('the glossary', () => {
  it('is sent to pages, named in the prompt if a term occurs, and checked', async () => {
    const { viewer, engine } = setUp();
    const entry = { term: 'gate', translation: 'Tor', from: 'en', to: 'de' };
    await viewer.request('put-terms', { entries: [entry] });
    expect(await viewer.request('glossary', {})).toEqual([entry]);
    const ask = { text: 'An open gate.', from: 'en', language: 'de' };
    const { job } = await viewer.translate(ask);
    await viewer.watch(`job:${job}`);
    expect((await viewer.over(job, 'translation')).terms).toEqual([{ term: 'gate', kept: false }]);
    expect(JSON.stringify(engine.asked.at(-1)!.prompt)).toContain('gate = Tor');
    await viewer.request('remove-terms', { entries: [entry] });
    const later = await viewer.translate(ask);
    await viewer.watch(`job:${later.job}`);
    expect((await viewer.over(later.job, 'translation')).terms).toBeUndefined();
    expect(JSON.stringify(engine.asked.at(-1)!.prompt)).not.toContain('Tor');
  });
});

describe('the settings', () => {
  it('are read without being written, sent to pages or applied', async () => {
    const { viewer, engine, store } = setUp();
    const settings = await viewer.request('settings', {});
    expect(settings).toEqual(await store.settings());
    await viewer.watch('settings');
    const events = viewer.settingsEvents;
    const save = vi.spyOn(store, 'saveSettings');
    const setPace = vi.spyOn(engine, 'setPace');
    await viewer.request('settings', {});
    expect([save.mock.calls.length, setPace.mock.calls.length]).toEqual([0, 0]);
    expect(viewer.settingsEvents).toBe(events);
  });

  it('can be used whatever was stored, and a required one cannot be removed', async () => {
    const store = memoryStore();
    const broken = { language: 'fr', pace: 7, prompts: 'none', style: { type: 'poem' }, models: { chat: 1 } };
    await store.saveSettings(broken as never);
    const { viewer } = setUp(fakeEngine(), store);
    const usable = { ...(await memoryStore().settings()), language: 'fr', models: {} };
    expect(await viewer.request('settings', {})).toEqual(usable);
    await viewer.watch('settings', 'languages');
    expect(viewer.settingsEvents).toBe(1);
    await viewer.request('set-settings', { settings: { pace: undefined } });
    expect((await viewer.request('settings', {})).pace).toBe('balanced');
  });

  it('are changed by value, and removed by name', async () => {
    const { viewer } = setUp();
    await viewer.request('set-settings', { settings: { summaryLanguage: 'de' } });
    expect(await viewer.request('settings', {})).toMatchObject({ summaryLanguage: 'de' });
    await viewer.request('set-settings', { settings: {}, unset: ['summaryLanguage'] });
    expect(await viewer.request('settings', {})).not.toHaveProperty('summaryLanguage');
  });
});

describe('jobs', () => {
  it('summarise a page greedily, with the page in the prompt', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style, tab: 3 });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job);
    expect(done).toMatchObject({
      progress: { phase: 'done' },
      text: 'Answer A ends.',
      tokens: 3,
      tokensPerSecond: 7,
      model: 'Tiny',
    });
    expect(engine.asked[0]!.sampling).toEqual({ temperature: 0 });
    const prompt = await viewer.request('prompt', { job });
    expect(prompt[1]!.content).toContain('The linnet is a small finch.');
    expect(viewer.conversation).toMatchObject({ title: 'The linnet', page: { url: page.url, tab: 3 } });
    expect(viewer.conversation).not.toHaveProperty('material');
  });

  it('continue when the popup closes; the next popup receives the text so far and the rest', async () => {
    const { worker, viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.summarise({ page, style, tab: 3 });
    await viewer.watch(`conversation:${conversation}`);
    await vi.waitFor(() =>
      expect(viewer.jobs.get(job)).toMatchObject({ progress: { phase: 'writing' }, text: 'Answer' }),
    );
    viewer.close();

    const again = new TestClient(worker);
    expect(await again.request('current', { tab: 3, url: page.url })).toEqual({ conversation });
    await again.watch(`conversation:${conversation}`);
    expect(again.jobs.get(job)).toMatchObject({ progress: { phase: 'writing' }, text: 'Answer' });
    answer.go();
    expect((await again.over(job)).text).toBe('Answer A ends.');
  });

  it('stop at once and keep the text so far', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job } = await viewer.translate({ text: 'Hello', language: 'de' });
    await viewer.watch(`job:${job}`);
    await viewer.begun(job);
    await viewer.request('stop', { job });
    answer.go();
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'stopped' }, text: 'Answer' });
  });

  it('do not go on when they are stopped while their page is read from the store', async () => {
    const { worker, viewer, engine, store } = setUp();
    const { job: first, conversation } = await viewer.chat({ text: 'Why?', page });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(first);
    const answer = stepwise(engine);
    await viewer.translate({ text: 'Hello', language: 'de' });
    const { job } = await viewer.chat({ text: 'And?', conversation: conversation! });
    const read = store.material.bind(store);
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    const material = vi.spyOn(store, 'material').mockImplementation((id) => gone.then(() => read(id)));
    answer.go();
    await vi.waitFor(() => expect(material).toHaveBeenCalled());
    await viewer.request('stop', { job });
    expect((await viewer.over(job)).progress.phase).toBe('stopped');
    const phases: string[] = [];
    viewer.onEvent = (event) => {
      if (event.kind === 'job' && event.job.id === job) phases.push(event.job.progress.phase);
    };
    go();
    await worker.jobs.between(async () => {});
    expect(phases).toEqual([]);
  });

  it('are stopped while queued, without calling the model', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const first = await viewer.translate({ text: 'One', language: 'de' });
    const second = await viewer.translate({ text: 'Two', language: 'de' });
    await viewer.watch(`job:${first.job}`, `job:${second.job}`);
    await viewer.request('stop', { job: second.job });
    answer.go();
    expect((await viewer.over(first.job)).progress.phase).toBe('done');
    expect((await viewer.over(second.job)).progress.phase).toBe('stopped');
    expect(engine.asked).toHaveLength(1);
  });

  it('chat in turns about the page of their conversation', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    const more = await viewer.chat({ text: 'Does it sing?', conversation: conversation! });
    await viewer.over(more.job);
    const prompt = await viewer.request('prompt', { job: more.job });
    expect(prompt.map((m) => m.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(prompt[2]!.content).toBe('Answer A ends.');
    expect(prompt[3]!.content).toBe('Does it sing?');
    expect(engine.loads).toBe(1);
    expect(viewer.conversation?.jobs).toEqual([job, more.job]);
  });

  it('regenerate an answer with another seed, from the same prompt', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    const again = await viewer.request('regenerate', { job });
    expect((await viewer.over(again.job)).text).toBe('Answer B ends.');
    expect(viewer.conversation).toMatchObject({ jobs: [again.job], branches: [[job], [again.job]] });
    expect(engine.asked[1]!.prompt).toEqual(engine.asked[0]!.prompt);
    expect(engine.asked[1]!.sampling?.temperature).toBeGreaterThan(0);
  });

  it('report how much of a long page was read, and how many old turns were left out', async () => {
    const { viewer } = setUp();
    const long = { ...page, text: 'Seven words stand in this short sentence. '.repeat(100) };
    const { job, conversation } = await viewer.chat({ page: long, text: 'Why?' });
    await viewer.watch(`conversation:${conversation}`);
    const { coverage } = await viewer.over(job, 'chat');
    expect(coverage?.total).toBe(700);
    expect(coverage!.used % 7).toBe(0);
    expect(coverage!.used).toBeGreaterThan(150);
    const more = await viewer.chat({ text: 'word '.repeat(130), conversation: conversation! });
    expect((await viewer.over(more.job, 'chat')).forgotten).toBe(1);
  });

  it('read matching excerpts of a long page, and reuse them if they are enough', async () => {
    const { viewer } = setUp();
    const dull = 'Seven words stand in this short sentence. '.repeat(100);
    const long = { ...page, text: `The linnet is a bird.\n\n${dull}\n\nA linnet weighs 19 grams.` };
    const { job, conversation } = await viewer.chat({ page: long, text: 'What does it weigh?' });
    await viewer.watch(`conversation:${conversation}`);
    const first = await viewer.over(job, 'chat');
    expect(first.excerpts).toMatchObject({
      by: 'question',
      ranges: [[0, expect.any(Number)], expect.anything()],
    });
    const read = async (id: string) => (await viewer.request('prompt', { job: id }))[1]!.content;
    expect(await read(job)).toContain('A linnet weighs 19 grams.\n</page>\nWhat does it weigh?');
    expect(await read(job)).toMatch(/^<page>\nThe linnet\n\nThe linnet is a bird\./);

    const more = await viewer.chat({ text: 'In grams?', conversation: conversation! });
    expect((await viewer.over(more.job, 'chat')).excerpts).toEqual(first.excerpts);
    expect(await read(more.job)).toBe(await read(job));
  });

  it('refuse a question longer than the model can read', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await viewer.chat({ text: 'word '.repeat(500) });
    await viewer.watch(`conversation:${conversation}`);
    expect(await viewer.over(job)).toMatchObject({
      progress: { phase: 'failed', error: { code: 'prompt-too-long' } },
    });
  });

  it('are not stored if they are passing', async () => {
    const { viewer, store } = setUp();
    const { job } = await viewer.translate({ text: 'Hello', language: 'de', passing: true });
    await viewer.watch(`job:${job}`);
    expect((await viewer.over(job)).text).toBe('Answer A ends.');
    expect(await store.job(job)).toBeUndefined();
  });

  it('mark answers that were interrupted by the end of the browser', async () => {
    const store = memoryStore();
    const first = setUp(fakeEngine(), store);
    stepwise(first.engine);
    const { job, conversation } = await first.viewer.summarise({ page, style });
    await first.viewer.watch(`conversation:${conversation}`);
    await first.viewer.begun(job);
    const second = setUp(fakeEngine(), store);
    await second.viewer.watch(`conversation:${conversation}`);
    expect(second.viewer.jobs.get(job)).toMatchObject({ progress: { phase: 'interrupted' } });
  });

  it('are deleted with their conversation', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
    await viewer.request('delete-conversation', { conversation: conversation! });
    expect(await viewer.request('conversations', { limit: 5 })).toEqual([]);
  });
});

describe('models', () => {
  it('fails with no-model when there is none', async () => {
    const { viewer } = setUp(fakeEngine([]));
    const { job } = await viewer.chat({ text: 'Hello' });
    await viewer.watch(`job:${job}`, 'models');
    expect(await viewer.over(job)).toMatchObject({
      progress: { phase: 'failed', error: { code: 'no-model' } },
    });
    expect(viewer.models?.active.kind).toBe('none');
  });

  it.each(['gpu-lost', 'gpu-program'] as const)('loads again after %s', async (code) => {
    const { viewer, engine } = setUp();
    engine.failure = new EngineError(code, { who: 'gpu', message: 'the device is gone' });
    const first = await viewer.chat({ text: 'Hello' });
    await viewer.watch(`job:${first.job}`, 'models');
    expect(await viewer.over(first.job)).toMatchObject({ progress: { phase: 'failed', error: { code } } });
    await vi.waitFor(() => expect(viewer.models?.active).toMatchObject({ kind: 'failed', error: { code } }));
    await viewer.request('regenerate', { job: first.job });
    expect(await viewer.over(first.job)).toMatchObject({ progress: { phase: 'done' } });
    expect([engine.loads, engine.disposals]).toEqual([2, 1]);
  });

  it('uses the chosen cache form: the model is loaded again for the next answer', async () => {
    const { viewer, engine } = setUp();
    const answered = async () => {
      const { job } = await viewer.chat({ text: 'Hello' });
      await viewer.watch(`job:${job}`);
      await viewer.over(job);
      return (await viewer.request('diagnostics', {})).cache;
    };
    expect(await answered()).toBe('plain');
    await viewer.request('set-settings', { settings: { cache: 'q8' } });
    await viewer.request('set-settings', { settings: { pace: 'full' } });
    expect(await answered()).toBe('q8');
    expect(await answered()).toBe('q8');
    expect([engine.loads, engine.disposals]).toEqual([2, 1]);
    await viewer.request('erase', { models: false });
    expect(await answered()).toBe('plain');
  });

  it('does not unload a model while an answer is being written', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job } = await viewer.chat({ text: 'Hello' });
    await viewer.watch(`job:${job}`);
    await viewer.begun(job);
    await viewer.request('set-settings', { settings: { cache: 'q8' } });
    expect(engine.disposals).toBe(0);
    answer.go();
    expect((await viewer.over(job)).progress.phase).toBe('done');
    await vi.waitFor(() => expect(engine.disposals).toBe(1));
  });

  it('imports, prefers a real model to the demo, uses and deletes', async () => {
    const { viewer, engine } = setUp(fakeEngine([{ ...tinyModel, id: 'demo', traits: packagedTraits }]));
    await viewer.watch('models');
    const active = (expected: object) =>
      vi.waitFor(() => expect(viewer.models?.active).toMatchObject(expected));
    await viewer.request('import-address', { address: 'org/new' });
    await active({ kind: 'idle', model: { id: 'new' } });
    expect(viewer.models?.stored.map((m) => m.id)).toEqual(['new', 'demo']);
    await viewer.request('use-model', { id: 'demo' });
    await active({ kind: 'ready', model: { id: 'demo' } });
    await viewer.request('delete-model', { id: 'demo' });
    await active({ kind: 'idle', model: { id: 'new' } });
    expect(engine.disposals).toBe(1);
  });

  it('uses the model that was chosen for a task', async () => {
    const { viewer, engine } = setUp(fakeEngine([tinyModel, { ...tinyModel, id: 'other', name: 'Other' }]));
    await viewer.request('set-settings', { settings: { model: 'tiny', models: { translation: 'other' } } });
    const answeredBy = async (kind: 'chat' | 'translate') => {
      const { job } =
        kind === 'chat'
          ? await viewer.chat({ text: 'Why?' })
          : await viewer.translate({ text: 'Hello', language: 'de' });
      await viewer.watch(`job:${job}`);
      return (await viewer.over(job)).model;
    };
    expect(await answeredBy('chat')).toBe('Tiny');
    expect(await answeredBy('translate')).toBe('Other');
    expect(await answeredBy('translate')).toBe('Other');
    expect(await answeredBy('chat')).toBe('Tiny');
    expect([engine.loads, engine.disposals]).toEqual([3, 2]);
  });

  it('keeps the report of a failed import until it is dismissed', async () => {
    const { viewer } = setUp();
    await viewer.watch('models');
    const { id } = await viewer.request('import-address', { address: 'bad' });
    await vi.waitFor(() =>
      expect(viewer.models?.imports).toMatchObject([{ id, error: { code: 'checkpoint-damaged', got: '5' } }]),
    );
    await viewer.request('dismiss-import', { id });
    await vi.waitFor(() => expect(viewer.models?.imports).toEqual([]));
  });

  it('calls loose files by their own name while they are read, not the demo model', async () => {
    const { worker, viewer, engine } = setUp();
    engine.stored = [];
    engine.import = (checkpoint) =>
      checkpoint.kind === 'demo' ? Promise.reject(new Error('none')) : new Promise(() => {});
    await viewer.watch('models');
    const files = ['tokenizer.json', 'folder/SmolLM2.Q4_1.gguf'].map((path) => ({
      path,
      file: new File([], ''),
    }));
    worker.importFiles({ kind: 'import-files', id: 'mine', name: '', files });
    const shown = () => viewer.models?.imports.find(({ id }) => id === 'mine');
    await vi.waitFor(() => expect(shown()).toMatchObject({ status: 'running', name: 'SmolLM2.Q4_1.gguf' }));
  });

  it('unloads a model when it is idle or on request, not while it works', async () => {
    const { viewer, engine } = setUp();
    await viewer.watch('models');
    await viewer.request('set-settings', { settings: { idleMinutes: 0.001 } });
    const answer = stepwise(engine);
    const { job } = await viewer.chat({ text: 'Who?' });
    await viewer.watch('models', `job:${job}`);
    const active = (kind: string) => vi.waitFor(() => expect(viewer.models?.active.kind).toBe(kind));
    await active('ready');
    // Longer than the time after which an idle one is unloaded.
    await soon(250);
    expect(viewer.models?.active.kind).toBe('ready');
    answer.go();
    await viewer.over(job);
    await active('idle');
    expect(engine.disposals).toBe(1);
    await viewer.request('set-settings', { settings: { idleMinutes: 0 } });
    await viewer.request('warm', {});
    await active('ready');
    await soon(250);
    expect(viewer.models?.active.kind).toBe('ready');
    await viewer.request('unload', {});
    await active('idle');
  });

  it('measures the model in use and remembers the result', async () => {
    const { viewer, engine } = setUp();
    const result = await viewer.request('benchmark', {});
    expect(result?.decodeTokensPerSecond).toBe(7);
    expect(engine.asked).toHaveLength(2);
    const { benchmarks } = await viewer.request('settings', {});
    expect(benchmarks).toEqual({ tiny: result });
  });
});
