/** What each guide makes of the answers of small models. With a real model: demo.gpu.test.ts. */
import { describe, expect, test } from 'vitest';
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import type { AnswerForm } from '../prompts/task-profile.ts';
import { groundOf } from './answer-check.ts';
import { combine } from './combine.ts';
import { chatGuide, summaryGuide, tokensOfForm } from './guides.ts';
import { LineGuide } from './line-guide.ts';
import { ListGuide } from './list-guide.ts';
import { cycleOf, LoopGuide } from './loop-guide.ts';
import { MarkupGuide } from './markup-guide.ts';
import { RepeatGuide } from './repeat-guide.ts';
import { type ScriptedAnswer, scriptedModel } from './scripted-model.ts';
import { SentencesGuide } from './sentences-guide.ts';

const free = { kind: 'messages', messages: [] } as const;
const words = (count: number, word = 'Bird') =>
  Array.from({ length: count }, (_, i) => `${word}${i}`).join(' ');

/** Without bans. */
const only = (step: GuideStep): GuideStep => (typeof step === 'object' && 'ban' in step ? 'free' : step);

describe('a list', () => {
  const list = (
    wants: readonly string[],
    limits: Partial<ConstructorParameters<typeof ListGuide>[0]> = {},
  ) => {
    const model = scriptedModel();
    const guide = new ListGuide({ points: 3, words: 6, tokens: 200, begun: '', ...limits }, model);
    return model.answer(guide, wants);
  };

  test('that is one already is left alone', () => {
    const text = '- A bird sings.\n- It is red.\n- It flew 1.5 km.';
    expect(list([text])).toEqual({ text, stop: 'end', rewinds: 0, firstStep: -1 });
    expect(list([text.slice(2)], { begun: '- ' }).text).toBe(text.slice(2));
  });

  test('ends at its number of points', () => {
    const answer = list(['- One.\n- Two.\n- Three.\n- Four.\n- Five.']);
    expect(answer).toMatchObject({ text: '- One.\n- Two.\n- Three.\n', stop: 'guide' });
  });

  test.each([
    ['text before it', 'Here are the points:\n- A', '- A bird.'],
    ['numbers', '1. A bird sings.', '- A bird sings.'],
    ['stars', '* A bird sings.', '- A bird sings.'],
  ])('begins with a dash, not with %s', (_, wanted, instead) => {
    expect(list([wanted, instead]).text).toBe(instead);
  });

  test('a line that begins no point gets a dash', () => {
    const { text } = list(['- One.\nTwo is here.', '- One.\n- Two is here.']);
    expect(text).toBe('- One.\n- Two is here.');
  });

  test('has no points within points and no numbers', () => {
    expect(list(['- One.\n  - Nested.', '- One.\n- Two.']).text).toBe('- One.\n- Two.');
    expect(list(['- 1. One.', '- One.']).text).toBe('- One.');
    expect(list(['- - One.', '- One.']).text).toBe('- One.');
  });

  test('has no empty points', () => {
    expect(list(['- One.\n-\n- Two.', '- One.\n- Two.']).text).toBe('- One.\n- Two.');
    expect(list(['\n', ' One.'], { begun: '-' }).text).toBe(' One.');
  });

  test('a long point ends at its last sentence or clause, and the next one begins', () => {
    const long = `- A bird sings. ${words(20)}`;
    expect(list([long, '- A bird sings.\n- Then.']).text).toBe('- A bird sings.\n- Then.');
    const clause = `- A bird sings today, ${words(20)}`;
    expect(list([clause, '- A bird sings today\n- Then.']).text).toBe('- A bird sings today\n- Then.');
  });

  test('a point without any end is not shown half', () => {
    const { text, stop } = list([`- One.\n- ${words(40)}`]);
    expect([text.trim(), stop]).toEqual(['- One.', 'guide']);
    expect(list([`- ${words(40)}`, '- A bird.']).text).toBe('- A bird.');
  });

  test('a point that announces others or says what was said is written again', () => {
    expect(list(['- 3 points:\n- A.', '- One.']).text).toBe('- One.');
    const first = '- The old bird sings in May.\n';
    const again = `${first}- In May the old bird sings.\n`;
    expect(list([`${again}- A`, `${first}- It sleeps.`]).text).toBe(`${first}- It sleeps.`);
    expect(list([again])).toMatchObject({ text: `${first}-`, stop: 'end' });
    const others = `${first}- The old bird eats no fish.\n- It is 9.`;
    expect(list([others])).toMatchObject({ text: others, rewinds: 0 });
  });

  test('that reaches its limit of tokens ends after a whole point', () => {
    const { text, stop } = list(['- One bird sings.\n- Two birds sing and sing.'], { tokens: 9 });
    expect([text.trim(), stop]).toEqual(['- One bird sings.', 'guide']);
  });

  test('an empty line after some points ends it', () => {
    const text = '- One.\n- Two.\n- Three.\n\nThese are the points.';
    expect(list([text], { points: 5 })).toMatchObject({
      text: '- One.\n- Two.\n- Three.\n\n',
      stop: 'guide',
    });
  });
});

describe('a headline', () => {
  const line = (wants: readonly string[], most = 8) =>
    scriptedModel().answer(new LineGuide(most, tokensOfForm({ kind: 'line', words: most }) - 1), wants);

  test.each([
    ['one line', 'A bird sings in Hillcrest', 'A bird sings in Hillcrest'],
    ['more lines', 'A bird sings\n\nIt is red.', 'A bird sings'],
    ['more sentences', 'A bird sings. It is red.', 'A bird sings.'],
    ['a clause', `A bird sings at night, neighbours ${words(9)}`, 'A bird sings at night'],
    ['a phrase', `A small red bird was found in ${words(9)}`, 'A small red bird was found'],
    ['nothing to cut at', words(20), words(8)],
    ['words of numbers', '1.1 2.2 3.3 4.4 5.5 6.6', '1.1 2.2 3.3 4.4'],
    ['small words at the end', `${words(6)} of the ${words(9)}`, words(6)],
  ])('%s', (_, wanted, instead) => {
    // The model has no other words, whatever it may not begin with.
    const model = scriptedModel();
    const guide = new LineGuide(8, 47);
    const asIs = { next: (answer: GuidedAnswer) => only(guide.next(answer)) };
    expect(model.answer(asIs, [wanted]).text).toBe(instead);
  });

  test('is tried again where it has no clause that fits', () => {
    expect(line([words(20), 'A bird sings']).text).toBe('A bird sings');
  });

  test('has no quotation marks, label or empty first line', () => {
    const bare = 'A bird sings';
    for (const wanted of [
      '"A bird sings"',
      'Headline: A bird sings',
      '\nA bird sings',
      '„Ein Vogel singt“',
    ]) {
      expect(line([wanted, bare]).text).toBe(bare);
    }
    expect(line(['Overview of birds']).text).toBe('Overview of birds');
  });
});

describe('sentences', () => {
  const sentencesOf = (wants: readonly string[], count = 2, tokens = 120) =>
    scriptedModel().answer(new SentencesGuide(count, tokens), wants);

  test.each([
    ['as many as there may be', 'Dr. Smith sings. It is red.', 'Dr. Smith sings. It is red.'],
    ['more', 'A bird sings. It is red. It flies.', 'A bird sings. It is red.'],
    ['a line break', 'A bird sings.\n\n- It is red.', 'A bird sings.'],
    ['one that has no end', `A bird sings. ${words(200)}`, 'A bird sings.'],
    ['only one without an end', `A bird sings, ${words(200)}`, 'A bird sings'],
  ])('%s', (_, wanted, instead) => {
    expect(sentencesOf([wanted]).text).toBe(instead);
  });

  test('have no list, label or announcement before them', () => {
    const bare = 'A bird sings.';
    for (const wanted of [
      '- A bird sings.',
      '1. A bird',
      'Summary: A bird',
      'Here is a summary:\n\nA bird',
    ]) {
      expect(sentencesOf([wanted, bare]).text).toBe(bare);
    }
  });
});

describe('circles', () => {
  const loop = (text: string): ScriptedAnswer => scriptedModel().answer(new LoopGuide(), [text]);
  const start = 'A bird sings. It is red. ';

  test.each([1, 2, 5, 12, 24])('of %i tokens are noticed within 24 and cut to a whole sentence', (period) => {
    const cycle = `${words(period, 'X')} `;
    const { text, stop } = loop(start + cycle.repeat(40));
    expect([text.trim(), stop]).toEqual([start.trim(), 'guide']);
    const ids = Array.from({ length: 7 + period + 24 }, (_, i) => (i < 7 ? 100 + i : i % period));
    expect(cycleOf(ids)).toBe(period);
    expect(cycleOf(ids.slice(0, -1))).toBeUndefined();
  });

  test('of sentences leave the first', () => {
    expect(loop(`${start}${'So the old bird sings all day. '.repeat(9)}`).text.trim()).toBe(
      `${start}So the old bird sings all day.`,
    );
  });

  test('are not seen in text, lists and small tables', () => {
    const texts = [
      'A bird sings and a bird sings. A bird is red, a bird is blue.',
      '| a | b | c |\n| - | - | - |\n| 1 | 1 | 1 |',
      Array.from({ length: 30 }, (_, i) => `- Bird ${i} is red.`).join('\n'),
    ];
    for (const text of texts) expect(loop(text)).toMatchObject({ text, stop: 'end', firstStep: -1 });
  });
});

describe('prose about a page', () => {
  const page = 'Twitter Lite is an app for slow networks in eleven countries.';
  const ground = groundOf({ url: '', title: '', dir: 'ltr', text: page, source: 'main' });
  const prose = (wants: readonly string[], tokens = 512): ScriptedAnswer => {
    const model = scriptedModel();
    return model.answer(chatGuide(model, { ground, form: { kind: 'prose' }, begun: '', tokens }), wants);
  };
  // As SmolLM2-135M-Instruct answered "What is this page about?".
  const about =
    'This page is about a social media platform. It lets people share thoughts and ideas with others.';
  const paragraph =
    'The page also talks about a new app for slow networks, which needs less data and works in many countries.';

  test('ends before a sentence that says again what was said', () => {
    const again = [about, paragraph, 'The app also works in many countries with slow networks.'];
    const { text, stop } = prose([`${again.join(' ')} It is blue.`]);
    expect([text, stop]).toEqual([again.slice(0, 2).join(' '), 'guide']);
  });

  test('ends where it is whole within its tokens', () => {
    const facts = Array.from({ length: 40 }, (_, n) => `Bird${n} eats seed${n} near lake${n}.`);
    const { text, stop } = prose([facts.join(' ')], 100);
    expect(stop).toBe('guide');
    expect(text).toMatch(/^Bird0 eats .* lake1\d\.$/);
  });

  test('may say short sentences and sentences of the page again', () => {
    const answer = `Yes. ${page} It was slow before that. Yes.`;
    expect(prose([answer])).toMatchObject({ text: answer, stop: 'end' });
  });

  test('has no markup', () => {
    const [tag, bare] = ['<p>The app is small.</p>', 'The app is small.'];
    expect(prose([tag, bare]).text).toBe(bare);
  });

  test('elsewhere a paragraph ends the answer when it was written twice in a row', () => {
    const wanted = `${about}\n\n${`${paragraph}\n\n`.repeat(8)}`;
    const free = scriptedModel();
    expect(free.answer(chatGuide(free, undefined), [wanted]).text.trim()).toBe(`${about}\n\n${paragraph}`);
    const rows = Array.from({ length: 6 }, (_, n) => `| ${words(30)} | ${n} |`).join('\n');
    expect(free.answer(chatGuide(free, undefined), [rows]).text).toBe(rows);
  });
});

describe('repetitions', () => {
  const page = 'On Friday a grey dog ran away in Hillcrest.';
  const repeat = (wants: readonly string[]) => {
    const model = scriptedModel();
    return model.answer(new RepeatGuide(model, page), wants);
  };

  test('of five tokens do not come, unless the page says so', () => {
    const twice = 'The old man likes the sea. The old man likes the sea.';
    const other = 'The old man likes the sea. The old man likes the fish.';
    expect(repeat([twice, other]).text).toBe(other);
    const quoted = 'A grey dog ran away in Hillcrest. A grey dog ran away in Hillcrest.';
    expect(repeat([quoted]).text).toBe(quoted);
  });

  test('points may begin alike', () => {
    const text = '- The old bird sings.\n- The old bird flies.\n- The old bird rests.';
    expect(repeat([text])).toMatchObject({ text, stop: 'end' });
  });

  test('are counted again after a rewind', () => {
    const model = scriptedModel();
    const guide = new RepeatGuide(model, '');
    const at = (text: string) => guide.next({ ids: model.encode(text), text });
    expect(at(' a b c d e f a b c d')).toEqual({ ban: model.encode(' e') });
    expect(at(' a b c')).toBe('free');
    expect(at(' a b c d x y a b c d')).toEqual({ ban: model.encode(' x') });
  });
});

describe('markup', () => {
  const markup = (wants: readonly string[]) =>
    scriptedModel().answer(new MarkupGuide(['Summarise the page in one sentence.']), wants);

  test.each([
    '<p>A bird',
    'A bird <img class',
    '<|im_end|>',
    '```js',
    '**A bird**',
    '![A](b)',
    '&nbsp; A',
    '[INST] A',
    '# A bird',
    'Summarise the page in one sentence. A',
  ])('%s is taken back', (wanted) => {
    const { text, rewinds } = markup([wanted, 'A bird sings.']);
    expect([text, rewinds > 0]).toEqual(['A bird sings.', true]);
  });

  test('less-than, brackets and C# are words', () => {
    for (const text of ['If 3 < 5 it is [sic] C# code & more.', `${words(30)} C# and`]) {
      expect(markup([text])).toMatchObject({ text, firstStep: -1 });
    }
  });
});

describe('guides together', () => {
  const fixed = (step: GuideStep): Guide => ({ next: () => step });
  const joined = (...steps: GuideStep[]) => combine(steps.map(fixed)).next({ ids: [1, 2, 3], text: '' });

  test('the strictest counts', () => {
    expect(joined('free', 'free')).toBe('free');
    expect(joined({ rewind: 2 }, 'end', { rewind: 1 })).toEqual({ rewind: 1 });
    expect(joined({ force: [1] }, 'end')).toBe('end');
    expect(joined({ ban: [1] }, { force: [1] })).toEqual({ force: [1] });
    expect(joined({ ban: [1, 2] }, 'free', { ban: [2, 3] })).toEqual({ ban: [1, 2, 3] });
    expect(joined({ allow: [1, 2, 3] }, { ban: [2] }, { allow: [2, 3, 4] })).toEqual({ allow: [3] });
    expect(joined({ allow: [1] }, { ban: [1] })).toBe('end');
  });

  test('the same bans are the same array', () => {
    const all = combine([fixed({ ban: [1] }), fixed({ ban: [2] })]);
    const [one, two] = [0, 1].map(() => all.next({ ids: [], text: '' }));
    expect(
      typeof one === 'object' &&
        'ban' in one &&
        typeof two === 'object' &&
        'ban' in two &&
        one.ban === two.ban,
    ).toBe(true);
  });

  test.each<[AnswerForm, string[], string]>([
    [
      { kind: 'list', points: 5, words: 12 },
      [
        `<p>One`,
        `- **One** bird`,
        `- One bird sings. ${'It sings on and on in the wood. '.repeat(9)}`,
        '- One bird sings. It sings on and on in the wood.',
        '- One bird sings. It sings on and on in the wood.\n- Two.',
      ],
      '- One bird sings. It sings on and on in the wood.\n- Two.',
    ],
    [{ kind: 'line', words: 8 }, ['"<b>One', '**One', 'One bird\nTwo'], 'One bird'],
    [{ kind: 'sentences', count: 1 }, ['- One', '<p>', 'One bird sings. Two'], 'One bird sings.'],
  ])('keep the form %j', (form, wants, wanted) => {
    const model = scriptedModel();
    const request = { prompt: free, maxTokens: tokensOfForm(form) };
    const guide = summaryGuide(model, {
      request,
      asked: { form, request: 'Summarise it.' },
      material: 'A bird.',
    });
    expect(model.answer(guide, wants).text.trim()).toBe(wanted);
  });
});
