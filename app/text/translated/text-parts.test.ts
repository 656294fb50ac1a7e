import { expect, it } from 'vitest';
import { textParts } from './text-parts.ts';

it('pairs the parts of a long text with their translations', () => {
  const text = Array.from({ length: 5 }, (_, n) => `  line ${n}\nand more\n`).join('\n');
  const parts = textParts(`\n${text}`, text.trim().toUpperCase());
  expect(parts).toHaveLength(5);
  expect(parts[1]).toEqual({ original: '  line 1\nand more', translation: '  LINE 1\nAND MORE' });
});

it('leaves short texts whole, and texts whose lines are not those of the translation', () => {
  expect(textParts('one\n\ntwo', 'eins\n\nzwei')).toEqual([]);
  expect(textParts('one\n\ntwo\n'.repeat(9), 'eins')).toEqual([]);
});
