/**
 * Tells thoughts from the answer in the text of a server that does not do so itself: what stands between `<think>` and
 * `</think>` at the beginning, and what stands before a lone `</think>`, where the template had opened the thought. Pure.
 */

/** Marks of thoughts of published models, each with its end. */
const MARKS: readonly (readonly [string, string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<seed:think>', '</seed:think>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['◁think▷', '◁/think▷'],
];
/** Characters within which a lone end of a thought is looked for. */
const LONE = 100_000;

/** Splits text as it comes. `text`: what is added to the answer. `restart`: what was written so far was a thought. */
export interface Split {
  readonly text: string;
  readonly thinking: boolean;
  readonly restart?: true;
}

export class ThoughtSplitter {
  private held = '';
  private before = true;
  private inside: string | undefined;
  private answer = '';
  /** White space before the answer is dropped: that after a thought, and that before an answer which begins anew. */
  private trims: boolean;

  /** `continues`: the text goes on where another ended. */
  constructor(continues = false) {
    this.trims = !continues;
  }

  /** Takes the next piece. */
  take(piece: string): Split {
    this.held += piece;
    if (this.before) {
      const start = this.held.trimStart();
      const opened = MARKS.find(([open]) => start.startsWith(open));
      if (opened !== undefined) {
        this.before = false;
        this.inside = opened[1];
        this.held = start.slice(opened[0].length);
      } else if (start === '' || MARKS.some(([open]) => open.startsWith(start)))
        return { text: '', thinking: false };
      else this.before = false;
    }
    if (this.inside !== undefined) {
      const end = this.held.indexOf(this.inside);
      if (end < 0) {
        // A mark may come in two pieces.
        this.held = this.held.slice(-this.inside.length);
        return { text: '', thinking: true };
      }
      this.held = this.held.slice(end + this.inside.length);
      this.inside = undefined;
      this.trims = true;
    }
    return this.written();
  }

  /** What is still held at the end. */
  end(): string {
    const rest = this.inside === undefined ? this.held : '';
    this.held = '';
    return this.trims && this.answer === '' ? rest.trimStart() : rest;
  }

  private written(): Split {
    const lone = this.answer.length < LONE ? this.loneEnd() : undefined;
    if (lone !== undefined) {
      const text = lone.trimStart();
      this.held = '';
      this.answer = text;
      return { text, thinking: false, restart: true };
    }
    const whole = MARKS.map(([, close]) => startOf(close, this.held));
    const keep = Math.max(0, ...whole);
    const out = this.held.slice(0, this.held.length - keep);
    this.held = this.held.slice(this.held.length - keep);
    // Lines between a thought and its answer belong to neither.
    const text = this.trims && this.answer === '' ? out.trimStart() : out;
    this.answer += text;
    return { text, thinking: false };
  }

  /** What comes after an end without a beginning. */
  private loneEnd(): string | undefined {
    for (const [open, close] of MARKS) {
      const end = this.held.indexOf(close);
      if (end >= 0 && !this.answer.includes(open) && !this.held.slice(0, end).includes(open))
        return this.held.slice(end + close.length);
    }
    return undefined;
  }
}

/** How many characters at the end of `text` may be the beginning of `mark`. */
function startOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}
