/**
 * Counts tokens in units that are counted once: what ends with a sentence or a line. Where a unit ends depends on the
 * characters there alone, so a part of a page that begins and ends between units has the units of the page, and its count
 * is their sum: a long page is tokenised once, and fitting it, splitting it and checking its parts encode nothing again.
 * {@link PieceCounter.ahead} counts a long text with pauses, so that the worker answers meanwhile.
 *
 * A sum of units has a few tokens more than the whole, at the seams: it is never too small by more than the tokenizer's
 * own merges across them.
 */

/** Most characters of a unit; a longer one is cut at a space or line break. */
const PIECE = 4096;
/** Characters that are remembered: four pages of the greatest length. */
const REMEMBERED = 4_000_000;
/** Characters between two pauses; they take a few dozen milliseconds. */
const TURN = 8 * PIECE;
/** Ends of units: of sentences before white space, of those of scripts that are written without spaces, and of lines. */
const ENDS = /[.!?…।؟]["'”’»)\]]*(?=\s)|[。！？｡]["'”’」』）]*|\n+/gu;
/** Scripts that put no space between words. */
const UNSPACED =
  /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

export class PieceCounter {
  private readonly known = new Map<string, number>();
  private readonly encode: (text: string) => number;
  private empty: number | undefined;
  private lead: string | undefined;
  private remembered = 0;

  /** `encode` returns the number of tokens of a text, with the one that begins every text if there is one. */
  constructor(encode: (text: string) => number) {
    this.encode = encode;
  }

  count(text: string): number {
    let sum = this.start();
    for (const unit of units(text)) sum += this.unit(unit);
    return sum;
  }

  /** The count of something else than a text, which `count` makes and which is remembered under a short name. */
  named(name: string, count: () => number): number {
    // No text begins with this character: it is not counted with a name.
    return name.length > PIECE ? count() : this.remember(`\0${name}`, count);
  }

  /** Counts a text with pauses. */
  async ahead(text: string, pause: () => Promise<void>): Promise<void> {
    let counted = 0;
    for (const unit of units(text)) {
      this.unit(unit);
      counted += unit.text.length;
      if (counted < TURN) continue;
      counted = 0;
      await pause();
    }
  }

  /** Tokens of a unit within its text: its words, and the white space around them but for single spaces. */
  private unit({ text, after }: Unit): number {
    const body = text.trim();
    if (body === '') return this.blank(text);
    const from = text.indexOf(body);
    const around = this.blank(text.slice(0, from)) + this.blank(text.slice(from + body.length));
    const spaced = body.length > PIECE / 2 || UNSPACED.test(body) ? body : this.leading() + body;
    // Where a text begins is the middle of a paragraph, if this is a part of a text that was counted before.
    const words = after === 'word' || (after === 'nothing' && this.known.has(spaced)) ? spaced : body;
    return around + this.remember(words, () => this.encode(words)) - this.start();
  }

  /** Between two words: some tokenizers cut two line breaks where a word follows, and not where a text ends. */
  private blank(space: string): number {
    if (space === '' || space === ' ') return 0;
    return this.remember(space, () => this.encode(`a${space}a`) - 2 * this.encode('a') + this.start());
  }

  /** Tokens that every text has. */
  private start(): number {
    this.empty ??= this.encode('');
    return this.empty;
  }

  /** The space before a word is part of the word's token, or comes with every text: with which of both the sums are right. */
  private leading(): string {
    this.lead ??= this.encode('so it') === this.encode('so') + this.encode(' it') - this.start() ? ' ' : '';
    return this.lead;
  }

  private remember(key: string, count: () => number): number {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const tokens = count();
    this.known.set(key, tokens);
    this.remembered += key.length;
    // The oldest is the first.
    for (const [oldest] of this.known) {
      if (this.remembered <= REMEMBERED) break;
      this.known.delete(oldest);
      this.remembered -= oldest.length;
    }
    return tokens;
  }
}

interface Unit {
  readonly text: string;
  /** What it comes after: the first word of a line has no space before it. */
  readonly after: 'nothing' | 'line' | 'word';
}

function* units(text: string): Generator<Unit> {
  let after: Unit['after'] = 'nothing';
  let from = 0;
  const ends = Array.from(text.matchAll(ENDS), ({ 0: end, index }) => index + end.length);
  for (const to of [...ends, text.length]) {
    for (const piece of pieces(text.slice(from, to))) {
      yield { text: piece, after };
      after = piece.endsWith('\n') ? 'line' : 'word';
    }
    from = to;
  }
}

/** Of a text without an end in it; the same for every text with the same beginning, but for the last. */
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
