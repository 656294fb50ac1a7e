import { expect, test } from 'vitest';
import { ThoughtSplitter } from './thoughts.ts';

/** The answer, and how many pieces were thoughts. */
function split(pieces: readonly string[]) {
  const splitter = new ThoughtSplitter();
  let text = '';
  let thoughts = 0;
  for (const piece of pieces) {
    const { text: more, thinking, restart } = splitter.take(piece);
    if (restart === true) text = '';
    if (thinking) thoughts++;
    text += more;
  }
  return { text: text + splitter.end(), thoughts };
}

test.each([
  ['<think>', '</think>'],
  ['<thought>', '</thought>'],
  ['<seed:think>', '</seed:think>'],
  ['◁think▷', '◁/think▷'],
])('what stands between %s and %s is no answer, however it is cut', (open, close) => {
  const text = `${open}\nHm, 1 < 2.\n${close}\n\nThe answer <b> is 2.`;
  for (const size of [1, 2, 3, 5, 100]) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu'))!;
    expect(split(pieces).text, `${size}`).toBe('The answer <b> is 2.');
  }
});

test('a thought that the template has opened ends with a lone mark', () => {
  expect(split(['Let me ', 'see. </th', 'ink>\n\nIt is ', '2.']).text).toBe('It is 2.');
});

test('text without thoughts stays as it is', () => {
  expect(split(['  <', 'p> is a tag', ' of HTML <']).text).toBe('<p> is a tag of HTML <');
  expect(split(['One <think> is', ' a mark.']).text).toBe('One <think> is a mark.');
  expect(split(['<thi']).text).toBe('<thi');
});

test('a thought that never closes leaves an empty answer', () => {
  expect(split(['<think>', 'on and ', 'on'])).toEqual({ text: '', thoughts: 3 });
});
