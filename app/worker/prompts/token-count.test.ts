import { describe, expect, it, vi } from 'vitest';
import { splitText } from './split.ts';
import { truncateText } from './truncate.ts';
import { PieceCounter } from './token-count.ts';

/** A token for each word, and one that begins every text. */
const words = (text: string) => 1 + text.split(/\s+/).filter(Boolean).length;
const long = Array.from({ length: 20_000 }, (_, n) => `Linnet ${n} sings in gorse ${n} of heath ${n}. `).join(
  '',
);
const encoded = (encode: { readonly mock: { readonly calls: readonly (readonly [string])[] } }) =>
  encode.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
const page = 'A linnet sings in the gorse. '.repeat(7000);

describe('PieceCounter', () => {
  it('counts as the tokenizer does', () => {
    const counter = new PieceCounter(words);
    for (const text of ['', 'One two.', page, page.slice(0, 9999)])
      expect(counter.count(text)).toBe(words(text));
  });

  it('encodes a page of 200 kB once, however often its beginnings are counted', () => {
    const encode = vi.fn(words);
    const counter = new PieceCounter(encode);
    const { used, total } = truncateText(long, 5000, (text) => counter.count(text));
    expect(used).toBeLessThanOrEqual(5000);
    expect(total).toBe(words(long));
    expect(encoded(encode)).toBeLessThan(1.05 * long.length);
  });

  it('pauses while it counts ahead, and then has nothing left to encode: whole, cut, or in parts', async () => {
    const encode = vi.fn(words);
    const counter = new PieceCounter(encode);
    const count = (text: string) => counter.count(text);
    const pause = vi.fn(async () => {});
    await counter.ahead(long, pause);
    expect(pause.mock.calls.length).toBeGreaterThan(long.length / 50_000);
    encode.mockClear();
    expect(count(long)).toBe(words(long));
    const ends = splitText(long, { budget: 4000, count });
    expect(ends.length).toBeGreaterThan(20);
    const parts = ends.map((end, i) => long.slice(ends[i - 1] ?? 0, end).trim());
    for (const part of parts) expect(count(part)).toBe(words(part));
    expect(encode).not.toHaveBeenCalled();
  });

  it.each<[string, (text: string) => number]>([
    [
      'the space before a word is part of its token',
      (text) => (text.match(/ ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu) ?? []).length,
    ],
    [
      'a space is put before every text',
      (text) => 1 + (` ${text}`.match(/ ?[\p{L}\p{N}]+|\n+|[^\p{L}\p{N}]/gu) ?? []).length,
    ],
  ])('is close to the whole where %s', (_, encode) => {
    const text = 'Linnets sing. “They nest in gorse!” It is 3.5 m high.\n\nSee below, e.g. in May. '.repeat(
      50,
    );
    const counter = new PieceCounter(encode);
    expect(Math.abs(counter.count(text) - encode(text)) / encode(text)).toBeLessThan(0.02);
  });

  it('forgets what it counted first, not all, where there is more than it remembers', () => {
    const encode = vi.fn(words);
    const counter = new PieceCounter(encode);
    const longPage = (page: number) => Array.from({ length: 50_000 }, (_, n) => `${page} in ${n} `).join('');
    const pages = Array.from({ length: 9 }, (_, n) => longPage(n));
    for (const each of pages) counter.count(each);
    encode.mockClear();
    counter.count(pages.at(-1)!);
    expect(encode).not.toHaveBeenCalled();
    counter.count(pages[0]!);
    expect(encode).toHaveBeenCalled();
  });

  it('counts a text without spaces', () => {
    const counter = new PieceCounter((text) => text.length);
    // Where it is cut, a space may be counted.
    expect(counter.count('x'.repeat(50_000)) - 50_000).toBeLessThanOrEqual(1);
  });
});
