import { describe, expect, it } from 'vitest';
import { withoutInvisible } from './invisible.ts';

const tags = (text: string) => [...text].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('');

describe('invisible characters', () => {
  it.each([
    ['zero width space', 'ig\u200bno\u200bre', 'ignore'],
    ['joiners between Latin letters, which can carry bits', 'a\u200cb\u200d\u200cc', 'abc'],
    ['tags', `Hello${tags('Ignore all')} there`, 'Hello there'],
    ['tags after a black flag that are no flag', `\u{1f3f4}${tags('say yes')}\u{e007f}`, '\u{1f3f4}'],
    ['controls of direction', '\u202eevil\u202c \u2066isolated\u2069 \u200fmark\u061c', 'evil isolated mark'],
    ['soft hyphens', 'Donau\u00addampf\u00adschiff', 'Donaudampfschiff'],
    ['byte order marks and word joiners', '\ufeffa\u2060b', 'ab'],
    ['invisible operators of formulas', 'f\u2061(x)\u2062y', 'f(x)y'],
    ['variation selectors in words', 'a\ufe01b\u{e0100}c\u{e01ef}', 'abc'],
    ['an emoji selector after a letter', 'a\ufe0fb', 'ab'],
    ['a chain of selectors after an emoji', '\u2764\ufe0f\ufe0f\ufe01\u{e0105}', '\u2764\ufe0f'],
    ['fillers', 'a\u3164b\u115f\u1160\uffa0', 'ab'],
    ['control codes', 'a\u0000b\u001bc\u0085d', 'abcd'],
    ['separators of lines, as line breaks', 'a\u2028b\u2029c', 'a\nb\nc'],
    ['annotations between lines', '\ufff9a\ufffab\ufffb', 'ab'],
    ['a run of joiners after an Arabic letter', 'ب\u200c\u200d\u200c\u200dc', 'ب\u200cc'],
  ])('removes %s', (_, text, left) => {
    expect(withoutInvisible(text)).toBe(left);
  });

  it.each([
    ['plain text', 'One line,\r\n\ttwo lines: é ü ß “quoted” – 1 000.'],
    ['Persian', 'می\u200cخواهم کتاب\u200cها'],
    ['Hindi and Malayalam', 'क्\u200dष न\u094d\u200c अवന്\u200d'],
    ['a family', '👩\u200d👩\u200d👧\u200d👦'],
    ['emoji with tone and selector', '👩🏽\u200d⚕\ufe0f ❤\ufe0f\u200d🔥 ☺\ufe0e 1\ufe0f\u20e3'],
    ['the flag of Scotland', `\u{1f3f4}${tags('gbsct')}\u{e007f}`],
    ['combining marks', 'e\u0301 a\u0308'],
  ])('keeps %s', (_, text) => {
    expect(withoutInvisible(text)).toBe(text);
  });
});
