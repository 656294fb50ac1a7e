/**
 * Cuts Markdown into blocks: CommonMark with the tables and task lists of GitHub, and formulas. HTML is text. Every line is
 * read once at each level of nesting, and levels are limited, so the work is linear in the length of the text. Pure.
 *
 * Where models differ from CommonMark, this follows the models: items below a number may be indented by two spaces, the
 * cells that a header lacks are kept, and a table ends at a line without a bar.
 *
 * Not here: what is within a line (inline.ts), and texts that grow (stream.ts).
 */
import {
  alignmentAt,
  cellsOf,
  closesFence,
  type Fence,
  fenceAt,
  formulaAt,
  headingAt,
  indentOf,
  interrupts,
  isBlank,
  isQuote,
  isRule,
  type ListMark,
  linesOf,
  listMarkAt,
  underlineLevel,
} from './lines.ts';
import { DEEPEST, type ListItem, type MarkdownBlock, type MarkdownTable } from './tree.ts';

/** A formula has at most so many lines; its end is looked for no further. */
const FORMULA_LINES = 60;

export const blocksOf = (text: string): MarkdownBlock[] => read(linesOf(text), 0);

/** A block, and the line after it. */
interface Taken {
  readonly block: MarkdownBlock;
  readonly next: number;
}

function read(lines: readonly string[], depth: number): MarkdownBlock[] {
  if (depth >= DEEPEST) return plain(lines);
  const blocks: MarkdownBlock[] = [];
  for (let at = 0; at < lines.length; ) {
    if (isBlank(lines[at]!)) {
      at++;
      continue;
    }
    const { block, next } = take(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function plain(lines: readonly string[]): MarkdownBlock[] {
  const text = lines.join('\n').trim();
  return text === '' ? [] : [{ kind: 'plain', text }];
}

function take(lines: readonly string[], at: number, depth: number): Taken {
  const line = lines[at]!;
  if (indentOf(line) >= 4) return takeIndented(lines, at);
  const fence = fenceAt(line);
  if (fence !== undefined) return takeFenced(lines, at, fence);
  const heading = headingAt(line);
  if (heading !== undefined) return { block: { kind: 'heading', ...heading }, next: at + 1 };
  if (isRule(line)) return { block: { kind: 'rule' }, next: at + 1 };
  if (isQuote(line)) return takeQuote(lines, at, depth);
  const mark = listMarkAt(line);
  if (mark !== undefined) return takeList(lines, at, mark, depth);
  return takeFormula(lines, at) ?? takeTable(lines, at) ?? takeParagraph(lines, at);
}

function takeIndented(lines: readonly string[], at: number): Taken {
  let next = at;
  let end = at;
  for (; next < lines.length && (isBlank(lines[next]!) || indentOf(lines[next]!) >= 4); next++)
    if (!isBlank(lines[next]!)) end = next + 1;
  const text = lines.slice(at, end).map((line) => line.slice(4));
  return { block: { kind: 'code', info: '', text: text.join('\n') }, next: end };
}

function takeFenced(lines: readonly string[], at: number, { indent, mark, info }: Fence): Taken {
  let next = at + 1;
  while (next < lines.length && !closesFence(lines[next]!, mark)) next++;
  const text = lines.slice(at + 1, next).map((line) => line.slice(Math.min(indent, indentOf(line))));
  return { block: { kind: 'code', info, text: text.join('\n') }, next: next + 1 };
}

/** Whether a line goes on with the paragraph above it, though it lacks the marks of the quote or the item around that. */
const goesOn = (line: string, above: string | undefined): boolean =>
  above !== undefined && !isBlank(above) && !isBlank(line) && !interrupts(line);

/** Remembers whether lines are within a fence. */
class FenceState {
  private mark: string | undefined;

  get open(): boolean {
    return this.mark !== undefined;
  }

  read(line: string): void {
    if (this.mark === undefined) this.mark = fenceAt(line)?.mark;
    else if (closesFence(line, this.mark)) this.mark = undefined;
  }
}

function takeQuote(lines: readonly string[], at: number, depth: number): Taken {
  const within: string[] = [];
  const fence = new FenceState();
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next]!;
    if (isQuote(line)) within.push(line.replace(/^ {0,3}> ?/, ''));
    else if (!fence.open && goesOn(line, within.at(-1))) within.push(line);
    else break;
    fence.read(within.at(-1)!);
  }
  return { block: { kind: 'quote', blocks: read(within, depth + 1) }, next };
}

function takeList(lines: readonly string[], at: number, first: ListMark, depth: number): Taken {
  const items: ListItem[] = [];
  let next = at;
  for (let mark: ListMark | undefined = first; mark !== undefined; ) {
    const { within, end } = takeItem(lines, next, mark);
    items.push(itemOf(within, mark, depth));
    next = end;
    while (next < lines.length && isBlank(lines[next]!)) next++;
    const after: ListMark | undefined = next < lines.length ? listMarkAt(lines[next]!) : undefined;
    mark = after !== undefined && after.indent < 4 && after.type === first.type ? after : undefined;
    if (mark === undefined) next = end;
  }
  return { block: { kind: 'list', ordered: first.number !== undefined, items }, next };
}

/** The lines of an item without their indentation, and the line after it. */
function takeItem(lines: readonly string[], at: number, { indent, offset, text }: ListMark) {
  const within = [text];
  const fence = new FenceState();
  fence.read(text);
  let end = at + 1;
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next]!;
    const to = indentOf(line);
    if (!isBlank(line)) {
      const isWithin = to >= offset || (to >= indent + 2 && listMarkAt(line) !== undefined);
      const isBelow =
        !fence.open && next === end && listMarkAt(line) === undefined && goesOn(line, within.at(-1));
      if (!isWithin && !isBelow) break;
      end = next + 1;
    }
    within.push(line.slice(Math.min(to, offset)));
    fence.read(within.at(-1)!);
  }
  return { within: within.slice(0, end - at), end };
}

function itemOf(within: readonly string[], { number }: ListMark, depth: number): ListItem {
  const task = /^\[([ xX])\](?: |$)/.exec(within[0]!);
  const rest = task === null ? within : [within[0]!.slice(task[0].length), ...within.slice(1)];
  return {
    ...(number === undefined ? {} : { number }),
    ...(task === null ? {} : { done: task[1] !== ' ' }),
    blocks: read(rest, depth + 1),
  };
}

/** A formula whose beginning and end are at the edges of lines, with no empty line between. */
function takeFormula(lines: readonly string[], at: number): Taken | undefined {
  const begun = formulaAt(lines[at]!);
  if (begun === undefined) return undefined;
  const tex: string[] = [];
  const last = Math.min(lines.length, at + FORMULA_LINES);
  for (let next = at; next < last && !isBlank(lines[next]!); next++) {
    const text = next === at ? begun.text : lines[next]!.trim();
    const end = text.indexOf(begun.end);
    if (end < 0) {
      tex.push(text);
      continue;
    }
    // What follows the formula in its line makes it a part of a paragraph.
    if (end + begun.end.length < text.length) return undefined;
    tex.push(text.slice(0, end));
    const source = lines
      .slice(at, next + 1)
      .join('\n')
      .trim();
    return { block: { kind: 'formula', tex: tex.join('\n').trim(), source }, next: next + 1 };
  }
  return undefined;
}

/** Whether a table begins at a line: its columns are as many as the line below it marks. */
function tableAt(lines: readonly string[], at: number): MarkdownTable | undefined {
  if (!lines[at]!.includes('|')) return undefined;
  const align = alignmentAt(lines[at + 1]);
  const header = align && cellsOf(lines[at]!);
  return align !== undefined && header?.length === align.length
    ? { kind: 'table', align, header, rows: [] }
    : undefined;
}

function takeTable(lines: readonly string[], at: number): Taken | undefined {
  const table = tableAt(lines, at);
  if (table === undefined) return undefined;
  const rows: string[][] = [];
  let next = at + 2;
  for (; next < lines.length && lines[next]!.includes('|') && !interrupts(lines[next]!); next++)
    rows.push(cellsOf(lines[next]!));
  return { block: { ...table, rows }, next };
}

function takeParagraph(lines: readonly string[], at: number): Taken {
  const text = [lines[at]!.trim()];
  let next = at + 1;
  for (; next < lines.length; next++) {
    const line = lines[next]!;
    const level = underlineLevel(line);
    if (level !== undefined)
      return { block: { kind: 'heading', level, text: text.join('\n') }, next: next + 1 };
    if (isBlank(line) || interrupts(line) || tableAt(lines, next) !== undefined) break;
    if (formulaAt(line) !== undefined && takeFormula(lines, next) !== undefined) break;
    text.push(line.trim());
  }
  return { block: { kind: 'paragraph', text: text.join('\n') }, next };
}
