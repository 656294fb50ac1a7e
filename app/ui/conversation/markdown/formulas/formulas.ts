/** Finds formulas in a line, and tells them from prices and shell variables. Pure. */

/** Longest formula, in characters; a longer one stays text. */
export const LONGEST_FORMULA = 1500;

interface FoundFormula {
  readonly tex: string;
  readonly display: boolean;
  /** Characters with its marks. */
  readonly length: number;
}

/** The formulas of one text. Places of their ends are remembered, so that many beginnings cost no more than one search. */
export class FormulaFinder {
  private readonly text: string;
  private readonly ends = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  /** The formula that begins at a `$` or a `\`. */
  at(at: number): FoundFormula | undefined {
    const two = this.text.slice(at, at + 2);
    if (two === '\\(') return this.between(at, '\\(', '\\)', false);
    if (two === '\\[') return this.between(at, '\\[', '\\]', true);
    if (two === '$$') return this.between(at, '$$', '$$', true);
    return two[0] === '$' ? this.dollar(at) : undefined;
  }

  private between(at: number, begin: string, end: string, display: boolean): FoundFormula | undefined {
    const from = at + begin.length;
    const to = this.next(end, from);
    if (to < 0 || to - from > LONGEST_FORMULA) return undefined;
    const tex = this.text.slice(from, to).trim();
    return tex === '' ? undefined : { tex, display, length: to + end.length - at };
  }

  /** The place of the next `mark`; -1 if there is none. */
  private next(mark: string, from: number): number {
    const known = this.ends.get(mark);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const found = this.text.indexOf(mark, from);
    this.ends.set(mark, found);
    return found;
  }

  /** `$x$`; neither `$5 and $6` nor `$HOME and $PATH`. */
  private dollar(at: number): FoundFormula | undefined {
    const { text } = this;
    const end = this.next('$', at + 1);
    if (end < 0 || end - at > LONGEST_FORMULA) return undefined;
    const tex = text.slice(at + 1, end);
    const apart = !/[\p{L}\p{N}$]/u.test(text[at - 1] ?? ' ') && !/[\p{L}\p{N}$]/u.test(text[end + 1] ?? ' ');
    const tight = tex !== '' && tex.trim() === tex && !tex.endsWith('\\');
    return apart && tight && looksLikeFormula(tex)
      ? { tex, display: false, length: end + 1 - at }
      : undefined;
  }
}

/** Whether a text between dollar signs is a formula: a sign of LaTeX or arithmetic, or no blank at all. */
function looksLikeFormula(tex: string): boolean {
  if (/\n/.test(tex)) return false;
  // An amount, and words after it.
  if (/^\d[\d.,]*(?:\s+(?![a-z]\b)\p{L}{2,}|\s*(?:USD|k|K|M|bn)\b)/u.test(tex)) return false;
  // Words of a sentence, in which a formula would have a command.
  if (!tex.includes('\\') && (tex.match(/\p{L}{4,}/gu) ?? []).length > 1) return false;
  if (/[\\^_{}=<>+*/|]/.test(tex)) return true;
  return !/\s/.test(tex) || /\d\s*[-−·×]\s*\d|\b[a-zA-Z]\s*[-−·×]\s*[a-zA-Z0-9]\b/.test(tex);
}

/**
 * Commands that hide, colour or move words or hide them in a definition, and comments: a formula with one of these is shown
 * as it is written, so that a reader sees all of it.
 */
const HIDING =
  /\\(?:[hv]?phantom|smash|color|textcolor|colorbox|fcolorbox|mathchoice|[gex]?def|let|futurelet|(?:re)?newcommand|providecommand|global|long|[lrc]lap|math[lrc]lap|raisebox|rule|includegraphics|href|url|html[a-zA-Z]*|label)(?![a-zA-Z])|(?<!\\)%|(?:\\(?:[hm]?kern|[hm]skip|hspace\*?)\s*\{?|\\\\\*?\s*\[)\s*-/;

/** Whether all words of a formula are visible when it is set. */
export const showsAll = (tex: string): boolean => !HIDING.test(tex);
