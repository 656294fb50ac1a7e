/**
 * Reads the text of an element and keeps its paragraphs: an empty line between blocks, a dash before list items, the
 * line breaks inside `pre`. Also reports where the headings begin. Works on any DOM; where the document has a layout,
 * elements that it hides are left out.
 */
import { shownChildren } from './flat-tree.ts';

export const BLOCKS: ReadonlySet<string> = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 ' +
    'H5 H6 HEADER HGROUP HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL'
  ).split(' '),
);
export const SILENT: ReadonlySet<string> = new Set(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT OPTION TEXTAREA INPUT BUTTON DIALOG HEAD MATH'.split(
    ' ',
  ),
);
const TEXT = 3;
const ELEMENT = 1;

export interface BlockText {
  readonly text: string;
  /** Offsets in `text` (characters, ascending) at which a heading begins. */
  readonly headings: readonly number[];
}

export const blockText = (root: Node): string => readBlocks(root).text;

/** Leaves out elements for which `skip` is true, with all their content. */
export function readBlocks(root: Node, skip: (element: Element) => boolean = () => false): BlockText {
  const headings: number[] = [];
  let all = '';
  let line = '';
  const end = (heading = false) => {
    const text = line.replace(/[ \t]+\n/g, '\n').replace(/^\n+|\s+$/g, '');
    line = '';
    if (text.trim() === '' || text.trim() === '-') return;
    if (all !== '') all += text.startsWith('- ') ? '\n' : '\n\n';
    if (heading) headings.push(all.length);
    all += text;
  };
  const walk = (node: Node, verbatim: boolean) => {
    if (node.nodeType === TEXT) {
      const text = node.nodeValue ?? '';
      line += verbatim ? text : joined(line, text);
      return;
    }
    if (node.nodeType !== ELEMENT && node !== root) return;
    const name = node.nodeName.toUpperCase();
    if (SILENT.has(name) || isHidden(node) || (node !== root && skip(node as Element))) return;
    if (name === 'BR') line += '\n';
    const block = BLOCKS.has(name);
    if (block) end();
    if (name === 'LI') line = '- ';
    for (const child of shownChildren(node)) walk(child, verbatim || name === 'PRE');
    if (name === 'TD' || name === 'TH') line += ' ';
    if (block) end(/^H[1-6]$/.test(name));
  };
  walk(root, false);
  end();
  return { text: all, headings };
}

/** Collapses white space to one space, and removes it after a space or at the start of a line. */
function joined(before: string, text: string): string {
  const collapsed = text.replace(/[\s\u00a0]+/g, ' ');
  return /(^|\s)$/.test(before) ? collapsed.replace(/^ /, '') : collapsed;
}

function isHidden(node: Node): boolean {
  const element = node as Element;
  return (
    element.hasAttribute?.('hidden') === true ||
    element.getAttribute?.('aria-hidden') === 'true' ||
    /display\s*:\s*none/i.test(element.getAttribute?.('style') ?? '') ||
    hiddenByLayout(element)
  );
}

/** Style sheets apply only to a document that is displayed. A clone of it, or a document in a test, has no layout. */
function hiddenByLayout(element: Element): boolean {
  return element.ownerDocument?.defaultView?.innerWidth !== undefined && element.isConnected
    ? element.checkVisibility?.() === false
    : false;
}
