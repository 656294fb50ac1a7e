/**
 * What a line of Markdown begins: a heading, a fence, an item of a list. cut.ts cuts a growing text by it, and
 * block-rules.ts uses it for our own rules. Each test reads the line once, so its cost grows with the line's length. Pure.
 */

/** Spaces before the text of a line. */
export function indentOf(line: string): number {
  let at = 0;
  while (line[at] === ' ') at++;
  return at;
}

export const isBlank = (line: string): boolean => !/\S/.test(line);

interface Fence {
  readonly mark: string;
  readonly info: string;
}

/** The fence that a line opens. */
export function fenceAt(line: string): Fence | undefined {
  const found = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
  if (found === null) return undefined;
  const [, mark, info] = found as unknown as [string, string, string];
  return mark[0] === '`' && info.includes('`') ? undefined : { mark, info: info.trim() };
}

/** Whether a line closes the fence with this mark. */
export function closesFence(line: string, mark: string): boolean {
  const text = line.trim();
  return text.length >= mark.length && indentOf(line) < 4 && isRunOf(text, mark[0]!);
}

function isRunOf(text: string, character: string): boolean {
  for (const each of text) if (each !== character) return false;
  return true;
}

/** Whether a line is a heading by number signs. */
export const isHeading = (line: string): boolean => /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);

/** Whether a line is three or more of `-`, `*` or `_`. */
function isRule(line: string): boolean {
  if (indentOf(line) > 3) return false;
  const marks = line.replace(/[ \t]+/g, '');
  return marks.length >= 3 && '-*_'.includes(marks[0]!) && isRunOf(marks, marks[0]!);
}

export const isQuote = (line: string): boolean => /^ {0,3}>/.test(line);

interface ListMark {
  /** Absent for a bullet. */
  readonly number?: number;
  /** Items of one list have the same: a bullet, or what follows the number. */
  readonly type: string;
  readonly text: string;
}

/** The item of a list that a line begins, at any indentation. */
export function listMarkAt(line: string): ListMark | undefined {
  const found = /^ *(?:([-*+])|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(line);
  if (found === null || isRule(line)) return undefined;
  const [mark, bullet, digits, after] = found;
  return {
    ...(digits === undefined ? {} : { number: Number(digits) }),
    type: bullet ?? after!,
    text: line.slice(mark.length),
  };
}

/** What a formula on lines of its own begins with, and ends with. */
const FORMULAS: readonly (readonly [string, string])[] = [
  ['$$', '$$'],
  ['\\[', '\\]'],
];

/** The end to look for, and the text after the beginning, where a line begins a formula of its own. */
export function formulaAt(line: string): { end: string; text: string } | undefined {
  const text = line.trim();
  const marks = indentOf(line) > 3 ? undefined : FORMULAS.find(([begin]) => text.startsWith(begin));
  return marks && { end: marks[1], text: text.slice(marks[0].length) };
}

/** The cells of a row of a table, without the bars around them. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\' && line[at + 1] === '|') {
      cell += '|';
      at++;
    } else if (line[at] === '|') {
      cells.push(cell.trim());
      cell = '';
    } else cell += line[at];
  }
  cells.push(cell.trim());
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells;
}
