import { describe, expect, it, vi } from 'vitest';
import { splitText } from './split.ts';
import { truncateText } from './truncate.ts';
import { PieceCounter } from './token-count.ts';

/** A token for each word, and one that begins every text. */
const words = (text: string) => 1 + text.split(/\s+/).filter(Boolean).length;
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
    const { used, total } = truncateText(page, 5000, (text) => counter.count(text));
    expect([used, total]).toEqual([4999, words(page)]);
    const encoded = encode.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    // Once the page, and a last piece for each step of the search.
    expect(encoded).toBeLessThan(page.length + 16 * 4096);
  });

  it('pauses while it counts ahead, and then has nothing left to encode', async () => {
    const encode = vi.fn(words);
    const counter = new PieceCounter(encode);
    const pause = vi.fn(async () => {});
    await counter.ahead(page, words(page), pause);
    const calls = encode.mock.calls.length;
    expect(pause.mock.calls.length).toBeGreaterThanOrEqual(Math.floor(calls / 8));
    counter.count(page);
    expect(encode.mock.calls.length).toBe(calls);
  });

  it('has counted the sentences too of a page that has to be cut, with pauses', async () => {
    const long = Array.from(
      { length: 20_000 },
      (_, n) => `Linnet ${n} sings in gorse ${n} of heath ${n}. `,
    ).join('');
    const encode = vi.fn(words);
    const counter = new PieceCounter(encode);
    const pause = vi.fn(async () => {});
    await counter.ahead(long, 4000, pause);
    expect(pause.mock.calls.length).toBeGreaterThan((2 * long.length) / 50_000);
    encode.mockClear();
    const ends = splitText(long, { budget: 4000, count: (text) => counter.count(text) });
    expect(ends.length).toBeGreaterThan(20);
    const encoded = encode.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    // Only the parts themselves, in pieces that begin elsewhere.
    expect(encoded).toBeLessThan(1.5 * long.length);
    encode.mockClear();
    counter.count(long);
    expect(encode).not.toHaveBeenCalled();
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
    expect(counter.count('x'.repeat(50_000))).toBe(50_000);
  });
});
