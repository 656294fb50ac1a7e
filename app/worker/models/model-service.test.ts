import { packagedTraits } from '../../protocol/model-traits.ts';
import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../engine/index.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { setUp, soon, stepwise } from '../../testing/test-client.ts';

const demo = { ...tinyModel, id: 'demo', name: 'Demo', traits: packagedTraits };
const other = { ...tinyModel, id: 'other', name: 'Other' };

it('a model of an earlier version shows what loading it taught', async () => {
  const { viewer, engine } = setUp();
  const load = engine.load.bind(engine);
  vi.spyOn(engine, 'load').mockImplementation(async (id, ...rest) => {
    const loaded = await load(id, ...rest);
    const model = { ...loaded.facts.model, dialogue: { own: 'failed', standIn: 'ChatML' } } as const;
    return { ...loaded, facts: { ...loaded.facts, model } };
  });
  await viewer.watch('models');
  expect(viewer.models?.stored[0]?.dialogue).toBeUndefined();
  await viewer.request('warm', {});
  await vi.waitFor(() => expect(viewer.models?.stored[0]?.dialogue?.standIn).toBe('ChatML'));
});

it('says where the access token for the hub is, never what it is, and removes it', async () => {
  const { viewer } = setUp();
  await viewer.watch('models');
  for (const [token, keep, place] of [
    ['hf_secret', true, 'device'],
    ['hf_secret', false, 'memory'],
    ['', false, undefined],
  ] as const) {
    await viewer.request('hub-token', { token, keep });
    await vi.waitFor(() => expect(viewer.models?.hubToken).toBe(place));
    expect(JSON.stringify(viewer.models)).not.toContain('hf_secret');
  }
});

it('a demo model that is there while the settings are lost is not imported again', async () => {
  const engine = fakeEngine([demo, tinyModel]);
  const imported = vi.spyOn(engine, 'import');
  const { viewer, store } = setUp(engine);
  await viewer.watch('models');
  await vi.waitFor(async () => expect(await store.settings()).toMatchObject({ demoImported: true }));
  expect(imported).not.toHaveBeenCalled();
});

describe('the model that answers', () => {
  it('is never one that makes vectors for search, even if it is the newest or was chosen', async () => {
    const search = { ...tinyModel, id: 'search', name: 'MiniLM', embeds: { width: 384, maxTokens: 256 } };
    const { viewer } = setUp(fakeEngine([search, demo]));
    await viewer.watch('models');
    expect(viewer.models?.chosen).toBe('demo');
    await viewer.request('use-model', { id: 'search' });
    await vi.waitFor(() => expect(viewer.models?.chosen).toBe('demo'));
    expect(viewer.models?.stored.map(({ id }) => id)).toEqual(['search', 'demo']);
  });

  it('has the chosen model for search beside it, else the newest', async () => {
    const embeds = { width: 64, maxTokens: 256 };
    const one = { ...tinyModel, id: 'one', embeds };
    const { viewer } = setUp(fakeEngine([{ ...one, id: 'two' }, one, demo]));
    await viewer.watch('models');
    expect(viewer.models?.embedder).toBe('two');
    await viewer.request('use-model', { id: 'one' });
    await vi.waitFor(() => expect(viewer.models?.embedder).toBe('one'));
    expect(viewer.models?.chosen).toBe('demo');
    await viewer.request('delete-model', { id: 'one' });
    await vi.waitFor(() => expect(viewer.models?.embedder).toBe('two'));
  });

  it('is the first real one once it is imported and the running answer is done', async () => {
    const { viewer, engine } = setUp(fakeEngine([demo]));
    const answer = stepwise(engine);
    const { job } = await viewer.chat({ text: 'Hello' });
    await viewer.watch('models', `job:${job}`);
    await viewer.begun(job);
    await viewer.request('import-address', { address: 'org/new' });
    await vi.waitFor(() => expect(viewer.models?.chosen).toBe('new'));
    expect(viewer.models?.active).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
    expect(engine.disposals).toBe(0);
    answer.go();
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'done' }, model: 'Demo' });
    await vi.waitFor(() =>
      expect(viewer.models?.active).toMatchObject({ kind: 'idle', model: { id: 'new' } }),
    );
    expect(engine.disposals).toBe(1);
  });

  it('is awaited until it is in the list', async () => {
    const { viewer, engine } = setUp(fakeEngine([]));
    const now = engine.list.bind(engine);
    await viewer.request('conversations', { limit: 1 });
    let listed = () => {};
    const list = vi.spyOn(engine, 'list').mockImplementation(async () => {
      await new Promise<void>((resolve) => {
        listed = resolve;
      });
      return now();
    });
    await viewer.request('import-address', { address: 'org/new' });
    await vi.waitFor(() => expect(list).toHaveBeenCalled());
    const { job } = await viewer.chat({ text: 'Hello' });
    await viewer.watch('models', `job:${job}`);
    list.mockImplementation(now);
    listed();
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'done' }, model: 'New' });
    await vi.waitFor(() => expect(viewer.models?.imports).toEqual([]));
  });

  it('stays loaded if an import does not change which model answers', async () => {
    const { viewer, engine } = setUp();
    await viewer.request('use-model', { id: 'tiny' });
    await viewer.watch('models');
    await viewer.request('import-address', { address: 'org/new' });
    await vi.waitFor(() => expect(viewer.models?.stored).toHaveLength(2));
    expect(viewer.models).toMatchObject({ active: { kind: 'ready', model: { id: 'tiny' } }, chosen: 'tiny' });
    expect(engine.disposals).toBe(0);
  });

  it('is improved from where it came from, once at a time, and not brought back after it was deleted', async () => {
    const plain = { ...tinyModel, weights: 'm0e4+q8-head', unquantised: true, origin: 'org/tiny' } as const;
    const { viewer, engine } = setUp(fakeEngine([plain, other]));
    const begun: unknown[] = [];
    engine.import = (checkpoint, { signal, onKept }, form) =>
      new Promise((_, reject) => {
        const stopped = new EngineError('source-cancelled', { who: 'test', message: 'stopped' });
        if (checkpoint.kind === 'demo') return reject(stopped);
        begun.push({ checkpoint, form });
        onKept?.();
        signal?.addEventListener('abort', () => reject(stopped));
      });
    await viewer.watch('models');
    await expect(viewer.request('improve-model', { id: 'other' })).rejects.toThrow('cannot be improved');
    const { id } = await viewer.request('improve-model', { id: 'tiny' });
    expect(await viewer.request('improve-model', { id: 'tiny' })).toEqual({ id });
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    expect(begun[0]).toMatchObject({
      checkpoint: { kind: 'address', address: 'org/tiny' },
      form: { weights: 'calibrated', replaces: { id: 'tiny' }, patient: true },
    });
    await vi.waitFor(() => expect(viewer.models?.imports).toMatchObject([{ id, improves: 'tiny' }]));
    await viewer.request('delete-model', { id: 'tiny' });
    await vi.waitFor(() => expect(viewer.models?.imports).toEqual([]));
    expect(viewer.models?.stored.map((model) => model.id)).toEqual(['other']);
  });

  it('stops answering when it is deleted, not when another one is', async () => {
    const { viewer, engine } = setUp(fakeEngine([tinyModel, other, { ...other, id: 'third' }]));
    await viewer.request('set-settings', { settings: { model: 'tiny', models: { translation: 'other' } } });
    const translate = async () => {
      const answer = stepwise(engine);
      const { job } = await viewer.translate({ text: 'Hello', language: 'de' });
      await viewer.watch('models', `job:${job}`);
      await viewer.begun(job);
      return { answer, job };
    };
    const first = await translate();
    const deleted = viewer.request('delete-model', { id: 'tiny' });
    // A job that is stopped has ended by then.
    await soon();
    expect(viewer.jobs.get(first.job)?.progress.phase).toBe('writing');
    first.answer.go();
    expect((await viewer.over(first.job)).progress.phase).toBe('done');
    await deleted;
    const second = await translate();
    const gone = viewer.request('delete-model', { id: 'other' });
    second.answer.go();
    expect((await viewer.over(second.job)).progress.phase).toBe('stopped');
    await gone;
    await vi.waitFor(() => expect(viewer.models?.stored.map(({ id }) => id)).toEqual(['third']));
  });
});

describe('the measurement', () => {
  it('can be stopped, and keeps the earlier result', async () => {
    const { viewer, engine } = setUp();
    const before = await viewer.request('benchmark', {});
    const answer = stepwise(engine);
    const asked = engine.asked.length;
    const measured = viewer.request('benchmark', {});
    await vi.waitFor(() => expect(engine.asked.length).toBeGreaterThan(asked));
    await viewer.request('stop-benchmark', {});
    answer.go();
    expect(await measured).toBeNull();
    const { benchmarks } = await viewer.request('settings', {});
    expect(benchmarks).toEqual({ tiny: before });
  });
});
