/**
 * Pairs the marks of emphasis: the algorithm of CommonMark 0.31 ("process emphasis"), with its limits on how far an opener
 * is looked for, so that the work is linear. Beside letters of Chinese, Japanese and Korean, which are written without
 * blanks, a mark may open and close as beside a blank. Pure.
 */

export type Emphasis = 'em' | 'strong' | 'del';

/** A run of `*`, `_` or `~` in a line. */
export interface MarkRun {
  readonly mark: string;
  readonly length: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Marks that are part of no pair. */
  left: number;
  /** What ends here, innermost first. */
  readonly closes: Emphasis[];
  /** What begins here, innermost first. */
  readonly opens: Emphasis[];
}

/** Characters beside which a mark may open or close although there is no blank. */
const APART = /[\s\p{P}\p{S}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** `before`, `after`: the characters beside the run; empty at the ends of the text. */
export function markRun(mark: string, length: number, before: string, after: string): MarkRun {
  const blankBefore = before === '' || /\s/.test(before);
  const blankAfter = after === '' || /\s/.test(after);
  const apartBefore = blankBefore || APART.test(before) || UNSPACED.test(before);
  const apartAfter = blankAfter || APART.test(after) || UNSPACED.test(after);
  const isPunctuation = (text: string) => /[\p{P}\p{S}]/u.test(text);
  const left = !blankAfter && (!isPunctuation(after) || apartBefore);
  const right = !blankBefore && (!isPunctuation(before) || apartAfter);
  const inWord = left && right;
  const underscore = mark === '_';
  return {
    mark,
    length,
    canOpen: left && (!underscore || !inWord || isPunctuation(before)),
    canClose: right && (!underscore || !inWord || isPunctuation(after)),
    left: length,
    closes: [],
    opens: [],
  };
}

/** Pairs the runs of one text or of one link, in order. */
export function pairMarks(runs: readonly MarkRun[]): void {
  const open: MarkRun[] = [];
  /** For each kind of closer, how many entries of `open` are known to have no opener for it. */
  const searched = new Map<string, number>();
  for (const run of runs) {
    if (run.canClose) close(run, open, searched);
    if (run.canOpen && run.left > 0) open.push(run);
  }
}

function close(run: MarkRun, open: MarkRun[], searched: Map<string, number>): void {
  while (run.left > 0) {
    const kind = `${run.mark}${run.length % 3}${run.canOpen}`;
    const at = openerOf(run, open, searched.get(kind) ?? 0);
    if (at < 0) {
      searched.set(kind, open.length);
      return;
    }
    const opener = open[at]!;
    open.length = at + 1;
    for (const [other, to] of searched) searched.set(other, Math.min(to, at));
    const both = run.mark === '~' || (opener.left >= 2 && run.left >= 2) ? 2 : 1;
    const emphasis = run.mark === '~' ? 'del' : both === 2 ? 'strong' : 'em';
    opener.left -= both;
    run.left -= both;
    opener.opens.push(emphasis);
    run.closes.push(emphasis);
    if (opener.left === 0) open.pop();
  }
}

function openerOf(run: MarkRun, open: readonly MarkRun[], from: number): number {
  for (let at = open.length - 1; at >= from; at--) if (fits(open[at]!, run)) return at;
  return -1;
}

/** The rule of three: a run that both opens and closes pairs only with runs that do not add up to a multiple of three. */
function fits(opener: MarkRun, closer: MarkRun): boolean {
  if (opener.mark !== closer.mark) return false;
  if (opener.mark === '~') return opener.left === 2 && closer.left === 2;
  const both = opener.canClose || closer.canOpen;
  const three = (opener.length + closer.length) % 3 === 0;
  return !(both && three && (opener.length % 3 !== 0 || closer.length % 3 !== 0));
}
