import { expect, test } from 'vitest';
import type { Prompt } from '../../../engine/index.ts';
import { sharedPrompt } from './shared-prompt.ts';

const text = `The linnet is a small finch with a song. ${'It sings. '.repeat(20)}`;
const system = { role: 'system', content: 'Be brief.' } as const;
const asked = (content: string): Prompt => ({
  kind: 'messages',
  messages: [
    system,
    { role: 'user', content },
    { role: 'assistant', content: 'It sings.' },
    { role: 'user', content: 'And then?' },
  ],
  begun: 'Then',
});
const ends = (content: string) => ({ kind: 'messages', messages: [system, { role: 'user', content }] });

test('a prompt is cut where the page ends, whatever is asked', () => {
  for (const question of ['Why?', text.slice(0, 100)])
    expect(sharedPrompt(asked(`<page>\nThe linnet\n${text}\n</page>\n${question}`), { text })).toEqual(
      ends(`<page>\nThe linnet\n${text}`),
    );
});

test('a title that begins as the page does is not taken for the page', () => {
  const title = text.slice(0, 60);
  expect(sharedPrompt(asked(`${title}\n\n${text}\n\nWhy?`), { text })).toEqual(ends(`${title}\n\n${text}`));
});

test('a page that was cut, or changed for the prompt, counts up to that place', () => {
  const part = text.slice(0, 100);
  expect(sharedPrompt(asked(`${part}\n\nWhy?`), { text })).toEqual(ends(part));
});

test('without a page the first question is shared by all prompts of the conversation', () => {
  expect(sharedPrompt(asked('Why?'), undefined)).toEqual(ends('Why?'));
});

test('a page that is not in the prompt is shared with nothing', () => {
  expect(sharedPrompt(asked('Why?'), { text })).toBeUndefined();
  expect(sharedPrompt({ kind: 'text', text }, { text })).toBeUndefined();
  expect(sharedPrompt(asked('Why?'), { text: '' })).toBeUndefined();
});

test('a page of one letter again and again is gone through once', () => {
  const long = 'a'.repeat(300_000);
  expect(sharedPrompt(asked(`${'a'.repeat(200_000)}\n${long}?`), { text: long })).toEqual(
    ends(`${'a'.repeat(200_000)}\n${long}`),
  );
});
