/**
 * Reads the text of a picture (app/page/picture) and keeps its paragraphs: an empty line between blocks, a dash or the
 * number before list items, an arrow for each level before a reply (`data-reply`), the line breaks inside `pre`. Also
 * reports where the headings begin. Steps over the nodes once, without recursion.
 */
import {
  childNodes,
  ELEMENT,
  getAttribute,
  hasAttribute,
  nodeName,
  nodeType,
  nodeValue,
  TEXT,
} from './pristine.ts';

export const BLOCKS: ReadonlySet<string> = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION CENTER DD DETAILS DIALOG DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 ' +
    'H5 H6 HEADER HGROUP HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL'
  ).split(' '),
);
export const SILENT: ReadonlySet<string> = new Set(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT OPTION TEXTAREA INPUT BUTTON DIALOG HEAD MATH'.split(
    ' ',
  ),
);

export interface BlockText {
  readonly text: string;
  /** Offsets in `text` (characters, ascending) at which a heading begins. */
  readonly headings: readonly number[];
}

export const blockText = (root: Node): string => readBlocks(root).text;

/** An element whose children are being read. */
interface Open {
  readonly node: Node;
  readonly children: readonly Node[];
  next: number;
  readonly verbatim: boolean;
}

/** Leaves out elements for which `skip` is true, with all their content. */
export function readBlocks(root: Node, skip: (element: Element) => boolean = () => false): BlockText {
  const writer = new BlockWriter();
  const open: Open[] = [];
  const enter = (node: Node, verbatim: boolean) => {
    writer.begin(node);
    const inside = verbatim || nodeName(node).toUpperCase() === 'PRE';
    open.push({ node, children: [...childNodes(node)], next: 0, verbatim: inside });
  };
  if (nodeType(root) === TEXT) writer.write(nodeValue(root) ?? '', false);
  else enter(root, false);
  while (open.length > 0) {
    const at = open.at(-1)!;
    const child = at.children[at.next++];
    if (child === undefined) {
      open.pop();
      writer.end(at.node);
    } else if (nodeType(child) === TEXT) writer.write(nodeValue(child) ?? '', at.verbatim);
    else if (
      nodeType(child) === ELEMENT &&
      !SILENT.has(nodeName(child).toUpperCase()) &&
      !skip(child as Element)
    )
      enter(child, at.verbatim);
  }
  return writer.finish();
}

class BlockWriter {
  private readonly headings: number[] = [];
  private readonly blocks: string[] = [];
  private length = 0;
  private line = '';
  /** What begins the line, if it is an item of a list. */
  private mark = '';
  /** What comes before the first line of a reply. */
  private reply = '';
  /** The line is empty or ends with white space. */
  private spaced = true;

  write(text: string, verbatim: boolean): void {
    if (text === '') return;
    let more = text;
    if (!verbatim) {
      more = text.replace(/[\s\u00a0]+/g, ' ');
      if (this.spaced) more = more.replace(/^ /, '');
    }
    if (more === '') return;
    this.line += more;
    this.spaced = /\s$/.test(more.slice(-1));
  }

  begin(node: Node): void {
    const name = nodeName(node).toUpperCase();
    if (name === 'BR') this.breakLine('\n');
    // A number stands before the first block of its item.
    if (isBlock(node, name) && (this.mark === '' || this.mark === DASH || this.line !== this.mark))
      this.endLine(false);
    if (nodeType(node) === ELEMENT && hasAttribute(node as Element, 'data-reply')) {
      this.endLine(false);
      this.reply = `${'↳'.repeat(Number(getAttribute(node as Element, 'data-reply')))} `;
    }
    if (name !== 'LI') return;
    this.mark = `${getAttribute(node as Element, 'data-mark') ?? '-'} `;
    this.breakLine(this.mark);
  }

  end(node: Node): void {
    const name = nodeName(node).toUpperCase();
    if ((name === 'TD' || name === 'TH') && !this.spaced) this.breakLine(' ');
    if (isBlock(node, name)) this.endLine(/^H[1-6]$/.test(name));
  }

  finish(): BlockText {
    this.endLine(false);
    return { text: this.blocks.join(''), headings: this.headings };
  }

  private breakLine(by: string): void {
    this.line += by;
    this.spaced = true;
  }

  private endLine(heading: boolean): void {
    const { line, mark } = this;
    const text = withoutEdges(line);
    this.line = '';
    this.mark = '';
    this.spaced = true;
    if (text.trim() === '' || text.trim() === '-' || line === mark) return;
    const item = (mark !== '' && line.startsWith(mark)) || text.startsWith(DASH);
    if (this.length > 0) this.add(item ? '\n' : '\n\n');
    if (heading) this.headings.push(this.length);
    this.add(this.reply + text);
    this.reply = '';
  }

  private add(text: string): void {
    this.blocks.push(text);
    this.length += text.length;
  }
}

const DASH = '- ';

const isBlock = (node: Node, name: string): boolean =>
  nodeType(node) === ELEMENT &&
  (BLOCKS.has(name)
    ? !hasAttribute(node as Element, 'data-inline')
    : hasAttribute(node as Element, 'data-block'));

/** Without empty lines at the beginning, and white space at the end of the lines. */
function withoutEdges(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.join('\n').replace(/^\n+/, '').trimEnd();
}
