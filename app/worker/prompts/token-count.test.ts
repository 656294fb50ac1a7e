import { describe, expect, it, vi } from 'vitest';
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
    await counter.ahead(page, pause);
    const calls = encode.mock.calls.length;
    expect(pause.mock.calls.length).toBeGreaterThanOrEqual(Math.floor(calls / 8));
    counter.count(page);
    // The empty text alone is new.
    expect(encode.mock.calls.length).toBe(calls + 1);
    // The next question about the page waits for nothing.
    pause.mockClear();
    await counter.ahead(page, pause);
    expect(pause).not.toHaveBeenCalled();
  });

  it('counts a text without spaces', () => {
    const counter = new PieceCounter((text) => text.length);
    expect(counter.count('x'.repeat(50_000))).toBe(50_000);
  });
});
