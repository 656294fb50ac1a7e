import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../engine/index.ts';
import type { PageText, Round } from '../../protocol/types.ts';
import type { TokenCounter } from '../prompts/chat-prompt.ts';
import { profiles } from '../prompts/choose-profile.ts';
import { nextStep, notesText, type SummaryStep, withPoints } from './summary.ts';

const demo = profiles.find(({ id }) => id === 'demo')!;
const words = (text: string) => text.split(/\s+/).filter(Boolean).length;
const tokens = (capacity: number): TokenCounter => ({
  capacity,
  countText: words,
  countMessages: (messages) => messages.reduce((sum, { content }) => sum + words(content), 0),
});

const sentence = (i: number) => `Sentence number ${i} says something about birds. `;
const text = Array.from({ length: 60 }, (_, i) => sentence(i)).join('');
const page: PageText = {
  url: 'https://example.org/',
  title: 'Birds',
  lang: 'en',
  dir: 'ltr',
  text,
  source: 'main',
};
const request = { kind: 'summary', style: { type: 'tldr', length: 'short' } } as const;

const material = (messages: readonly ChatMessage[]) =>
  /<page>\nBirds\n\n([\s\S]*)\n<\/page>/.exec(messages[1]!.content)![1]!;

/** All steps of a summary; `answer` replaces the model. */
function steps(of: PageText, capacity: number, answer: (step: SummaryStep) => string): SummaryStep[] {
  const found: SummaryStep[] = [];
  let rounds: readonly Round[] | undefined;
  for (;;) {
    const step = nextStep(demo, request, of, rounds, tokens(capacity));
    found.push(step);
    if (step.kind === 'whole') return found;
    rounds = withPoints(step.rounds!, answer(step));
    if (found.length > 100) throw new Error('no end');
  }
}

describe('steps of a summary', () => {
  it('reads a page at once if it fits', () => {
    const [step, ...others] = steps(page, 1000, () => '');
    expect(others).toEqual([]);
    expect(step).toMatchObject({ kind: 'whole' });
    expect(step!.rounds).toBeUndefined();
    expect(material(step!.messages)).toBe(text);
    expect(step!.messages[1]!.content).toMatch(/Summarise the page in one sentence\.$/);
  });

  it('reads a longer one part by part with the title, then the notes', () => {
    const found = steps(page, 300, ({ messages }) => `- ${material(messages).split('. ')[0]}.`);
    const parts = found.slice(0, -1);
    expect(parts.length).toBeGreaterThan(1);
    const read = parts.map(({ messages }) => material(messages));
    const place = (part: string) => text.indexOf(part);
    expect(
      read
        .toSorted((one, other) => place(one) - place(other))
        .join(' ')
        .trim(),
    ).toBe(text.trim());
    expect(parts[0]!.messages[1]!.content).toMatch(/List the key points of the page, at most 5\.$/);
    for (const { messages, request } of parts)
      expect(tokens(300).countMessages(messages) + request.maxTokens).toBeLessThanOrEqual(300);
    const last = found.at(-1)!;
    expect(material(last.messages)).toBe(notesText(last.rounds![0]));
    expect(last.messages[1]!.content).toMatch(/Summarise the page in one sentence\.$/);
  });

  it('reads what is about the title before the rest, and keeps the notes in the order of the page', () => {
    const sentences = Array.from({ length: 60 }, (_, i) =>
      i < 10 || i >= 50
        ? `Bird number ${i} has a nest in the gorse. `
        : `Ticket number ${i} of the bus is blue. `,
    );
    const about = { ...page, title: 'Nests in gorse', text: sentences.join('') };
    const first = ({ messages }: SummaryStep) =>
      `- ${messages[1]!.content.split('\n\n')[1]!.split('. ')[0]}.`;
    const found = steps(about, 200, first).slice(0, -1);
    const numbers = (notes: string) => [...notes.matchAll(/number (\d+)/g)].map(([, n]) => Number(n));
    const order = numbers(found.map(first).join('\n'));
    expect(order.length).toBeGreaterThan(4);
    const places = order.toSorted((a, b) => a - b);
    expect(order[0]).toBe(places[0]);
    expect(order[1]).toBeGreaterThan(30);
    expect(order).not.toEqual(places);
    expect([...found.at(-1)!.rounds![0]!.order!].toSorted((a, b) => Number(a) - Number(b))).toEqual([
      ...order.keys(),
    ]);
    const { rounds } = found[4]!;
    expect(numbers(notesText(rounds![0]))).toEqual(order.slice(0, 4).toSorted((a, b) => a - b));
    // All of the page is read, each part once, whatever the order.
    const inOrder = { ...found[0]!.rounds![0]!, order: undefined };
    const read = (rounds: readonly Round[]) => nextStep(demo, request, about, rounds, tokens(200)).prompt;
    const all = inOrder.ends.map((_, turn) =>
      read([{ ...inOrder, points: order.slice(0, turn).map(() => '- A.') }]),
    );
    expect(found.reduce((sum, { prompt }) => sum + prompt, 0)).toBe(
      all.reduce((sum, prompt) => sum + prompt, 0),
    );
  });

  it('reads a shorter first part where that is sooner, and at most one part more', () => {
    const whole = nextStep(demo, request, page, undefined, tokens(300));
    const { rounds, material: read } = nextStep(demo, request, page, undefined, tokens(300), 60);
    expect(words(read)).toBeLessThanOrEqual(60);
    expect(words(read)).toBeGreaterThan(30);
    expect(rounds![0]!.order![0]).toBe(0);
    expect(rounds![0]!.ends.length).toBeLessThanOrEqual(whole.rounds![0]!.ends.length + 1);
    expect(nextStep(demo, request, page, withPoints(rounds!, '- A.'), tokens(300)).rounds![0]!.ends).toEqual(
      rounds![0]!.ends,
    );
  });

  it('goes on with a round of an earlier version, which was read in order', () => {
    const { rounds } = nextStep(demo, request, page, undefined, tokens(200));
    const { order: _, ...earlier } = rounds![0]!;
    const step = nextStep(demo, request, page, [{ ...earlier, points: ['- A.'] }], tokens(200));
    expect(material(step.messages)).toBe(text.slice(earlier.ends[0], earlier.ends[1]).trim());
  });

  it('repeats the heading under which a part begins', () => {
    const headed = { ...page, text: `Nests\n\n${text}`, headings: [0] };
    const parts = steps(headed, 300, () => '- A.').slice(0, -1);
    for (const { messages } of parts) expect(material(messages)).toMatch(/^Nests\n\nSentence/);
  });

  it('reads notes that do not fit in another round', () => {
    const long = { ...page, text: text.repeat(8) };
    const found = steps(long, 300, ({ messages }) => {
      const lines = material(messages).split(/(?<=\.)\s+/);
      return lines
        .slice(0, 4)
        .map((line) => `- ${line.replace(/^- /, '')} ${lines.length}`)
        .join('\n');
    });
    const { rounds, coverage } = found.at(-1)!;
    expect(rounds!.length).toBeGreaterThan(1);
    expect(coverage).toBeUndefined();
    for (const round of rounds!) expect(round.points).toHaveLength(round.ends.length);
    const shorter = rounds!.map(({ ends }) => ends.length);
    expect(shorter).toEqual([...shorter].sort((a, b) => b - a));
  });

  it('ends and reports how much was read if notes are as long as their source', () => {
    const stubborn = steps(page, 300, ({ messages }) => `- ${material(messages)}`);
    const last = stubborn.at(-1)!;
    expect(last.coverage!.used).toBeLessThan(last.coverage!.total);
  });

  it('continues from earlier rounds', () => {
    const found = steps(page, 300, () => '- A point.');
    const { rounds } = found[1]!;
    expect(nextStep(demo, request, page, rounds, tokens(300))).toEqual(found[1]);
  });

  it('starts again for a model that reads less at once', () => {
    const { rounds } = nextStep(demo, request, page, undefined, tokens(400));
    const again = nextStep(demo, request, page, withPoints(rounds!, '- A.'), tokens(300));
    expect(again.rounds![0]!.points).toEqual([]);
    expect(again.rounds![0]!.ends.length).toBeGreaterThan(rounds![0]!.ends.length);
  });

  it('takes notes in the page’s language, and writes the summary in the requested one', () => {
    const promptLanguage = { ...page, promptLanguage: 'de' };
    const requests = (asked: typeof request & { language?: string }) => {
      const { rounds, messages } = nextStep(demo, asked, promptLanguage, undefined, tokens(300));
      const noted = [{ ...rounds![0]!, points: rounds![0]!.ends.map(() => '- A.') }];
      const last = nextStep(demo, asked, promptLanguage, noted, tokens(300));
      return [messages, last.messages].map((each) => each[1]!.content.split('\n').at(-1));
    };
    const notes = 'List the key points of the page, at most 5. Write it in German.';
    expect(requests(request)).toEqual([notes, 'Summarise the page in one sentence. Write it in German.']);
    expect(requests({ ...request, language: 'fr' })).toEqual([
      notes,
      'Summarise the page in one sentence. Write it in French.',
    ]);
  });

  it('drops the incomplete last point of notes that reached their limit, and reports it', () => {
    const noted = (answer: string, cut = true) => {
      const [round] = withPoints([{ ends: [5, 9], points: ['- Z.'] }], answer, cut);
      return [round!.points[1], round!.cut];
    };
    expect(noted('- A.\n- B is')).toEqual(['- A.', [1]]);
    expect(noted('- A.\n- B.')).toEqual(['- A.\n- B.', [1]]);
    expect(noted('- 甲です。\n- 乙です。')).toEqual(['- 甲です。\n- 乙です。', [1]]);
    expect(noted('- A is')).toEqual(['- A is…', [1]]);
    expect(noted('')).toEqual(['', [1]]);
    expect(noted('- A.\n- B is', false)).toEqual(['- A.\n- B is', undefined]);
    // The incomplete point is beyond the five that were requested.
    expect(noted('- A\n- B\n- C\n- D\n- E\n- F is')).toEqual(['- A\n- B\n- C\n- D\n- E', undefined]);
  });

  it('takes at most five notes of a part, in one form', () => {
    const rounds = withPoints([{ ends: [9], points: [] }], 'Here:\n1. A\n2. B\n3. C\n4. D\n5. E\n6. F');
    expect(rounds[0]!.points).toEqual(['- A\n- B\n- C\n- D\n- E']);
  });
});
