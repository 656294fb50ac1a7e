import { expect, test } from 'vitest';
import type { GenerateEvent } from '../engine/index.ts';
import { formatDialogue, liveWriter } from './print.ts';

const AGAIN: readonly GenerateEvent[] = [
  { kind: 'precision', activations: 'f32' },
  { kind: 'rewind', length: 0 },
  { kind: 'token', id: 1, text: 'A whole one' },
];

test.each<[string, readonly GenerateEvent[], string]>([
  ['in mid-answer', [{ kind: 'token', id: 1, text: 'A half' }, ...AGAIN], 'A half\n\nA whole one'],
  ['before its first token', AGAIN, 'A whole one'],
])('an answer that begins anew %s is told from what was written before', (_, events, expected) => {
  let out = '';
  let notices = '';
  const write = liveWriter(
    (text) => {
      out += text;
    },
    (text) => {
      notices += text;
    },
  );
  for (const event of events) write(event);
  expect(out).toBe(expected);
  expect(notices).toMatch(/^numbers exceeded f16.*f32\n$/);
});

test('what is wrong with a template is said in lines', () => {
  expect(formatDialogue(undefined) + formatDialogue({ own: 'rendered' })).toBe('');
  const failed = {
    own: 'failed',
    standIn: 'ChatML',
    problem: 'no filter x',
    line: 3,
    near: '{{ a | x }}',
  } as const;
  expect(formatDialogue({ ...failed, endless: true })).toBe(
    'the chat template cannot run; the known format ChatML stands in (no filter x, line 3: {{ a | x }})\n' +
      'no file and no template names a token that ends an answer\n',
  );
  expect(formatDialogue({ own: 'absent', without: ['earlier'] })).toContain('contents are joined');
});

test('an answer that goes on is written as it comes', () => {
  const notices: string[] = [];
  let out = '';
  const write = liveWriter(
    (text) => {
      out += text;
    },
    (text) => void notices.push(text),
  );
  for (const text of ['A', ' whole', ' one']) write({ kind: 'token', id: 1, text });
  expect(out).toBe('A whole one');
  expect(notices).toEqual([]);
});
