import { expect, test } from 'vitest';
import { createAnswer } from './detokenise.ts';
import type { ModelText } from './text.ts';
import type { GenerateEvent, Prompt } from './types.ts';

const END = '<end>';
const TOKENS = ['<', 'think', '>', 'Hm.', '</think>', '\n\n', 'A', ' finch.', '[THINK]', '[/THINK]', END];
const SPECIAL = ['[THINK]', '[/THINK]', END];
const idOf = (token: string) => TOKENS.indexOf(token);

/** Each token is its own text, but for special ones. `rendered` is what the template makes of any prompt. */
function textOf(rendered: string, own: boolean): ModelText {
  const spell = (id: number) => (SPECIAL.includes(TOKENS[id]!) ? '' : TOKENS[id]!);
  return {
    tokenizer: {
      token: (id: number) => TOKENS[id],
      decode: (ids: readonly number[]) => ids.map(spell).join(''),
      stream: () => ({ push: spell, flush: () => '' }),
    },
    template: { own },
    eosIds: new Set([idOf(END)]),
    render: () => rendered,
  } as unknown as ModelText;
}

interface Case {
  readonly rendered?: string;
  readonly own?: boolean;
  readonly prompt?: Prompt;
  readonly capacity?: number;
}

const MESSAGES: Prompt = { kind: 'messages', messages: [{ role: 'user', content: 'Hi' }] };
const PROMPT_IDS = [1, 2];
const MAX_TOKENS = 5;

function answered(tokens: readonly string[], given: Case = {}) {
  const { rendered = 'Hi', own = true, prompt = MESSAGES, capacity = 10_000 } = given;
  const events: GenerateEvent[] = [];
  const request = { prompt, maxTokens: MAX_TOKENS };
  const onEvent = (event: GenerateEvent) => void events.push(event);
  const answer = createAnswer(textOf(rendered, own), request, PROMPT_IDS, capacity, { onEvent });
  const taken = tokens.map((token) => answer.give(idOf(token)));
  return { ...answer.finish(), ids: answer.ids, most: answer.most(), taken, events };
}

test('a thought is neither in the text nor in the events, which say that there is one', () => {
  const { text, thoughtTokens, ids, events } = answered(['<', 'think', '>', 'Hm.', '</think>', '\n\n', 'A']);
  expect(text).toBe('A');
  expect(ids).toHaveLength(7);
  expect(events.map((event) => event.kind === 'token' && event.text).join('')).toBe('A');
  expect(events.map((event) => event.kind === 'token' && event.thinking === true)).toEqual([
    ...[false, false, true, true, true, true, false],
  ]);
  expect(thoughtTokens).toBe(4);
});

test('marks that are special tokens', () => {
  expect(answered(['[THINK]', 'Hm.', '[/THINK]', 'A', ' finch.']).text).toBe('A finch.');
  expect(answered(['A', '[THINK]']).text).toBe('A[THINK]');
});

test('a thought that the prompt began, unless its end is a person’s words', () => {
  expect(answered(['Hm.', '</think>', 'A'], { rendered: 'Hi<think>\n' }).text).toBe('A');
  expect(answered(['Hm.'], { rendered: 'What is <think>', own: false }).text).toBe('Hm.');
});

test('a plain text and an answer that goes on are given as they are', () => {
  const tokens = ['<', 'think', '>', 'A'];
  expect(answered(tokens, { prompt: { kind: 'text', text: 'Hi' } }).text).toBe('<think>A');
  expect(answered(tokens, { prompt: { ...MESSAGES, begun: 'So' } }).text).toBe('<think>A');
});

test('thoughts do not take the tokens of the answer, up to a number, and nothing goes beyond the cache', () => {
  expect(answered(['A']).most).toBe(MAX_TOKENS);
  expect(answered(['[THINK]', 'Hm.', '[/THINK]', 'A']).most).toBe(MAX_TOKENS + 3);
  const circles = Array.from({ length: 3000 }, () => 'Hm.');
  const lost = answered(['[THINK]', ...circles]);
  expect([lost.text, lost.most]).toEqual(['', MAX_TOKENS + 2048]);
  expect(answered(['[THINK]', 'Hm.', 'Hm.'], { capacity: 8 }).most).toBe(8 - PROMPT_IDS.length + 1);
});

test('what was held back at the start is given at the end; the end itself is no part of it', () => {
  const { text, taken, ids } = answered(['<', 'think', END]);
  expect([text, taken, ids.length]).toEqual(['<think', [true, true, false], 2]);
});
