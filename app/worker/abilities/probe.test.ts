import { describe, expect, it } from 'vitest';
import { storedModel } from '../../testing/builders.ts';
import { profileOf } from '../prompts/choose-profile.ts';
import { sentencesIn } from './passage.ts';
import {
  keepsList,
  PROBE_TOKENS,
  PROBE_VERSION,
  probe,
  type ProbeAnswer,
  type ProbeQuestion,
  type ProbeWork,
  repeatsItself,
} from './probe.ts';

const profile = profileOf({ model: storedModel({ bytes: 300e6 }) });

/** Words stand for tokens. */
function answer(text: string, change: Partial<ProbeAnswer> = {}): ProbeAnswer {
  const words = text.split(/\s+/);
  return { text, ids: words.map((word) => words.indexOf(word)), cut: false, thoughtTokens: 0, ...change };
}

/** Runs a probe whose answers are given in the order of its questions. */
async function tried(answers: readonly (ProbeAnswer | undefined)[], change: Partial<ProbeWork> = {}) {
  const questions: ProbeQuestion[] = [];
  const progress: number[] = [];
  const found = await probe({
    profile,
    languages: ['de'],
    generate: async (question) => answers[questions.push(question) - 1],
    progress: (count) => progress.push(count),
    now: () => 7,
    ...change,
  });
  return { found, questions, progress };
}

const POINTS =
  'Until 1998, a ferry crossed the river.\n- The new bridge is 240 metres long.\n- The mayor wants to close it to cars.';

describe('a probe', () => {
  it('of a good model finds that it keeps a list and writes its languages', async () => {
    const { found, questions, progress } = await tried([answer(POINTS), answer(sentencesIn.de!)]);
    expect(found).toEqual({
      version: PROBE_VERSION,
      probedAt: 7,
      lists: true,
      repeats: false,
      languages: [
        { tag: 'en', writes: true },
        { tag: 'de', writes: true },
      ],
    });
    expect(progress).toEqual([1, 2]);
    expect(questions.every(({ maxTokens }) => maxTokens === PROBE_TOKENS)).toBe(true);
    expect(questions[0]!.begun).toBe('-');
    expect(questions[1]!.messages.at(-1)!.content).toContain('German');
  });

  it('of a looping model finds that it repeats itself', async () => {
    const loop = 'The bridge is new and it is long.\n- '.repeat(6);
    const { found } = await tried([answer(loop, { cut: true }), answer(sentencesIn.de!.repeat(3))]);
    expect(found).toMatchObject({
      repeats: true,
      lists: false,
      languages: [
        { tag: 'en', writes: true },
        { tag: 'de', writes: false },
      ],
    });
  });

  it('of SmolLM2-135M-Instruct, Q4_1, finds that it loops and writes neither German nor Japanese', async () => {
    const point = ' Until 1998, people crossed the river by ferry.\n-';
    const german =
      'Das ist ein großen Buch, die die 1998 bis 2022 wiederholt wird. Ich bin ein kaufen, die 3,000 personare kauft.';
    const japanese = 'アニューチップロックルックルルルルルルルルルルルルルルルルルルル';
    const answers = [answer(point.repeat(4), { cut: true }), answer(german), answer(japanese, { cut: true })];
    const { found } = await tried(answers, { languages: ['de', 'ja'] });
    expect(found).toMatchObject({
      lists: false,
      repeats: true,
      languages: [
        { tag: 'en', writes: true },
        { tag: 'de', writes: false },
        { tag: 'ja', writes: false },
      ],
    });
  });

  it('of a model that keeps to the wrong language finds which ones it does not write', async () => {
    const { found } = await tried([answer(sentencesIn.fr!), answer(sentencesIn.en!)]);
    expect(found).toMatchObject({
      lists: false,
      languages: [
        { tag: 'en', writes: false },
        { tag: 'de', writes: false },
      ],
    });
  });

  it('of a model that was tried before asks only for new languages', async () => {
    const known = (await tried([answer(POINTS), answer(sentencesIn.de!)])).found!;
    const { found, questions } = await tried([answer(sentencesIn.ja!)], {
      known,
      languages: ['de', 'ja', 'tlh'],
    });
    expect(questions).toHaveLength(1);
    expect(found).toMatchObject({
      lists: true,
      languages: [{ tag: 'en' }, { tag: 'de' }, { tag: 'ja', writes: true }],
    });
  });

  it('of a model that only translates asks for no key points', async () => {
    const translator = profileOf({ model: storedModel({ name: 'TranslateGemma' }) });
    const { found, questions } = await tried([answer(sentencesIn.de!)], { profile: translator });
    expect(questions).toHaveLength(1);
    expect(found!.languages).toEqual([{ tag: 'de', writes: true }]);
  });

  it('offers no less for an answer that is all thoughts', async () => {
    const thought = answer('', { thoughtTokens: 64, ids: [1, 2, 3], cut: true });
    const { found } = await tried([thought, thought]);
    expect(found).toMatchObject({ lists: true, repeats: false, languages: [] });
  });

  it('that was interrupted finds nothing', async () => {
    const { found, progress } = await tried([answer(POINTS), undefined]);
    expect([found, progress]).toEqual([undefined, [1]]);
  });
});

describe('a list', () => {
  it.each([
    ['- One point.\n- Another point.', false, true],
    ['Here are the points:\n\n- One point.\n- Another point.', false, true],
    ['- 1. One point.\n- 2. Another point.\n', true, true],
    // SmolLM2-135M-Instruct, Q4_1, greedy, asked for "at most 5 short bullet points" with a system turn.
    [
      '- 1. Until 1998, people crossed the river by ferry.\n- 2. 3,000 people use the new bridge every day.\n' +
        '- 3. 240 metres long and paid for by the town and its citizens.\n- 4. 3,',
      true,
      true,
    ],
    // Cut in the middle of a point, and before the bullet of the next.
    ['- One point.\n- Another po', true, true],
    ['- One point.\n- Another point.\nThe', true, true],
    ['- One point.\n- One point.', false, false],
    // The model goes on after the dash without a blank.
    ['-One point. It has two sentences.', false, false],
    ['-One point.\n-Another point.', false, true],
    ['- One long paragraph that goes on and on. It has no second point.', true, false],
    ['- One point.\n\nThe page says more about it.', false, false],
    ['- <p>One point.</p>\n- Another point.', false, false],
    ['- One point.\n- Another point.\n\n## More', false, false],
  ])('%j, cut %j: %j', (text, cut, kept) => {
    expect(keepsList(text, cut)).toBe(kept);
  });
});

describe('repetition', () => {
  const ids = (...runs: number[][]) => runs.flat();
  const fresh = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

  it('is a sentence said again, not a name said three times', () => {
    const sentence = fresh(100, 16);
    expect(repeatsItself(ids(sentence, sentence))).toBe(true);
    const name = fresh(500, 6);
    expect(repeatsItself(ids(name, fresh(0, 23), name, fresh(30, 23), name))).toBe(false);
    expect([repeatsItself([]), repeatsItself([1, 1, 1])]).toEqual([false, false]);
  });
});
