/**
 * The picture of a page: one flat document of what is seen of it. The live document is read once, iteratively; a second
 * document, which no page owns and no script runs in, gets a copy of what is seen. Shadow roots, slots and frames of the
 * same origin are flattened into it. Readability and the second reader (app/page/read) both work on this picture.
 *
 * In the picture, formulas are their source, program text is its lines, list items have their numbers, `pre-wrap` has line
 * breaks, ruby has no readings, and headings stand free. It holds at most {@link MOST_CHARACTERS} characters and is at
 * most {@link MOST_DEPTH} elements deep, whatever the page is.
 */
import { childrenShown } from '../dom/flat-tree.ts';
import {
  bodyOf,
  boxOf,
  contentDocument,
  createRange,
  documentElementOf,
  ELEMENT,
  getAttribute,
  hasAttribute,
  implementationOf,
  isRendered,
  nameOf,
  nodeType,
  nodeValue,
  ownerDocument,
  selectAll,
  TEXT,
  titleOf,
  viewOf,
} from '../dom/pristine.ts';
import type { Sliced } from '../dom/slices.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';
import { headingLevel, isApparatus, isHeading, wrapsHeading } from './apparatus.ts';
import { codePieces, isGutter } from './code-lines.ts';
import { copyHead, copyOf, listMark, markLayout } from './copy.ts';
import { formulaSource, isFormula } from './formulas.ts';
import { Grounds } from './grounds.ts';
import { LayoutLooker, shownBox } from './look.ts';
import type { Looker, Surroundings } from './surroundings.ts';
import { NameLooker } from './look-by-name.ts';
import { topmost } from './topmost.ts';

export interface Picture {
  /** Has no window: nothing in it is loaded or run. */
  readonly doc: Document;
  /** Characters of the body's text. */
  readonly characters: number;
  /** The page goes on; the picture has its beginning. */
  readonly cut: boolean;
  /** Frames of other sites, which cannot be read. */
  readonly foreignFrames: number;
  /** Surfaces that a script paints, as map and office programs do. */
  readonly canvases: number;
}

/** A million characters are a novel of 400 pages. */
export const MOST_CHARACTERS = 1_000_000;
/** Nodes that are looked at; a page of a million characters has about 100,000. */
const MOST_NODES = 500_000;
/** Deeper elements are put into the one at this depth; Readability looks up the tree again and again. */
const MOST_DEPTH = 200;
/** Nodes between two places where the work may be interrupted. */
const SLICE = 200;
/** Frames within frames that are read. */
const MOST_FRAMES_DEEP = 4;
/** CSS pixels; smaller frames are counters and buttons. */
const FRAME = { width: 120, height: 60 } as const;
/** Characters; what lies on top of the page and has fewer is not what is read. */
const LEAST_ON_TOP = 80;

const names = (list: string) => new Set(list.split(' '));
const DROPPED = names(
  'SCRIPT STYLE NOSCRIPT TEMPLATE HEAD TITLE LINK META OBJECT EMBED AUDIO SELECT OPTION TEXTAREA METER PROGRESS RT RP RTC ' +
    'LINNET-TRANSLATION',
);
/** Painted, and without text of their own. */
const PAINTED = names('IMG SVG VIDEO CANVAS');
const FRAMES = names('IFRAME FRAME');

/** Can be interrupted at each `yield`; where the page changes meanwhile, it is read as it is then. */
export function* takePicture(doc: Document): Sliced<Picture> {
  const top = topmost(doc);
  if (top !== undefined) {
    const picture = yield* new Painter(doc).paint(top);
    if (picture.characters >= LEAST_ON_TOP) return picture;
  }
  return yield* new Painter(doc).paint(bodyOf(doc) ?? documentElementOf(doc));
}

/** The children of an element that are still to be copied. */
interface Row {
  readonly nodes: readonly Node[];
  next: number;
  readonly into: Element;
  readonly around: Surroundings;
  readonly looker: Looker;
  readonly depth: number;
  readonly frames: number;
  /** In a heading, or in what opens a part of the page: buttons are text there. */
  readonly heading: boolean;
  readonly list: { next: number; readonly step: number; readonly type: string } | undefined;
}

interface Unsure {
  readonly copies: readonly Text[];
  /** Words, or a formula. */
  readonly live: Text | Element;
}

class Painter {
  private readonly target: Document;
  private readonly live: Document;
  private readonly rows: Row[] = [];
  private readonly grounds = new Grounds();
  private readonly unsure: Unsure[] = [];
  /** Program text that is still to be copied, before the next node. */
  private code: Sliced<void> | undefined;
  private looked = 0;
  private left = MOST_CHARACTERS;
  private cut = false;
  private foreignFrames = 0;
  private canvases = 0;

  constructor(live: Document) {
    this.live = live;
    this.target = emptyDocument(live);
    copyHead(live, withoutInvisible(titleOf(live)), this.target);
  }

  *paint(root: Element): Sliced<Picture> {
    const looker = lookerOf(this.live);
    const html = documentElementOf(this.live);
    const outside = root === html ? looker.outside : looker.enter(html, looker.outside);
    const around = outside && looker.enter(root, outside);
    const { body } = this.target;
    if (around !== undefined) {
      const row = { around, looker, depth: 0, frames: 0, heading: false, list: undefined };
      this.rows.push({ ...row, nodes: childrenShown(root), next: 0, into: body });
    }
    for (let row = this.rows.at(-1); row !== undefined; row = this.rows.at(-1)) {
      const node = row.nodes[row.next++];
      if (node === undefined) this.rows.pop();
      else this.copyNode(node, row);
      if (this.code !== undefined) yield* this.code;
      this.code = undefined;
      if (!this.goesOn()) break;
      if (this.looked % SLICE === 0) yield;
    }
    this.decide();
    const { cut, foreignFrames, canvases } = this;
    return { doc: this.target, characters: MOST_CHARACTERS - this.left, cut, foreignFrames, canvases };
  }

  /** Counts a node that was looked at; false where the picture ends. */
  private goesOn(): boolean {
    this.looked++;
    if (this.looked > MOST_NODES || this.left <= 0) this.cut = true;
    return !this.cut;
  }

  private copyNode(node: Node, row: Row): void {
    const kind = nodeType(node);
    if (kind === TEXT) this.copyText(node as Text, row);
    else if (kind === ELEMENT) this.copyElement(node as Element, row);
  }

  private copyText(live: Text, { into, around, looker }: Row): void {
    const text = withoutInvisible(nodeValue(live) ?? '').slice(0, this.left);
    const kept = /^preserve|^break/.test(around.style?.whiteSpaceCollapse ?? '');
    if (!/\S/.test(text)) {
      if (text !== '') this.write(text, into, kept);
      return;
    }
    const seen = looker.shows(live, around);
    if (seen === 'no') return;
    this.left -= text.length;
    const copies = this.write(text, into, kept);
    if (seen === 'unsure') this.unsure.push({ copies, live });
  }

  /** Where white space is kept, line breaks become `br`. */
  private write(text: string, into: Element, kept: boolean): Text[] {
    return (kept ? text.split('\n') : [text]).map((line, index) => {
      if (index > 0) into.appendChild(this.target.createElement('br'));
      return into.appendChild(this.target.createTextNode(line));
    });
  }

  private copyElement(element: Element, row: Row): void {
    const name = nameOf(element);
    if (DROPPED.has(name) || (name === 'BUTTON' && !row.heading)) return;
    const around = row.looker.enter(element, row.around);
    if (around === undefined) return;
    if (isFormula(element)) this.copyFormula(element, name, { ...row, around });
    else if (PAINTED.has(name)) this.copyPainted(element, name, row);
    else if (FRAMES.has(name)) this.copyFrame(element, { ...row, around });
    else if (name === 'PRE') this.code = this.copyCode(element, { ...row, around });
    else if (!isApparatus(element, name) && !isGutter(element))
      this.copyInside(element, name, { ...row, around }, row);
  }

  private copyInside(element: Element, name: string, row: Row, outer: Row): void {
    const nodes = childrenShown(element);
    const inside = { ...row, nodes, next: 0, list: listOf(element, name) };
    const through = name === 'SLOT' || name === 'BUTTON' || wrapsHeading(element, name);
    if (through || row.depth >= MOST_DEPTH) {
      // Beyond the greatest depth a line break takes the place of the element.
      if (!through) row.into.appendChild(this.target.createElement('br'));
      this.rows.push({ ...inside, list: through ? outer.list : inside.list });
      return;
    }
    const level = headingLevel(element);
    const copy = copyOf(element, level === undefined ? name : `H${level}`, this.target);
    const { style } = row.around;
    if (style !== undefined) {
      markLayout(copy, name, style, outer.around.style?.display ?? '');
      if (isLayer(style, nodes.length)) this.grounds.add(element);
    }
    if (name === 'LI' && outer.list !== undefined) numberItem(copy, element, outer.list, style);
    row.into.appendChild(copy);
    if (nodes.length === 0) return;
    const heading = row.heading || level !== undefined || isHeading(name) || name === 'SUMMARY';
    this.rows.push({ ...inside, into: copy, depth: row.depth + 1, heading });
  }

  private copyFormula(element: Element, name: string, row: Row): void {
    const source = formulaSource(element);
    if (source === undefined) {
      this.copyPainted(element, name, row);
      return;
    }
    const seen = row.looker.shows(element, row.around);
    if (seen === 'no') return;
    const text = withoutInvisible(source).slice(0, this.left);
    this.left -= text.length;
    const copy = this.target.createTextNode(text);
    row.into.appendChild(copy);
    if (seen === 'unsure') this.unsure.push({ copies: [copy], live: element });
  }

  private copyPainted(element: Element, name: string, { into }: Row): void {
    this.grounds.add(element);
    if (name === 'CANVAS') this.canvases++;
    if (name === 'IMG') into.appendChild(copyOf(element, name, this.target));
  }

  private *copyCode(element: Element, { looker, around, into }: Row): Sliced<void> {
    const copy = copyOf(element, 'PRE', this.target);
    into.appendChild(copy);
    let plain: string[] = [];
    const write = (text: string): Text => copy.appendChild(this.target.createTextNode(text));
    for (const piece of codePieces(element, around, looker)) {
      const text = (piece?.text ?? '').slice(0, this.left);
      this.left -= text.length;
      if (piece?.unsure === undefined) plain.push(text);
      else {
        write(plain.join(''));
        plain = [];
        // Words that are taken out leave their line breaks.
        const copies = text.split('\n').map((line, index) => {
          if (index > 0) write('\n');
          return write(line);
        });
        this.unsure.push({ copies, live: piece.unsure });
      }
      if (!this.goesOn()) break;
      if (this.looked % SLICE === 0) yield;
    }
    write(plain.join(''));
  }

  private copyFrame(element: Element, row: Row): void {
    this.grounds.add(element);
    const { width, height } = boxOf(element);
    if (width < FRAME.width || height < FRAME.height) return;
    const doc = contentDocument(element);
    const body = doc && bodyOf(doc);
    if (doc === null || body === null || row.frames >= MOST_FRAMES_DEEP) {
      if (doc === null) this.foreignFrames++;
      return;
    }
    const looker = lookerOf(doc);
    const around = looker.enter(body, looker.outside);
    if (around === undefined) return;
    const copy = copyOf(element, 'DIV', this.target);
    row.into.appendChild(copy);
    const inside = { ...row, looker, around, into: copy, depth: row.depth + 1, frames: row.frames + 1 };
    this.rows.push({ ...inside, nodes: childrenShown(body), next: 0, list: undefined });
  }

  /** Takes words out whose colour is that of their ground, if nothing else is painted there. */
  private decide(): void {
    for (const { copies, live } of this.unsure) {
      if (this.grounds.covers(shownBox(live, createRange(ownerDocument(live)!)))) continue;
      for (const copy of copies) {
        this.left += copy.data.length;
        copy.remove();
      }
    }
  }
}

/** A DOM without implementations, as in tests, has a parser. */
function emptyDocument(doc: Document): Document {
  const implementation: DOMImplementation | undefined = implementationOf(doc);
  if (implementation !== undefined) return implementation.createHTMLDocument('');
  const { DOMParser: Parser } = viewOf(doc) as Window & typeof globalThis;
  return new Parser().parseFromString('<html><head></head><body></body></html>', 'text/html');
}

/** Whether an element paints something other than a colour that its own words are compared with. */
const isLayer = ({ backgroundImage, backgroundColor }: CSSStyleDeclaration, children: number): boolean =>
  backgroundImage.includes('url(') ||
  (children === 0 && (backgroundImage !== 'none' || backgroundColor !== 'rgba(0, 0, 0, 0)'));

function lookerOf(doc: Document): Looker {
  // Documents that were only parsed have no window, or one without a size.
  const view = viewOf(doc);
  return view?.innerWidth === undefined ? new NameLooker() : new LayoutLooker(doc, openable(doc));
}

/** Parts that the buttons of accordions open: as `details`, they are closed but not hidden. */
function openable(doc: Document): Set<Element> {
  const found = new Set<Element>();
  const buttons = ':is(h1,h2,h3,h4,h5,h6,[role="heading"]) > [aria-expanded="false"][aria-controls]';
  const ids = new Set(
    selectAll(doc, buttons)
      .filter(isRendered)
      .map((button) => getAttribute(button, 'aria-controls') ?? ''),
  );
  if (ids.size === 0) return found;
  for (const element of selectAll(doc, '[id]'))
    if (ids.has(getAttribute(element, 'id') ?? '')) found.add(element);
  return found;
}

function listOf(element: Element, name: string): Row['list'] {
  if (name !== 'OL') return undefined;
  const reversed = hasAttribute(element, 'reversed');
  const start = getAttribute(element, 'start');
  const first =
    start === null
      ? reversed
        ? childrenShown(element).filter((node) => nameOf(node as Element) === 'LI').length
        : 1
      : Number.parseInt(start, 10);
  return {
    next: Number.isNaN(first) ? 1 : first,
    step: reversed ? -1 : 1,
    type: getAttribute(element, 'type') ?? '',
  };
}

function numberItem(
  copy: Element,
  element: Element,
  list: NonNullable<Row['list']>,
  style: CSSStyleDeclaration | undefined,
): void {
  const own = Number.parseInt(getAttribute(element, 'value') ?? '', 10);
  const number = Number.isNaN(own) ? list.next : own;
  list.next = number + list.step;
  const mark = listMark(number, style?.listStyleType ?? list.type);
  if (mark !== undefined) copy.setAttribute('data-mark', mark);
}
