/**
 * Shows a sentence of the page: scrolls to it and marks it with the CSS Custom Highlight API, which paints a range
 * without changing the document, so that the page's own scripts and layout are not affected.
 *
 * The sentence comes from extracted text, so it is searched in the text nodes with white space normalised. If the page
 * has changed meanwhile, a sentence that says the same is shown, if there is one.
 */
import { BLOCKS, SILENT } from '../dom/block-text.ts';
import { closestAcross, shownChildren } from '../dom/flat-tree.ts';
import { PassageSearch } from '../../text/passages.ts';
import { TRANSLATION_TAG } from '../dom/paragraphs.ts';

const NAME = 'linnet-passage';
const STYLE = `::highlight(${NAME}) { background-color: #ffd54a; color: #1c1400; }`;
/** If a sentence occurs several times, as a title often does, occurrences in these elements are avoided. */
const SECONDARY = 'nav, header, footer, aside';

/** The visible text of a page, and the position of each of its characters in the document. */
interface TextMap {
  /** White space is collapsed to one space; `\n` separates blocks. */
  readonly text: string;
  readonly nodes: readonly Text[];
  /** For each character, the index in `nodes` and the offset there; a separator has those of the character before. */
  readonly node: readonly number[];
  readonly offset: readonly number[];
}

/** Compares two addresses: `here` for the same page, `near` if only the query differs, else `elsewhere`. */
export function tabDistance(url: string, now: string): 'here' | 'near' | 'elsewhere' {
  // Ignores the fragment: pages change it while they are read.
  const [wanted, current] = [url, now].map((address) => address.replace(/#.*$/, '')) as [string, string];
  if (wanted === current) return 'here';
  const withoutQuery = (address: string) => address.replace(/\?.*$/, '');
  return withoutQuery(wanted) === withoutQuery(current) ? 'near' : 'elsewhere';
}

/**
 * Returns false if the page has no such passage (any more). `exactly` excludes passages that only say much the same.
 */
export function showPassage(doc: Document, passage: string, exactly = false): boolean {
  const range = findPassage(doc, passage, exactly);
  clear();
  if (range === undefined) return false;
  highlights()?.set(NAME, new Highlight(range));
  useStyle(doc);
  reveal(range);
  // The next click shows that the person has seen it.
  doc.addEventListener('click', clear, { once: true, capture: true });
  return true;
}

function clear(): void {
  highlights()?.delete(NAME);
}

/** Needs Chromium 105 or later; without it the page only scrolls. */
const highlights = () => (typeof CSS === 'undefined' ? undefined : CSS.highlights);

export function findPassage(doc: Document, passage: string, exactly = false): Range | undefined {
  const map = textMap(doc);
  const wanted = passage.replace(/\s+/g, ' ').trim();
  if (wanted === '') return undefined;
  const found = exact(map, wanted) ?? (exactly ? undefined : similar(map, wanted));
  return found === undefined ? undefined : rangeOf(doc, map, found.start, found.end);
}

interface CharRange {
  readonly start: number;
  readonly end: number;
}

function exact(map: TextMap, wanted: string): CharRange | undefined {
  const line = map.text.replaceAll('\n', ' ');
  let first: CharRange | undefined;
  for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + 1)) {
    const span = { start: at, end: at + wanted.length };
    const { parentElement } = map.nodes[map.node[at]!]!;
    if (parentElement === null || closestAcross(parentElement, SECONDARY) === undefined) return span;
    first ??= span;
  }
  return first;
}

function similar(map: TextMap, wanted: string): CharRange | undefined {
  const found = new PassageSearch(map.text.replaceAll('\n', '\n\n')).find(wanted);
  // The search was given two line breaks for each one, so its offsets differ; its result is searched in the original
  // text.
  return found === undefined ? undefined : exact(map, found.text);
}

function rangeOf(doc: Document, { nodes, node, offset }: TextMap, start: number, end: number): Range {
  const range = doc.createRange();
  range.setStart(nodes[node[start]!]!, offset[start]!);
  range.setEnd(nodes[node[end - 1]!]!, offset[end - 1]! + 1);
  return range;
}

function textMap(doc: Document): TextMap {
  const nodes: Text[] = [];
  const chars: string[] = [];
  const node: number[] = [];
  const offset: number[] = [];
  const add = (char: string, inNode: number, at: number) => {
    // Collapses consecutive white space to its first character, or to a line break if it contains one.
    const repeated = /\s/.test(char) && /^\s?$/.test(chars.at(-1) ?? '');
    if (repeated && chars.length > 0 && char === '\n') chars[chars.length - 1] = char;
    if (repeated) return;
    chars.push(char);
    node.push(inNode);
    offset.push(at);
  };
  const separate = (by: string) => {
    if (chars.length > 0) add(by, node.at(-1)!, offset.at(-1)!);
  };
  const walk = (parent: Node) => {
    for (const child of shownChildren(parent)) {
      const name = child.nodeName.toUpperCase();
      if (child.nodeType === 3) {
        const { data } = child as Text;
        nodes.push(child as Text);
        for (let i = 0; i < data.length; i++) add(/\s/.test(data[i]!) ? ' ' : data[i]!, nodes.length - 1, i);
      }
      if (child.nodeType !== 1 || SILENT.has(name) || name === TRANSLATION_TAG) continue;
      if ((child as Element).checkVisibility?.() === false) continue;
      if (name === 'BR') separate(' ');
      if (BLOCKS.has(name)) separate('\n');
      walk(child);
      if (BLOCKS.has(name)) separate('\n');
    }
  };
  if (doc.body !== null) walk(doc.body);
  return { text: chars.join(''), nodes, node, offset };
}

const styled = new WeakSet<Document>();

function useStyle(doc: Document): void {
  if (styled.has(doc)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet];
  styled.add(doc);
}

/** Scrolls instantly, not smoothly. */
function reveal(range: Range): void {
  const start = range.startContainer.parentElement;
  // Scrolls nested scroll containers first, then to the line itself, which may be far down in a long paragraph.
  start?.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
  const view = start?.ownerDocument.defaultView;
  const { top, bottom } = range.getBoundingClientRect();
  if (view == null || (top >= 0 && bottom <= view.innerHeight)) return;
  view.scrollBy({ top: (top + bottom - view.innerHeight) / 2, behavior: 'instant' });
}
