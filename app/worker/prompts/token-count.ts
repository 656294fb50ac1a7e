/**
 * Counts tokens in pieces that are counted once. Fitting a long page counts its beginning again and again, a little longer
 * or shorter each time; only the last piece differs. {@link PieceCounter.ahead} counts a long text, and then its sentences,
 * by which it is cut, with pauses, so that the worker answers meanwhile; later counts of it cost next to nothing.
 *
 * A sum of pieces has a few tokens more than the whole, at the seams: it is never too small by more than the tokenizer's
 * own merges across spaces.
 */
import { sentences } from '../../text/sentences.ts';

/** Characters of a piece, up to a space or line break. */
const PIECE = 4096;
/** Characters that are remembered: two pages of the greatest length, each as pieces and as sentences. */
const REMEMBERED = 4_000_000;
/** Characters between two pauses; they take a few dozen milliseconds. */
const TURN = 8 * PIECE;

export class PieceCounter {
  private readonly known = new Map<string, number>();
  private readonly encode: (text: string) => number;
  private empty: number | undefined;
  private remembered = 0;

  /** `encode` returns the number of tokens of a text, with the one that begins every text if there is one. */
  constructor(encode: (text: string) => number) {
    this.encode = encode;
  }

  count(text: string): number {
    if (text.length <= PIECE) return this.piece(text);
    let sum = this.start();
    for (const piece of pieces(text)) sum += this.piece(piece) - this.start();
    return sum;
  }

  /** Counts a text with pauses; if it has more tokens than `most`, its sentences too. */
  async ahead(text: string, most: number, pause: () => Promise<void>): Promise<void> {
    await this.each(pieces(text), pause);
    if (this.count(text) <= most) return;
    await this.each(
      sentences(text).map((sentence) => sentence.text),
      pause,
    );
  }

  private async each(texts: Iterable<string>, pause: () => Promise<void>): Promise<void> {
    let counted = 0;
    for (const text of texts) {
      this.count(text);
      counted += text.length;
      if (counted < TURN) continue;
      counted = 0;
      await pause();
    }
  }

  /** Tokens that every text has. */
  private start(): number {
    this.empty ??= this.encode('');
    return this.empty;
  }

  private piece(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const tokens = this.encode(text);
    this.known.set(text, tokens);
    this.remembered += text.length;
    // The oldest is the first.
    for (const [oldest] of this.known) {
      if (this.remembered <= REMEMBERED) break;
      this.known.delete(oldest);
      this.remembered -= oldest.length;
    }
    return tokens;
  }
}

/** The same for every text with the same beginning, but for the last. */
function* pieces(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    let to = from + PIECE;
    if (to < text.length) {
      const space = Math.max(text.lastIndexOf(' ', to), text.lastIndexOf('\n', to));
      if (space > from + PIECE / 2) to = space;
    }
    yield text.slice(from, to);
    from = to;
  }
}
