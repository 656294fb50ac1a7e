import { expect, test } from 'vitest';
import { mutantsOf, mutated } from './operators.ts';

const changes = (text: string) =>
  mutantsOf('a.ts', text).map(({ line, original, replacement }) => `${line}: ${original} → ${replacement}`);

test('conditions, operators, numbers, truths and statements change, each alone', () => {
  expect(changes('if (a && b) {\n  run(3);\n}')).toEqual([
    '1: a && b → !(a && b)',
    '1: && → ||',
    '2: run(3); → ;',
    '2: 3 → 4',
  ]);
  expect(changes('const f = (a: 1 | 2): boolean => { return a /* > */ > (2 as number); };')).toEqual([
    '1: a /* > */ > (2 as number) → true',
    '1: a /* > */ > (2 as number) → false',
    '1: > → >=',
    '1: 2 → 3',
  ]);
  expect(changes('const x = y === true ? 1 : z;')).toEqual([
    '1: y === true → !(y === true)',
    '1: === → !==',
    '1: true → false',
    '1: 1 → 0',
  ]);
});

test('types, imports, directives and parents stay', () => {
  const text = `'use strict';
import a from 'b';
type T = 1 | true;
interface I { x: 3 }
class C extends D { constructor() { super(); } }`;
  expect(changes(text)).toEqual([]);
});

test('a mutant is the text with its one change', () => {
  const text = 'const a = 1 + b;';
  expect(mutantsOf('a.ts', text).map((mutant) => mutated(text, mutant))).toEqual([
    'const a = 0 + b;',
    'const a = 1 - b;',
  ]);
});
