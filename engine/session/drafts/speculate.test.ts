/** When drafts are verified, and that they give the tokens of plain decoding. On a GPU: speculate.gpu.test.ts. */
import { describe, expect, test } from 'vitest';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { importModel } from '../import/import.ts';
import { CPU_FACTS, interpreterRuntime } from '../../testing/interpreter-runtime.ts';
import { loadWith } from '../load.ts';
import { createLookup } from './prompt-lookup.ts';
import { createSpeculator, type Speculator } from './speculate.ts';

const QUOTED = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function quoting(mode: 'auto' | 'always' = 'auto'): Speculator {
  const speculator = createSpeculator(createLookup(QUOTED), mode);
  for (const id of [1, 2, 3]) speculator.stepped(id, 10);
  return speculator;
}

describe('when drafts are verified', () => {
  test('starts after two correct predictions', () => {
    const speculator = quoting();
    expect([speculator.ahead, speculator.draft(4)]).toEqual([true, []]);
    speculator.stepped(4, 10);
    expect(speculator.ahead).toBe(false);
    expect(speculator.draft(4)).toEqual([5, 6, 7, 8]);
    expect(speculator.draft(0)).toEqual([]);
  });

  test('continues while drafts are right, and stops at the first wrong one', () => {
    const speculator = quoting();
    speculator.stepped(4, 10);
    speculator.verified([5, 6, 7], 12);
    expect(speculator.draft(2)).toEqual([8, 9]);
    speculator.verified([99], 12);
    expect([speculator.ahead, speculator.draft(2)]).toEqual([true, []]);
  });

  test('a plain token that was not predicted ends the streak', () => {
    const speculator = quoting();
    speculator.stepped(50, 10);
    speculator.stepped(51, 10);
    expect(speculator.ahead).toBe(true);
  });

  const costly = (mode: 'auto' | 'always', first = 10) => {
    const long = Array.from({ length: 400 }, (_, i) => i);
    const speculator = createSpeculator(createLookup(long), mode);
    speculator.stepped(1, 0);
    speculator.stepped(2, first);
    for (const id of [3, 4, 5]) speculator.stepped(id, 10);
    let at = 6;
    let runs = 0;
    while (!speculator.ahead && at < 300) {
      speculator.verified([at++, at++], 50);
      runs++;
    }
    return { speculator, runs, at };
  };

  test('pauses drafts that cost more than they gain, then tries again', () => {
    const { speculator, runs, at } = costly('auto');
    expect(runs).toBeLessThanOrEqual(5);
    let paused = 0;
    while (speculator.ahead) speculator.stepped(at + paused++, 10);
    expect(paused).toBe(64);
  });

  test('the first step, which may wait for its pipelines, says nothing of what a step costs', () => {
    expect(costly('auto', 5000).runs).toBeLessThanOrEqual(5);
  });

  test('never pauses in mode `always`', () => {
    expect(costly('always').at).toBeGreaterThanOrEqual(300);
  });
});

describe('a session', () => {
  const load = async () => {
    const store = openStore(memoryStorage());
    const { id } = await importModel(memoryFolder('tiny', tinyFiles()), store, { weights: 'f32' });
    return loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
  };
  const ask = (text: string, maxTokens: number) => ({
    prompt: { kind: 'text', text } as const,
    maxTokens,
    ignoreEos: true,
  });

  test('gives the same tokens for any length, and leaves the cache correct', async () => {
    const model = await load();
    // A small random model repeats itself, which the lookup predicts.
    for (const text of ['abc', 'hello there', 'x']) {
      const plain = await model.generate({ ...ask(text, 40), speculation: 'off' });
      for (const maxTokens of [1, 7, 23, 40]) {
        const { ids } = await model.generate({ ...ask(text, maxTokens), speculation: 'always' });
        expect(ids).toEqual(plain.ids.slice(0, maxTokens));
      }
      const { counters } = await model.generate({ ...ask(text, 40), speculation: 'always' });
      expect(counters.steps + counters.acceptedTokens).toBe(39);
      expect(counters.acceptedTokens).toBeLessThanOrEqual(counters.draftedTokens);
      const next = ask(`${text} and on`, 5);
      const after = (await model.generate({ ...next, speculation: 'off' })).ids;
      expect((await (await load()).generate(next)).ids).toEqual(after);
    }
  });

  test('works up to the last row of the cache', async () => {
    const model = await load();
    const { capacity } = model.facts;
    const plain = await model.generate({ ...ask('abc', 999), speculation: 'off' });
    const drafted = await model.generate({ ...ask('abc', 999), speculation: 'always' });
    expect(drafted.ids).toEqual(plain.ids);
    expect(drafted.ids.length + 4).toBe(capacity + 1);
    expect(drafted.counters.acceptedTokens).toBeGreaterThan(0);
    expect(drafted.counters.steps).toBeLessThan(plain.counters.steps);
  });

  test('makes no drafts for sampled answers, short prompts and `off`', async () => {
    const model = await load();
    for (const request of [
      { ...ask('abc', 30), sampling: { temperature: 1, seed: 1 }, speculation: 'always' as const },
      { ...ask('abc', 30), sampling: { repetitionPenalty: 1.2 }, speculation: 'always' as const },
      ask('abc', 30),
      { ...ask('abc', 30), speculation: 'off' as const },
    ]) {
      expect((await model.generate(request)).counters.draftedTokens).toBe(0);
    }
  });
});
