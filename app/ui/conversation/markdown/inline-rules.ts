/**
 * Text within a block of Markdown as markdown-it reads it, with the rules in which this differs from its defaults: HTML is
 * text, only addresses of the web and of mail are links, and there are formulas. Beside letters of Chinese, Japanese and
 * Korean, which are written without blanks, a mark may open and close emphasis as beside a blank.
 */
import MarkdownIt, { type StateInline, type Token } from 'markdown-it';
import { FormulaFinder } from './formulas/formulas.ts';
import { LONGEST_ADDRESS, safeAddress } from './links.ts';

const reader = new MarkdownIt({
  html: false,
  linkify: true,
  // Of brackets within brackets; deeper ones stay text. (Emphasis is not counted.)
  maxNesting: 20,
});
reader.normalizeLink = (address) => safeAddress(address) ?? '';
reader.validateLink = (href) => href !== '';
// An address is shown as it is written, so that no part of it can look like another.
reader.normalizeLinkText = (address) => address;
const { linkify } = reader;
const addressAt = linkify.matchAtStart.bind(linkify);
/** Reads a long address only where its beginning is that of a link, so that many that are none cost little. */
linkify.matchAtStart = (text) => {
  const begun = addressAt(text.slice(0, 100));
  return begun === null || safeAddress(begun.url) === undefined
    ? null
    : addressAt(text.slice(0, LONGEST_ADDRESS));
};

/** What markdown-it hands on to its rules where a text is a cell of a table. */
const IN_CELL = {};

/** The tokens of a text: those of markdown-it and `formula` (`content`: TeX; `markup`: with its marks; `tag`: `div` or `span`). */
export function inlineTokens(text: string, place?: 'cell'): Token[] {
  const tokens: Token[] = [];
  reader.inline.parse(text, reader, place === 'cell' ? IN_CELL : {}, tokens);
  return tokens;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

class InlineState extends reader.inline.State {
  readonly formulas = new FormulaFinder(this.src);

  override scanDelims(start: number, canSplitWord: boolean) {
    const found = super.scanDelims(start, canSplitWord);
    const end = start + found.length;
    const before = [...this.src.slice(Math.max(0, start - 2), start)].at(-1) ?? ' ';
    const after = end < this.posMax ? String.fromCodePoint(this.src.codePointAt(end)!) : ' ';
    if (canSplitWord && !/\s/.test(after) && UNSPACED.test(before)) found.can_open = true;
    if (canSplitWord && !/\s/.test(before) && UNSPACED.test(after)) found.can_close = true;
    return found;
  }
}
reader.inline.State = InlineState;

const runAt = ({ src, pos, posMax }: StateInline): string => {
  let end = pos;
  while (end < posMax && src[end] === src[pos]) end++;
  return src.slice(pos, end);
};

/** Takes a text as it is. */
function keep(state: StateInline, text: string, silent: boolean): true {
  if (!silent) state.pending += text;
  state.pos += text.length;
  return true;
}

function formula(state: StateInline, silent: boolean): boolean {
  const mark = state.src[state.pos];
  if ((mark !== '$' && mark !== '\\') || !(state instanceof InlineState)) return false;
  const found = state.formulas.at(state.pos);
  // It would end beyond the text of the link in which it begins.
  if (found === undefined || state.pos + found.length > state.posMax)
    return mark === '$' && keep(state, runAt(state), silent);
  if (!silent) {
    const token = state.push('formula', found.display ? 'div' : 'span', 0);
    token.content = found.tex;
    token.markup = state.src.slice(state.pos, state.pos + found.length);
  }
  state.pos += found.length;
  return true;
}

/** Only two tildes are marks. */
function tildes(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== '~') return false;
  const run = runAt(state);
  return run.length !== 2 && keep(state, run, silent);
}

/** `<br>` is the only way to break a line in a cell of a table; a cell that has nothing else shows it. */
function cellBreak(state: StateInline, silent: boolean): boolean {
  if (state.env !== IN_CELL) return false;
  const tag = /^<br ?\/?>/i.exec(state.src.slice(state.pos, state.pos + 6))?.[0];
  if (tag === undefined || tag.length === state.src.length) return false;
  if (!silent) state.push('hardbreak', 'br', 0);
  state.pos += tag.length;
  return true;
}

const { ruler } = reader.inline;
ruler.before('newline', 'formula', formula);
ruler.before('strikethrough', 'tildes', tildes);
ruler.before('autolink', 'cell_break', cellBreak);
