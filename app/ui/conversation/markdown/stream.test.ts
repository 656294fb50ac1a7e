import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';
import { MarkdownStream, MOST_CHARACTERS, MOST_PARTS } from './stream.ts';
import type { MarkdownBlock } from './tree.ts';

/** Characters of a token, and more where a test would take long. */
const STEP = 40;

/** Reads a text as it grows by `step` characters; returns the reader and what it showed at the end. */
function grow(text: string, step = STEP) {
  const stream = new MarkdownStream();
  for (let end = step; end < text.length; end += step) stream.read(text.slice(0, end), true);
  return { stream, parts: stream.read(text, false) };
}

const whole = (text: string) => new MarkdownStream().read(text, false);

const paragraphs = Array.from({ length: 60 }, (_, i) => `Paragraph ${i} has **some** words.`).join('\n\n');
const list = Array.from({ length: 120 }, (_, i) => `- item ${i}\n  and more`).join('\n');
const code = `\`\`\`js\n${'const a = 1;\n'.repeat(200)}\`\`\``;
const texts: readonly (readonly [string, string])[] = [
  ['paragraphs', paragraphs],
  ['a list', list],
  ['numbers', Array.from({ length: 120 }, (_, i) => `${i + 1}. item`).join('\n')],
  ['code', code],
  ['a table', `|a|b|\n|-|-|\n${'| one | two |\n'.repeat(160)}`],
  ['one line', 'word '.repeat(500)],
  ['formulas', '$$\na\n- b\n$$\n'.repeat(60)],
  ['a quote', '> a\n> - b\n'.repeat(240)],
  ['items in one line', '1. '.repeat(800)],
  ['all of it', `# T\n${paragraphs}\n${list}\n\n${code}\n> q\n\n${list}`],
];

describe('a text that grows', () => {
  it.each(texts)('is read to the same parts as the whole: %s', (_, text) => {
    expect(grow(text).parts).toEqual(whole(text));
    expect(grow(text, 101).parts).toEqual(whole(text));
  });

  it.each(texts)('has all its characters in its parts: %s', (_, text) => {
    const stream = new MarkdownStream();
    for (let end = 3; end < text.length; end += 101) {
      const parts = stream.read(text.slice(0, end), true);
      expect(parts.map(({ source }) => source).join('')).toBe(text.slice(0, end));
    }
  });

  it.each(texts)('costs in proportion to its length: %s', (_, text) => {
    const cost = (of: string) => grow(of).stream.characters;
    // A part shorter than 2000 characters is read at each step; a longer one each time it has grown by a sixteenth.
    expect(cost(text)).toBeLessThan(text.length * (2000 / STEP + 17));
    const short = (2000 * 2000) / STEP;
    expect(cost(text.repeat(3))).toBeLessThan(3.3 * cost(text) + short);
  });

  it('keeps the parts that have not changed', () => {
    const stream = new MarkdownStream();
    const [first] = stream.read('First.\n\nSecond', true);
    const later = stream.read('First.\n\nSecond.\n\nThird', true);
    expect(later[0]).toBe(first);
    expect(later.map(({ source }) => source)).toEqual(['First.\n\n', 'Second.\n\n', 'Third']);
  });

  it('is read anew where its beginning changed', () => {
    const stream = new MarkdownStream();
    stream.read('First.\n\nSecond.', true);
    expect(stream.read('Other.', false).map(({ source }) => source)).toEqual(['Other.']);
  });

  it('shows what was added to a long line as it is, until that is read too', () => {
    const stream = new MarkdownStream();
    const line = 'word '.repeat(800);
    stream.read(line, true);
    const [part] = stream.read(`${line}**new**`, true);
    expect(part!.rest).toBe('**new**');
    expect(stream.read(`${line}**new**`, false)[0]!.rest).toBe('');
  });
});

describe('parts', () => {
  const sources = (text: string) => whole(text).map(({ source, joins }) => `${joins ? '+' : ''}${source}`);

  it('cut items of one list, which join, from each other and from what follows', () => {
    expect(sources('a\n- b\n  c\n\n- d\ne\n* f\n\ng')).toEqual([
      'a\n',
      '- b\n  c\n\n',
      '+- d\ne\n',
      '* f\n\n',
      'g',
    ]);
  });

  it('do not cut within code and formulas', () => {
    expect(sources('```\n- a\n\n# b\n```\nc')).toEqual(['```\n- a\n\n# b\n```\n', 'c']);
    expect(sources('$$\n- a\n# b\n$$\nc')).toEqual(['$$\n- a\n# b\n$$\n', 'c']);
    expect(sources('- a\n  ```\n  - b\n\n  ```\n- c')).toEqual(['- a\n  ```\n  - b\n\n  ```\n', '+- c']);
  });

  it('leave headings by underlines, quotes and tables whole', () => {
    for (const text of ['a\n---\nb', '> a\nb\n> - c', '|a|\n|-|\n|b|', 'a\n1986. b'])
      expect(sources(text)).toEqual([text]);
  });
});

describe('limits', () => {
  const kinds = (text: string) => whole(text).map(({ blocks }) => blocks.map(({ kind }) => kind).join());

  it('end Markdown after so many characters or parts; the rest is plain text', () => {
    const many = kinds('a\n\n'.repeat(MOST_PARTS + 500));
    expect(many.slice(MOST_PARTS - 1)).toEqual(['paragraph', 'plain']);
    expect(kinds('# a\n'.repeat(MOST_CHARACTERS)).at(-1)).toBe('plain');
    expect(kinds('a'.repeat(MOST_CHARACTERS + 1))).toEqual(['plain']);
  });

  it('show a part that cannot be read as it is', () => {
    const failing = (source: string): MarkdownBlock[] => {
      if (source.includes('bad')) throw new RangeError('too deep');
      return blocksOf(source);
    };
    const parts = new MarkdownStream(failing).read('good\n\nbad\n\ngood', false);
    expect(parts.map(({ blocks }) => blocks[0]!.kind)).toEqual(['paragraph', 'plain', 'paragraph']);
  });
});
