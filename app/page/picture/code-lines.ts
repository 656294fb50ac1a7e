/** Program text as its lines: without the numbers in the gutter, whatever element holds a line. */
import { following } from '../dom/following.ts';
import {
  childNodes,
  ELEMENT,
  getAttribute,
  hasAttribute,
  nameOf,
  nodeType,
  nodeValue,
  TEXT,
} from '../dom/pristine.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';
import { shortText } from './short-text.ts';
import type { Looker, Surroundings } from './surroundings.ts';

const GUTTER =
  /(?:^|[\s_-])(?:ln|lnum|linenos?|line-?numbers?(?:-rows)?|linenumber|gutter|hljs-ln-numbers|blob-num|rouge-gutter)(?:[\s_-]|$)/i;
const LINE = new Set(['DIV', 'LI', 'P', 'TR', 'OL', 'UL', 'TABLE', 'TBODY']);
/** Most characters of the number of a line. */
const NUMBER = 8;

/** The numbers of lines beside program text, in an element or a table cell of their own. */
export function isGutter(element: Element): boolean {
  if (hasAttribute(element, 'data-line-number') && shortText(element, NUMBER) === '') return true;
  if (!GUTTER.test(getAttribute(element, 'class') ?? '')) return false;
  // A column of numbers is longer than one.
  return /^[\d\s]*$/.test(shortText(element, NUMBER) ?? '') && onlyNumbers(element);
}

/** At most this many numbers are looked at; a column that begins with so many is one of numbers. */
const NUMBERS = 40;

function onlyNumbers(element: Element): boolean {
  let at: Node | null = element;
  for (let count = 0; at !== null && count < NUMBERS; count++) {
    if (nodeType(at) === TEXT && !/^[\d\s]*$/.test((nodeValue(at) ?? '').slice(0, NUMBERS * NUMBER)))
      return false;
    at = following(at, element);
  }
  return true;
}

interface CodePiece {
  readonly text: string;
  /** The node whose words have the colour of their ground. */
  readonly unsure: Text | undefined;
}

/** An element whose children are being read. */
interface Open {
  readonly children: readonly Node[];
  next: number;
  readonly around: Surroundings;
  readonly line: boolean;
}

/** What is seen of the text of a `pre`: a step for each node, undefined where it adds nothing. Does not recurse. */
export function* codePieces(
  pre: Element,
  surroundings: Surroundings,
  looker: Looker,
): Generator<CodePiece | undefined> {
  const lines = new Lines();
  const open: Open[] = [];
  const enter = (element: Element, around: Surroundings, line: boolean) =>
    open.push({ children: [...childNodes(element)], next: 0, around, line });
  enter(pre, surroundings, false);
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const node = at.children[at.next++];
    if (node === undefined) {
      if (at.line) lines.end();
      open.pop();
      continue;
    }
    yield nodeType(node) === TEXT ? lines.words(node as Text, at.around, looker) : undefined;
    if (nodeType(node) !== ELEMENT) continue;
    const element = node as Element;
    const name = nameOf(element);
    if (name === 'BR') yield lines.add('\n');
    const within = isGutter(element) ? undefined : looker.enter(element, at.around);
    if (LINE.has(name)) lines.end();
    if (within !== undefined) enter(element, within, LINE.has(name));
  }
}

/** Puts line breaks between elements that are lines of their own. */
class Lines {
  private begun = false;
  /** A line has ended, and nothing of the next one is written. */
  private fresh = false;
  private broken = false;

  end(): void {
    this.fresh = true;
  }

  words(node: Text, around: Surroundings, looker: Looker): CodePiece | undefined {
    const text = withoutInvisible(nodeValue(node) ?? '');
    const seen = /\S/.test(text) ? looker.shows(node, around) : 'plain';
    if (seen === 'no') return undefined;
    return this.add(text, seen === 'unsure' ? node : undefined);
  }

  add(more: string, unsure?: Text): CodePiece | undefined {
    const { begun, fresh } = this;
    const own = begun ? more : more.replace(/^\n+/, '');
    if (own === '') return undefined;
    this.begun = true;
    this.fresh = false;
    const broken = this.broken || (fresh && begun);
    const before = broken && !this.broken ? '\n' : '';
    // The line break in the source after an element that is a line of its own is none on the screen.
    const text = before + (fresh && own === '\n' && broken ? '' : own);
    this.broken = text === '' ? this.broken : text.endsWith('\n');
    return { text, unsure };
  }
}
