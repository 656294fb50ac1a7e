import { expect, test } from 'vitest';
import { PLAIN_FORMAT } from '../text/probes/thought-marks.ts';
import { createAnswer } from './detokenise.ts';
import type { ModelText } from './text.ts';
import type { GenerateEvent, Prompt } from './types.ts';

const END = '<end>';
const TOKENS = ['<', 'think', '>', 'Hm.', '</think>', '\n\n', 'A', ' finch.', '[THINK]', '[/THINK]', END];
const SPECIAL = ['[THINK]', '[/THINK]', END];
const idOf = (token: string) => TOKENS.indexOf(token);

/** Each token except special ones is its own text. `rendered`: the template's result for any prompt. */
function textOf(rendered: string, own: boolean): ModelText {
  const spell = (id: number) => (SPECIAL.includes(TOKENS[id]!) ? '' : TOKENS[id]!);
  return {
    tokenizer: {
      token: (id: number) => TOKENS[id],
      decode: (ids: readonly number[]) => ids.map(spell).join(''),
      stream: () => ({ push: spell, flush: () => '' }),
    },
    template: { own },
    thoughts: PLAIN_FORMAT,
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

test('keeps a thought out of the text and the events, which only say that the model is thinking', () => {
  const { text, thoughtTokens, ids, events } = answered(['<', 'think', '>', 'Hm.', '</think>', '\n\n', 'A']);
  expect(text).toBe('A');
  expect(ids).toHaveLength(7);
  expect(events.map((event) => event.kind === 'token' && event.text).join('')).toBe('A');
  expect(events.map((event) => event.kind === 'token' && event.thinking === true)).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(thoughtTokens).toBe(4);
});

test('recognises marks that are special tokens', () => {
  expect(answered(['[THINK]', 'Hm.', '[/THINK]', 'A', ' finch.']).text).toBe('A finch.');
  expect(answered(['A', '[THINK]']).text).toBe('A[THINK]');
});

test('continues a thought that the prompt opened, unless the prompt ends with user text', () => {
  expect(answered(['Hm.', '</think>', 'A'], { rendered: 'Hi<think>\n' }).text).toBe('A');
  expect(answered(['Hm.'], { rendered: 'What is <think>', own: false }).text).toBe('Hm.');
});

test('passes on plain text and continued answers unchanged', () => {
  const tokens = ['<', 'think', '>', 'A'];
  expect(answered(tokens, { prompt: { kind: 'text', text: 'Hi' } }).text).toBe('<think>A');
  expect(answered(tokens, { prompt: { ...MESSAGES, begun: 'So' } }).text).toBe('<think>A');
});

test('does not count thoughts as answer tokens, up to a limit, and never exceeds the cache', () => {
  expect(answered(['A']).most).toBe(MAX_TOKENS);
  expect(answered(['[THINK]', 'Hm.', '[/THINK]', 'A']).most).toBe(MAX_TOKENS + 3);
  const repeated = Array.from({ length: 3000 }, () => 'Hm.');
  const lost = answered(['[THINK]', ...repeated]);
  // There is no other answer than the thought.
  expect([lost.text, lost.most]).toEqual([repeated.join(''), MAX_TOKENS + 2048]);
  expect(answered(['[THINK]', 'Hm.', 'Hm.'], { capacity: 8 }).most).toBe(8 - PROMPT_IDS.length + 1);
});

test('emits text that was held back at the start when the answer ends, without the end token', () => {
  const { text, taken, ids } = answered(['<', 'think', END]);
  expect([text, taken, ids.length]).toEqual(['<think', [true, true, false], 2]);
});
