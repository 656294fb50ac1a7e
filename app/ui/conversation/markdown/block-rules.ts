/**
 * Blocks of Markdown as markdown-it reads them, with the rules in which this differs from its defaults: HTML and definitions
 * of references are text, nesting is limited, and there are formulas. Where models differ from CommonMark, it follows the
 * models: bullets below a number may be indented by two blanks, the cells that a header lacks are kept, and a table ends at
 * a line without a bar.
 */
import MarkdownIt, { type StateBlock, type Token } from 'markdown-it';
import { cellsOf, formulaAt, listMarkAt } from './lines.ts';
import { DEEPEST, type MarkdownTable } from './tree.ts';

/** Most lines of a formula on lines of its own. */
const FORMULA_LINES = 60;

const reader = new MarkdownIt({
  html: false,
  // Never reached: a list is two levels of the library, and nesting ends at `DEEPEST`. It would drop text.
  maxNesting: 4 * DEEPEST,
});
// Text within a block is read when the block is shown.
reader.core.ruler.enableOnly(['normalize', 'block']);
reader.block.ruler.disable(['html_block', 'reference']);

/** The tokens of a text: those of markdown-it, `formula` (`content`: TeX; `markup`: with its marks) and `plain`. */
export const blockTokens = (text: string): Token[] => reader.parse(text, {});

/** The state of markdown-it, and how many quotes and items of lists are around the blocks that are being read. */
class BlockState extends reader.block.State {
  depth = 0;
}
reader.block.State = BlockState;

const { block } = reader;
const readWithin = block.tokenize.bind(block);
block.tokenize = (state, start, end) => {
  if (!(state instanceof BlockState))
    throw new TypeError('BlockState expected: markdown-it made another state');
  if (state.depth >= DEEPEST) {
    readPlain(state, start, end);
    return;
  }
  const indent = markIndent(state, start);
  state.depth++;
  readWithin(state, start, end);
  if (indent !== undefined) while (moveBullets(state, indent, end)) readWithin(state, state.line, end);
  state.depth--;
};

const textAt = ({ src, bMarks, tShift, eMarks }: StateBlock, line: number): string =>
  src.slice(bMarks[line]! + tShift[line]!, eMarks[line]);

/** Takes the lines of what is nested too deeply as they are. */
function readPlain(state: StateBlock, start: number, end: number): void {
  let next = start + 1;
  for (let line = next; line < end; line++) {
    if (state.isEmpty(line)) continue;
    const column = state.sCount[line]!;
    // A negative column is that of a line that goes on with a paragraph without the mark of its quote.
    if (column >= 0 && column < state.blkIndent) break;
    next = line + 1;
  }
  const text = state.getLines(start, next, state.blkIndent, false).trim();
  if (text !== '') state.push('plain', '', 0).content = text;
  state.line = Math.min(end, state.skipEmptyLines(next));
}

/** The column of the mark before the item of a list whose blocks begin at a line; undefined where that is no item. */
function markIndent(state: StateBlock, line: number): number | undefined {
  if (state.parentType !== 'list') return undefined;
  const from = state.bMarks[line]!;
  const mark = /(?:[-+*]|\d{1,9}[.)])[ \t]*$/.exec(state.src.slice(from, from + state.tShift[line]!));
  return mark === null ? undefined : state.sCount[line]! - mark[0].length;
}

/**
 * Makes the items at the line that comes next a part of the item whose mark is at `indent`, although they are less indented
 * than its text: moves them, and what is below them, to the right. Returns whether there are such items.
 */
function moveBullets(state: StateBlock, indent: number, end: number): boolean {
  const { line: first, bMarks, tShift, sCount, blkIndent } = state;
  const from = sCount[first]!;
  if (first >= end || from < indent + 2 || from >= blkIndent) return false;
  if (listMarkAt(textAt(state, first)) === undefined) return false;
  for (let line = first; line < end; line++) {
    if (state.isEmpty(line)) continue;
    if (sCount[line]! < from) break;
    // The characters before the line stand for the missing blanks: markdown-it skips them as it skips a mark.
    bMarks[line]! -= blkIndent - from;
    tShift[line]! += blkIndent - from;
    sCount[line]! += blkIndent - from;
  }
  return true;
}

function formula(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const begun = state.sCount[start]! - state.blkIndent < 4 ? formulaAt(textAt(state, start)) : undefined;
  if (begun === undefined) return false;
  const tex: string[] = [];
  for (let line = start; line < Math.min(end, start + FORMULA_LINES); line++) {
    if (state.isEmpty(line) || state.sCount[line]! < state.blkIndent) return false;
    const text = line === start ? begun.text : textAt(state, line).trim();
    const at = text.indexOf(begun.end);
    tex.push(at < 0 ? text : text.slice(0, at));
    if (at < 0) continue;
    // What follows the formula in its line makes it a part of a paragraph.
    if (at + begun.end.length < text.length) return false;
    if (silent) return true;
    const token = state.push('formula', '', 0);
    token.content = tex.join('\n').trim();
    token.markup = state.getLines(start, line + 1, state.blkIndent, false).trim();
    state.line = line + 1;
    return true;
  }
  return false;
}
block.ruler.before('table', 'formula', formula, { alt: ['paragraph'] });

/** What is in the table that begins with a token. */
export const tables = new WeakMap<Token, Omit<MarkdownTable, 'kind'>>();

/** The rule of markdown-it; `enableOnly` throws if an update renamed it. */
function tableRule() {
  const { ruler } = new MarkdownIt().block;
  ruler.enableOnly('table');
  return ruler.getRules('')[0]!;
}
const readTable = tableRule();

function table(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if (!readTable(state, start, end, true)) return false;
  if (silent) return true;
  let last = start + 2;
  while (last < end && textAt(state, last).includes('|')) last++;
  const first = state.tokens.length;
  readTable(state, start, last, false);
  const rows: string[][] = [];
  for (let line = start + 2; line < state.line; line++) rows.push(cellsOf(textAt(state, line)));
  const align = state.tokens
    .slice(first)
    .filter(({ type }) => type === 'th_open')
    .map((token) => alignments.find((each) => token.attrGet('style') === `text-align:${each}`));
  tables.set(state.tokens[first]!, { align, header: cellsOf(textAt(state, start)), rows });
  return true;
}
const alignments = ['left', 'center', 'right'] as const;
block.ruler.at('table', table, { alt: ['paragraph'] });
