import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { consoleLog, setLog } from '../../../engine/index.ts';
import type { ModelAbilities } from '../../protocol/abilities.ts';
import { packagedTraits } from '../../protocol/model-traits.ts';
import { storedModel } from '../../testing/builders.ts';
import { fakeEngine } from '../../testing/fake-engine.ts';
import { profileOfLoaded } from '../prompts/choose-profile.ts';
import { sentencesIn } from './passage.ts';
import { PROBE_TOKENS } from './probe.ts';
import { Prober } from './prober.ts';

/** A prober of a loaded model whose answers are a list and its translations. */
async function setUp(change: Parameters<typeof storedModel>[0] = {}) {
  const model = storedModel({ bytes: 300e6, ...change });
  const engine = fakeEngine([model]);
  engine.pieces = ({ prompt }) => {
    const asked = prompt.kind === 'messages' ? prompt.messages.at(-1)!.content : '';
    const language = /Japanese/.test(asked) ? 'ja' : /German/.test(asked) ? 'de' : undefined;
    return language === undefined ? ['A bridge.\n', '- A mayor.'] : [sentencesIn[language]!];
  };
  const loaded = await engine.load(model.id, 'plain', {});
  const known = new Map<string, ModelAbilities>();
  const state = { languages: ['de-AT'], loaded: true, loads: 0, shown: 0 };
  const prober = new Prober({
    loaded: () => (state.loaded ? loaded : undefined),
    load: async () => {
      state.loads++;
      state.loaded = true;
      return loaded;
    },
    profile: profileOfLoaded,
    known: (id) => known.get(id),
    languages: () => state.languages,
    save: async (id, abilities) => known.set(id, abilities),
    between: (work) => work(),
    changed: () => state.shown++,
    now: () => 5,
    quietMs: 0,
  });
  return { engine, prober, known, state, model };
}

const done = (known: Map<string, ModelAbilities>) => vi.waitFor(() => expect(known.size).toBe(1));
/** After timers and microtasks that are due. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a prober', () => {
  it('tries the loaded model once, in the languages of the person, and says how far it is', async () => {
    const { engine, prober, known, model, state } = await setUp();
    const progress: unknown[] = [];
    engine.pause = async () => void progress.push(prober.progress());
    prober.schedule();
    await done(known);
    expect(known.get(model.id)).toMatchObject({
      probedAt: 5,
      languages: [{ tag: 'en' }, { tag: 'de', writes: true }],
    });
    expect(progress).toEqual([
      { model: model.id, done: 1, total: 2 * PROBE_TOKENS },
      { model: model.id, done: 2, total: 2 * PROBE_TOKENS },
      { model: model.id, done: PROBE_TOKENS + 1, total: 2 * PROBE_TOKENS },
    ]);
    expect([prober.progress(), state.shown > 0]).toEqual([undefined, true]);
    prober.schedule();
    await soon();
    expect(engine.asked).toHaveLength(2);
    expect(engine.asked.every(({ branch }) => branch === 'probe')).toBe(true);
  });

  it('tries a language that the person chose later', async () => {
    const { engine, prober, known, model, state } = await setUp();
    prober.schedule();
    await done(known);
    state.languages = ['ja', 'de'];
    prober.schedule();
    await vi.waitFor(() => expect(known.get(model.id)!.languages).toHaveLength(3));
    expect(engine.asked).toHaveLength(3);
  });

  it('is interrupted by a job, stays on show, and begins again after it', async () => {
    const { engine, prober, known, model } = await setUp();
    engine.pause = async () => prober.interrupt();
    prober.schedule();
    await vi.waitFor(() => expect(engine.asked).toHaveLength(1));
    await soon();
    expect([known.size, prober.progress()?.model]).toEqual([0, model.id]);
    engine.pause = async () => {};
    prober.schedule();
    await done(known);
    expect(prober.progress()).toBeUndefined();
  });

  it('is stopped by the person, and starts again only on request', async () => {
    const { engine, prober, known } = await setUp();
    engine.pause = async () => prober.stop();
    prober.schedule();
    await vi.waitFor(() => expect(engine.asked).toHaveLength(1));
    await soon();
    expect(prober.progress()).toBeUndefined();
    engine.pause = async () => {};
    prober.schedule();
    await soon();
    expect(known.size).toBe(0);
    await prober.start();
    await prober.start();
    expect([known.size, engine.asked.length]).toEqual([1, 5]);
  });

  it('repeats a trial on request, also where a job interrupts the second one', async () => {
    const { engine, prober, known } = await setUp();
    prober.schedule();
    await done(known);
    engine.pause = async () => prober.interrupt();
    await prober.start();
    expect(engine.asked).toHaveLength(3);
    engine.pause = async () => {};
    prober.schedule();
    await vi.waitFor(() => expect(engine.asked).toHaveLength(5));
    prober.schedule();
    await soon();
    expect(engine.asked).toHaveLength(5);
  });

  it('loads a model for a trial only after an import', async () => {
    const { prober, known, state } = await setUp();
    state.loaded = false;
    prober.schedule();
    await soon();
    expect([state.loads, known.size]).toEqual([0, 0]);
    prober.afterImport();
    await done(known);
    expect(state.loads).toBe(1);
  });

  it('does not try the demo model or one without instructions', async () => {
    for (const change of [{ traits: packagedTraits }, { hasChatTemplate: false }]) {
      const { engine, prober } = await setUp(change);
      prober.schedule();
      await prober.start();
      expect(engine.asked).toHaveLength(0);
    }
  });

  it('does not try a model again that failed, and logs no word of the error', async () => {
    const { engine, prober, known } = await setUp();
    const lines: string[] = [];
    setLog('debug', (_level, _part, message) => lines.push(message));
    onTestFinished(() => setLog('warn', consoleLog('engine')));
    engine.failure = new Error('secret words') as never;
    prober.schedule();
    await vi.waitFor(() => expect(engine.asked).toHaveLength(1));
    await soon();
    prober.schedule();
    await soon();
    expect([engine.asked.length, known.size, prober.progress()]).toEqual([1, 0, undefined]);
    expect(lines).toEqual(['the model was not tried: internal']);
  });
});
