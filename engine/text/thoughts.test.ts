import { describe, expect, test } from 'vitest';
import { isThoughtMark, withoutThoughts } from './thoughts.ts';

const PROMPT = '<|im_start|>assistant\n';

function read(pieces: Iterable<string>, prompt = PROMPT): string {
  const thoughts = withoutThoughts(prompt);
  return [...Array.from(pieces, (piece) => thoughts.push(piece)), thoughts.flush()].join('');
}

describe('an answer without what was thought before', () => {
  test.each([
    ['a thought', '<think>\nThe page is long. </thi</think>\n\nA linnet.', 'A linnet.'],
    ['an empty thought', '<think>\n\n</think>\n\nA linnet.', 'A linnet.'],
    ['space before it', '\n <think>Hm.</think>A linnet.', 'A linnet.'],
    ['marks of another family', '[THINK]Hm.</think>[/THINK]A linnet.', 'A linnet.'],
    ['none', '  A linnet.\n', '  A linnet.\n'],
    ['marks further on', 'It says <think>no</think> [THINK]', 'It says <think>no</think> [THINK]'],
    ['marks after a thought', '<think>a</think>Say <think>b</think>', 'Say <think>b</think>'],
    ['what only begins as a mark', '<thin air>', '<thin air>'],
    ['half a mark at the end', ' <thi', ' <thi'],
    ['a thought that is never closed', '<think>Hm, </think', ''],
    ['nothing', '', ''],
  ])('%s, at once and sign by sign', (_, text, answer) => {
    expect(read([text])).toBe(answer);
    expect(read(text)).toBe(answer);
  });

  test('a prompt may end within a thought', () => {
    expect(read('Hm.\n</think>\n\nA linnet.', `${PROMPT}<think>\n`)).toBe('A linnet.');
    expect(read('Hm.', `${PROMPT}<think>\n`)).toBe('');
    expect(read('A linnet.', `${PROMPT}<think>\n\n</think>\n\n`)).toBe('A linnet.');
  });

  test('says while it thinks', () => {
    const thoughts = withoutThoughts(PROMPT);
    const states = ['<think>', 'Hm.', '</think>', '\n\n', 'A'].map((piece) => {
      thoughts.push(piece);
      return thoughts.thinking;
    });
    expect(states).toEqual([true, true, true, true, false]);
    expect(withoutThoughts(`${PROMPT}<think>`).thinking).toBe(true);
  });

  test('knows the tokens that are marks', () => {
    expect(['<think>', '[/THINK]', 'think', undefined].map(isThoughtMark)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
