/**
 * Reads the text of a block of Markdown: emphasis, code, links, formulas, breaks of lines. HTML is text. Each character is
 * looked at a bounded number of times, and nesting is limited, so neither time nor stack grow with what a text tries. Pure.
 */
import { type Emphasis, type MarkRun, markRun, pairMarks } from './emphasis.ts';
import { entityAt } from './entities.ts';
import { FormulaFinder } from './formulas.ts';
import { autoAddressAt, bareAddressAt, type FoundTarget, safeAddress, targetAt } from './links.ts';
import { DEEPEST, type MarkdownInline } from './tree.ts';

/** `cell`: of a table, where `<br>` is the only way to break a line. */
export const inlineOf = (text: string, place?: 'cell'): MarkdownInline[] =>
  treeOf(new Scanner(text, place).scan());

/** What may begin a link or a picture, with what it became. */
interface Bracket {
  readonly kind: 'bracket';
  readonly picture: boolean;
  /** How many runs of marks were before it. */
  readonly runs: number;
  target?: FoundTarget;
}

/** The parts of a text in order; marks of emphasis and links are still in one line. */
type Piece =
  | MarkdownInline
  | { readonly kind: 'run'; readonly run: MarkRun }
  | Bracket
  /** The end of a link; `source` is how it is written. */
  | { readonly kind: 'end'; readonly source: string };

/** Characters that end plain text. `h` may begin an address. */
const SPECIAL = /[\\`*_~[\]!<&$\nh]/g;
const ESCAPABLE = /[!-/:-@[-`{-~]/;

class Scanner {
  private readonly text: string;
  private readonly inCell: boolean;
  private readonly formulas: FormulaFinder;
  private readonly pieces: Piece[] = [];
  private plain = '';
  private at = 0;
  private runs: MarkRun[] = [];
  /** Brackets that may still begin a link, innermost last. */
  private brackets: Bracket[] = [];
  private backticks: Map<number, number[]> | undefined;

  constructor(text: string, place: 'cell' | undefined) {
    this.text = text;
    this.inCell = place === 'cell';
    this.formulas = new FormulaFinder(text);
  }

  scan(): Piece[] {
    const { text } = this;
    while (this.at < text.length) {
      SPECIAL.lastIndex = this.at;
      const next = SPECIAL.exec(text)?.index ?? text.length;
      this.plain += text.slice(this.at, next);
      this.at = next;
      if (next < text.length) this.special(text[next]!);
    }
    this.flush();
    pairMarks(this.runs);
    return this.pieces;
  }

  private flush(): void {
    if (this.plain !== '') this.pieces.push(this.plain);
    this.plain = '';
  }

  private add(piece: Piece, length: number): void {
    this.flush();
    this.pieces.push(piece);
    this.at += length;
  }

  private keep(text: string, length = text.length): void {
    this.plain += text;
    this.at += length;
  }

  private special(character: string): void {
    if (character === '\\') this.backslash();
    else if (character === '`') this.code();
    else if (character === '*' || character === '_' || character === '~') this.marks(character);
    else if (character === '[') this.open(false);
    else if (character === '!' && this.text[this.at + 1] === '[') this.open(true);
    else if (character === ']') this.close();
    else if (character === '<') this.angle();
    else if (character === '$') this.formula();
    else if (character === '\n') this.lineBreak();
    else if (character === 'h') this.address();
    else if (character === '&') this.entity();
    else this.keep(character);
  }

  private backslash(): void {
    const next = this.text[this.at + 1];
    if ((next === '(' || next === '[') && this.formula()) return;
    if (next === '\n') this.add({ kind: 'break' }, 2);
    else if (next !== undefined && ESCAPABLE.test(next)) this.keep(next, 2);
    else this.keep('\\');
  }

  /** Adds the formula that begins here; or the mark as text, of a `$` at least. */
  private formula(): boolean {
    const found = this.formulas.at(this.at);
    if (found !== undefined) {
      const source = this.text.slice(this.at, this.at + found.length);
      this.add({ kind: 'formula', tex: found.tex, display: found.display, source }, found.length);
    } else if (this.text[this.at] === '$') this.keep(this.runOf('$'));
    return found !== undefined;
  }

  private runOf(character: string): string {
    let end = this.at;
    while (this.text[end] === character) end++;
    return this.text.slice(this.at, end);
  }

  private code(): void {
    const { length } = this.runOf('`');
    const from = this.at + length;
    const end = this.backticksAfter(from, length);
    if (end === undefined) {
      this.keep('`'.repeat(length));
      return;
    }
    const text = this.text.slice(from, end).replaceAll('\n', ' ');
    const padded = text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '';
    this.add({ kind: 'code', text: padded ? text.slice(1, -1) : text }, end + length - this.at);
  }

  /** The place of the next run of so many backticks. */
  private backticksAfter(from: number, length: number): number | undefined {
    if (this.backticks === undefined) {
      this.backticks = new Map();
      for (const { 0: run, index } of this.text.matchAll(/`+/g)) {
        const places = this.backticks.get(run.length) ?? [];
        places.push(index);
        this.backticks.set(run.length, places);
      }
      for (const places of this.backticks.values()) places.reverse();
    }
    const places = this.backticks.get(length) ?? [];
    while (places.length > 0 && places.at(-1)! < from) places.pop();
    return places.at(-1);
  }

  private marks(mark: string): void {
    const { length } = this.runOf(mark);
    const end = this.at + length;
    const before = [...this.text.slice(Math.max(0, this.at - 2), this.at)].at(-1) ?? '';
    const after = String.fromCodePoint(...(end < this.text.length ? [this.text.codePointAt(end)!] : []));
    if (mark === '~' && length !== 2) {
      this.keep(mark.repeat(length));
      return;
    }
    const run = markRun(mark, length, before, after);
    this.runs.push(run);
    this.add({ kind: 'run', run }, length);
  }

  private open(picture: boolean): void {
    const bracket: Bracket = { kind: 'bracket', picture, runs: this.runs.length };
    this.brackets.push(bracket);
    this.add(bracket, picture ? 2 : 1);
  }

  private close(): void {
    const bracket = this.brackets.pop();
    const target = bracket && targetAt(this.text, this.at + 1);
    if (bracket === undefined || target === undefined) {
      this.keep(']');
      return;
    }
    bracket.target = target;
    // Emphasis is either within the link or around it.
    pairMarks(this.runs.splice(bracket.runs));
    // A link has no other link in it.
    if (!bracket.picture) this.brackets = this.brackets.filter(({ picture }) => picture);
    this.add({ kind: 'end', source: this.text.slice(this.at, target.end) }, target.end - this.at);
  }

  private angle(): void {
    const address = autoAddressAt(this.text, this.at);
    if (address !== undefined && this.addAddress(address, address.length + 2)) return;
    const tag = this.inCell ? /^<br ?\/?>/i.exec(this.text.slice(this.at, this.at + 6)) : null;
    if (tag !== null && tag[0].length < this.text.length) this.add({ kind: 'break' }, tag[0].length);
    else this.keep('<');
  }

  private address(): void {
    const address = this.text.startsWith('http', this.at) ? bareAddressAt(this.text, this.at) : undefined;
    if (address === undefined || !this.addAddress(address, address.length)) this.keep('h');
  }

  private addAddress(address: string, length: number): boolean {
    const href = safeAddress(address);
    if (href !== undefined)
      this.add({ kind: 'link', href, title: '', children: [address], picture: false }, length);
    return href !== undefined;
  }

  private entity(): void {
    const found = entityAt(this.text, this.at);
    if (found === undefined) this.keep('&');
    else this.keep(found.character, found.length);
  }

  private lineBreak(): void {
    this.plain = this.plain.trimEnd();
    this.add({ kind: 'break' }, 1);
  }
}

type Nest = (children: readonly MarkdownInline[]) => MarkdownInline;

/** Emphasis or a link that is being read. Below the deepest level, its children are those of the level above. */
interface OpenNode {
  readonly children: MarkdownInline[];
  readonly nest: Nest | undefined;
}

const signs = (emphasis: Emphasis, mark: string): string => (emphasis === 'em' ? mark : mark.repeat(2));

/** Nests the parts. Below the deepest level, marks are text. */
class Nesting {
  readonly root: MarkdownInline[] = [];
  private readonly open: OpenNode[] = [];

  private get children(): MarkdownInline[] {
    return this.open.at(-1)?.children ?? this.root;
  }

  add(piece: Piece): void {
    if (typeof piece === 'string') this.children.push(piece);
    else if (piece.kind === 'run') this.run(piece.run);
    else if (piece.kind === 'bracket') this.bracket(piece);
    else if (piece.kind === 'end') this.end(piece.source);
    else this.children.push(piece);
  }

  private run({ mark, left, closes, opens }: MarkRun): void {
    for (const emphasis of closes) this.end(signs(emphasis, mark));
    if (left > 0) this.children.push(mark.repeat(left));
    for (const kind of opens.toReversed()) this.begin(signs(kind, mark), (children) => ({ kind, children }));
  }

  private bracket({ picture, target }: Bracket): void {
    const written = picture ? '![' : '[';
    if (target === undefined) this.children.push(written);
    else {
      const { href, title } = target;
      this.begin(written, (children) => ({ kind: 'link', href, title, children, picture }));
    }
  }

  private begin(written: string, nest: Nest): void {
    if (this.open.length < DEEPEST) {
      this.open.push({ children: [], nest });
      return;
    }
    this.children.push(written);
    this.open.push({ children: this.children, nest: undefined });
  }

  private end(written: string): void {
    const node = this.open.pop();
    this.children.push(node?.nest === undefined ? written : node.nest(node.children));
  }
}

function treeOf(pieces: readonly Piece[]): MarkdownInline[] {
  const nesting = new Nesting();
  for (const piece of pieces) nesting.add(piece);
  return nesting.root;
}
