/**
 * Counts tokens in pieces that are counted once. Fitting a long page counts its beginning again and again, a little longer
 * or shorter each time; only the last piece differs. {@link PieceCounter.ahead} counts a long text with pauses, so that
 * the worker answers meanwhile; later counts of it cost next to nothing.
 *
 * A sum of pieces has a few tokens more than the whole, at the seams: it is never too small by more than the tokenizer's
 * own merges across spaces.
 */

/** Characters of a piece, up to a space or line break. */
const PIECE = 4096;
/** Pieces that are remembered: those of a few pages of the greatest length. */
const REMEMBERED = 2000;
/** Pieces between two pauses; each takes a few milliseconds. */
const TURN = 8;

export class PieceCounter {
  private readonly known = new Map<string, number>();
  private readonly encode: (text: string) => number;
  private empty: number | undefined;

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

  /** Counts a text with a pause after every few pieces that are new. */
  async ahead(text: string, pause: () => Promise<void>): Promise<void> {
    let counted = 0;
    for (const piece of pieces(text)) {
      if (this.known.has(piece)) continue;
      this.piece(piece);
      if (++counted % TURN === 0) await pause();
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
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(text, tokens);
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
