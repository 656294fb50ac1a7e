import { describe, expect, test } from 'vitest';
import { isThoughtMark } from './probes/thought-marks.ts';
import { thoughtFilter } from './thoughts.ts';

const PROMPT = '<|im_start|>assistant\n';

function read(pieces: Iterable<string>, prompt = PROMPT): string {
  const thoughts = thoughtFilter(prompt);
  return [...Array.from(pieces, (piece) => thoughts.push(piece)), thoughts.flush()].join('');
}

describe('removal of thoughts', () => {
  test.each([
    ['removes a thought', '<think>\nThe page is long. </thi</think>\n\nA siskin.', 'A siskin.'],
    ['removes an empty thought', '<think>\n\n</think>\n\nA siskin.', 'A siskin.'],
    ['removes space before a thought', '\n <think>Hm.</think>A siskin.', 'A siskin.'],
    ['accepts the marks of another family', '[THINK]Hm.</think>[/THINK]A siskin.', 'A siskin.'],
    ['keeps an answer without a thought', '  A siskin.\n', '  A siskin.\n'],
    ['keeps later marks', 'It says <think>no</think> [THINK]', 'It says <think>no</think> [THINK]'],
    ['keeps marks after a thought', '<think>a</think>Say <think>b</think>', 'Say <think>b</think>'],
    ['keeps text that only begins like a mark', '<thin air>', '<thin air>'],
    ['keeps half a mark at the end', ' <thi', ' <thi'],
    ['gives a thought that is never closed', '<think>\nHm, </think', 'Hm, </think'],
    ['accepts empty output', '', ''],
  ])('%s, at once and character by character', (_, text, answer) => {
    expect(read([text])).toBe(answer);
    expect(read(text)).toBe(answer);
  });

  test('a prompt may end inside a thought', () => {
    expect(read('Hm.\n</think>\n\nA siskin.', `${PROMPT}<think>\n`)).toBe('A siskin.');
    expect(read('Hm.', `${PROMPT}<think>\n`)).toBe('Hm.');
    expect(read('A siskin.', `${PROMPT}<think>\n\n</think>\n\n`)).toBe('A siskin.');
  });

  test('reports whether it is inside a thought', () => {
    const thoughts = thoughtFilter(PROMPT);
    const states = ['<think>', 'Hm.', '</think>', '\n\n', 'A'].map((piece) => {
      thoughts.push(piece);
      return thoughts.thinking;
    });
    expect(states).toEqual([true, true, true, true, false]);
    expect(thoughtFilter(`${PROMPT}<think>`).thinking).toBe(true);
  });

  test('recognises tokens that are marks', () => {
    expect(['<think>', '[/THINK]', 'think', undefined].map(isThoughtMark)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
