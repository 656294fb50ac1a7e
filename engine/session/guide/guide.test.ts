/** Answers under a guide, on the CPU. On a GPU: guide.gpu.test.ts. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../tensor/random.ts';
import { CPU_FACTS, type InterpreterRuntime, interpreterRuntime } from '../../testing/interpreter-runtime.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadWith } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import type { GenerateEvent, GenerateRequest } from '../types.ts';
import type { Guide, GuidedAnswer, GuideStep } from './guide.ts';

async function tiny(files = tinyFiles()): Promise<{ model: LoadedModel; runtime: InterpreterRuntime }> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  let runtime: InterpreterRuntime | undefined;
  const model = await loadWith(
    store,
    id,
    { activations: 'f32' },
    {},
    CPU_FACTS,
    async (graph, given) => (runtime = await interpreterRuntime(graph, given)),
  );
  return { model, runtime: runtime as InterpreterRuntime };
}

const guided = (next: (answer: GuidedAnswer) => GuideStep): { guide: Guide } => ({ guide: { next } });
const ask = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: { kind: 'text', text: 'hello' },
  maxTokens: 20,
  ignoreEos: true,
  ...more,
});
const SAMPLED = { temperature: 1.5, topK: 20, repetitionPenalty: 1.2, seed: 5 };

/** The ids of an answer whose choices are made one by one from all logits. */
async function slowly(model: LoadedModel, ids: readonly number[], allowed: (id: number) => boolean) {
  const text = `hello${model.decode(ids)}`;
  const { logits } = await model.logits({ kind: 'text', text });
  const values = [...logits].map((value, id) => (allowed(id) ? value : Number.NEGATIVE_INFINITY));
  return values.indexOf(Math.max(...values));
}

describe('a guide that limits nothing', () => {
  test.each(['off', 'always'] as const)(
    'costs nothing and changes nothing, drafts %s',
    async (speculation) => {
      const { model } = await tiny();
      for (const sampling of speculation === 'off' ? [{}, SAMPLED] : [{}]) {
        const request = ask({ speculation, sampling });
        const alone = await model.generate(request);
        const seen: number[][] = [];
        const same = await model.generate(
          request,
          guided(({ ids }) => {
            seen.push([...ids]);
            return 'free';
          }),
        );
        expect(same.ids).toEqual(alone.ids);
        expect(seen).toEqual(alone.ids.map((_, i) => alone.ids.slice(0, i)));
        const { jsMsPerToken: _a, ...costAlone } = alone.counters;
        const { jsMsPerToken: _b, ...cost } = same.counters;
        expect(cost).toEqual(costAlone);
        // Without ids that are never chosen a sampler still draws from other probabilities.
        if (sampling === SAMPLED) continue;
        const bans = guided(() => ({ ban: [0, 1, 2].filter((id) => !alone.ids.includes(id)) }));
        const banned = await model.generate(request, bans);
        expect(banned.ids).toEqual(alone.ids);
        expect(banned.counters.steps).toBe(alone.counters.steps);
      }
    },
  );
});

describe('bans and allowed ids', () => {
  test('greedy choices are the likeliest permitted ones', async () => {
    const { model } = await tiny();
    const letters = Array.from({ length: 26 }, (_, i) => i + 4);
    const permitted = (length: number) => letters.filter((id) => (id + length) % 3 !== 0);
    const isAllowed = (length: number) => (id: number) => permitted(length).includes(id);
    const all = Array.from({ length: 37 }, (_, i) => i);
    const wanted: number[] = [];
    while (wanted.length < 8) wanted.push(await slowly(model, wanted, isAllowed(wanted.length)));
    for (const speculation of ['off', 'always'] as const) {
      const request = ask({ maxTokens: 8, speculation });
      const allow = await model.generate(
        request,
        guided(({ ids }) => ({ allow: permitted(ids.length) })),
      );
      expect(allow.ids).toEqual(wanted);
      const ban = await model.generate(
        request,
        guided(({ ids }) => ({ ban: all.filter((id) => !isAllowed(ids.length)(id)) })),
      );
      expect(ban.ids).toEqual(wanted);
    }
  });

  test('what a guide bans now and then is what it would ban with each step alone', async () => {
    const { model } = await tiny();
    // Bans by a hash of the answer: unchanged, new, lifted, in any order.
    const at = (ids: readonly number[]): GuideStep => {
      const random = seededRandom(ids.reduce((sum, id) => sum * 31 + id, 7) % 65521);
      if (random() < 0.4) return 'free';
      return { ban: Array.from({ length: 12 }, () => Math.floor(random() * 37)) };
    };
    for (const sampling of [{}, SAMPLED]) {
      const whole = await model.generate(
        ask({ sampling }),
        guided(({ ids }) => at(ids)),
      );
      for (let length = 1; length < 20; length += 3) {
        // The answer up to here is forced, so that nothing is in flight when the last id is chosen.
        const start = whole.ids.slice(0, length);
        const again = await model.generate(
          ask({ sampling, maxTokens: length + 1 }),
          guided(({ ids }) => (ids.length === 0 ? { force: start } : at(ids))),
        );
        expect(again.ids).toEqual(whole.ids.slice(0, length + 1));
      }
      for (const [i, id] of whole.ids.entries()) {
        const step = at(whole.ids.slice(0, i));
        if (typeof step === 'object' && 'ban' in step) expect(step.ban).not.toContain(id);
      }
    }
  });

  test('drafts are cut where the guide forbids them', async () => {
    const { model } = await tiny();
    const long = { prompt: { kind: 'text', text: 'abc' }, maxTokens: 58 } as const;
    const free = await model.generate(ask({ ...long, speculation: 'always' }));
    expect(free.counters.acceptedTokens).toBeGreaterThan(0);
    const often = free.ids.at(-1) as number;
    const no = guided(({ ids }) => (ids.length % 5 === 4 ? { ban: [often] } : 'free'));
    const off = await model.generate(ask({ ...long, speculation: 'off' }), no);
    const drafted = await model.generate(ask({ ...long, speculation: 'always' }), no);
    expect(drafted.ids).toEqual(off.ids);
    expect(off.ids).not.toEqual(free.ids);
  });
});

describe('forced ids', () => {
  test.each([{}, SAMPLED])(
    'the choices of %j, forced, give the same answer in fewer runs',
    async (sampling) => {
      const { model, runtime } = await tiny();
      for (const speculation of ['off', 'always'] as const) {
        const request = ask({ sampling, speculation });
        const free = await model.generate(request);
        const before = runtime.runs.length;
        const { ids, counters } = await model.generate(
          request,
          guided(({ ids: { length } }) =>
            length === 3 || length === 10 ? { force: free.ids.slice(length, length + 5) } : 'free',
          ),
        );
        expect(ids).toEqual(free.ids);
        expect(counters.forcedTokens).toBe(10);
        // The prompt's last id is run again; five ids and the one before them, unless that was in flight.
        const forced = runtime.runs.slice(before).filter((run) => /\+[56]$/.test(run));
        if (speculation === 'off') expect(forced).toHaveLength(2);
        expect(counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
      }
    },
  );

  test('at the begin, at the limit and at the end of the text', async () => {
    const { model } = await tiny();
    const force = guided(({ ids }) => (ids.length === 0 ? { force: model.encode('abc') } : 'free'));
    const begun = await model.generate(ask({ maxTokens: 5 }), force);
    expect(begun.text.slice(0, 3)).toBe('abc');
    const same = await model.generate(ask({ prompt: { kind: 'text', text: 'helloabc' }, maxTokens: 2 }));
    expect(begun.ids.slice(3)).toEqual(same.ids);
    const short = await model.generate(ask({ maxTokens: 2 }), force);
    expect([short.text, short.stop]).toEqual(['ab', 'length']);
    const end = guided(({ text }) => (text === 'abc' ? { force: [2] } : { force: model.encode('abc') }));
    const ended = await model.generate(ask({ ignoreEos: false }), end);
    expect([ended.text, ended.stop]).toEqual(['abc', 'end']);
  });
});

describe('rewinds and ends', () => {
  test('an answer goes on from where it was cut back to', async () => {
    for (const speculation of ['off', 'always'] as const) {
      const { model } = await tiny();
      const free = await model.generate(ask({ speculation }));
      const events: GenerateEvent[] = [];
      let rewound = 0;
      const back = guided(({ ids }) => {
        if (ids.length === 12 && rewound < 2) return { rewind: rewound++ === 0 ? 4 : 0 };
        return 'free';
      });
      const result = await model.generate(ask({ speculation }), { ...back, onEvent: (e) => events.push(e) });
      expect([result.ids, result.text, result.stop]).toEqual([free.ids, free.text, 'length']);
      let shown = '';
      for (const event of events) {
        if (event.kind === 'token') shown += event.text;
        if (event.kind === 'rewind') shown = shown.slice(0, event.length);
      }
      expect(shown).toBe(result.text);
      expect(events.filter(({ kind }) => kind === 'rewind')).toHaveLength(2);
      // What is in the cache afterwards belongs to the answer.
      expect((await model.generate(ask({ speculation }))).ids).toEqual(free.ids);
    }
  });

  test('a rewind and other words', async () => {
    const { model } = await tiny();
    const free = await model.generate(ask({ maxTokens: 9 }));
    let tried = false;
    const other = guided(({ ids }) => {
      if (ids.length === 8 && !tried) {
        tried = true;
        return { rewind: 5 };
      }
      return tried && ids.length === 5 ? { ban: [free.ids[5] as number] } : 'free';
    });
    const { ids } = await model.generate(ask({ maxTokens: 9 }), other);
    expect(ids.slice(0, 5)).toEqual(free.ids.slice(0, 5));
    expect(ids[5]).not.toBe(free.ids[5]);
    const forced = guided(({ ids: { length } }) => (length === 0 ? { force: ids.slice(0, 6) } : 'free'));
    expect((await model.generate(ask({ maxTokens: 9 }), forced)).ids).toEqual(ids);
  });

  test('the guide ends the answer', async () => {
    const { model } = await tiny();
    const free = await model.generate(ask());
    const end = guided(({ ids }) => (ids.length === 6 ? 'end' : 'free'));
    const { ids, stop } = await model.generate(ask(), end);
    expect([ids, stop]).toEqual([free.ids.slice(0, 6), 'guide']);
    expect(
      (
        await model.generate(
          ask(),
          guided(() => 'end'),
        )
      ).ids,
    ).toEqual([]);
  });

  test('a guide that goes in circles ends', async () => {
    const { model } = await tiny();
    const round = guided(({ ids }) => (ids.length === 2 ? { rewind: 1 } : 'free'));
    expect((await model.generate(ask(), round)).stop).toBe('guide');
  });
});

test('steps that cannot be made are refused, and the next request works', async () => {
  const { model } = await tiny();
  const wrong: GuideStep[] = [{ allow: [] }, { force: [] }, { rewind: 1 }, { ban: Array(5000).fill(1) }];
  for (const step of wrong) {
    await expect(
      model.generate(
        ask(),
        guided(() => step),
      ),
    ).rejects.toMatchObject({
      code: 'request-invalid',
      who: 'guide',
    });
  }
  expect((await model.generate(ask())).stop).toBe('length');
});

test('text of guides has no BOS and no added space', async () => {
  const { model } = await tiny();
  expect(model.encode('a b')).toEqual([4, 3, 5]);
  expect(model.decode([3, 4, 2])).toBe(' a');
});
