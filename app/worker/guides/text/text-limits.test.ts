import { expect, test } from 'vitest';
import { textLimit } from './text-limits.ts';

/** What is left of a text that comes word by word. */
function kept(form: Parameters<typeof textLimit>[0], text: string): string {
  const limit = textLimit(form);
  for (let end = 1; end <= text.length; end++) {
    const cut = limit(text.slice(0, end));
    if (cut !== undefined) return text.slice(0, cut);
  }
  return text;
}

const list = (points: number) => ({ kind: 'list', points, words: 30 }) as const;

test('a list ends with the last point that is asked for', () => {
  const points = '- One bird.\n- Two birds.\n- Three birds.';
  expect(kept(list(2), `${points}\n`)).toBe('- One bird.\n- Two birds.');
  expect(kept(list(3), `${points}\n\nThese are the points.`)).toBe(points);
  expect(kept(list(5), points)).toBe(points);
  const announced = `Here are the key points:\n\n1. One bird.\n2. Two birds.\n3. Three`;
  expect(kept(list(2), announced)).toBe('Here are the key points:\n\n1. One bird.\n2. Two birds.');
  expect(kept(list(2), 'One bird.\nTwo birds.\nThree birds.\n')).toBe('One bird.\nTwo birds.');
});

test('a headline is one line, after its label', () => {
  expect(kept({ kind: 'line', words: 12 }, 'Wrens sing loudly\n\nThis headline is short.')).toBe(
    'Wrens sing loudly',
  );
  expect(kept({ kind: 'line', words: 12 }, 'Headline:\nWrens sing\nMore')).toBe('Headline:\nWrens sing');
});

test('a paragraph has as many sentences as asked for', () => {
  const text = 'Wrens sing in spring. They nest in holes. They are small.';
  expect(kept({ kind: 'sentences', count: 2 }, text).trim()).toBe(
    'Wrens sing in spring. They nest in holes.',
  );
  expect(kept({ kind: 'sentences', count: 3 }, text)).toBe(text);
});

test('an answer that goes in circles ends after its first copy', () => {
  const start = 'The wren is a bird. ';
  const said = 'It sings very loudly in the early morning of each day in the long spring. ';
  const cut = kept({ kind: 'free' }, start + said.repeat(6));
  expect(cut.length).toBeLessThan(start.length + 4 * said.length);
  expect(cut.startsWith(start + said.trim())).toBe(true);
  expect(cut).toMatch(/\.\s*$/);
  expect(kept({ kind: 'free' }, `${'好'.repeat(60)}`).length).toBeLessThan(40);
});

test('ordinary text goes on', () => {
  const text = Array.from({ length: 80 }, (_, i) => `Sentence number ${i} says thing ${i * 7}.`).join(' ');
  expect(kept({ kind: 'free' }, text)).toBe(text);
});
