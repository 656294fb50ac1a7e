/**
 * Shows a sentence of the page: scrolls to it and marks it with the CSS Custom Highlight API, which paints a range
 * without changing the document, so that the page's own scripts and layout are not affected.
 *
 * The sentence comes from extracted text, so it is searched in the text nodes with white space normalised. If the page
 * has changed meanwhile, a sentence that says the same is shown, if there is one.
 */
import { closestAcross } from '../dom/flat-tree.ts';
import { adoptedStyleSheetsOf, createRange, ownerDocument, parentElement, viewOf } from '../dom/pristine.ts';
import { listen, scrollIntoView } from '../dom/pristine-document.ts';
import { PassageSearch } from '../../text/passages.ts';
import { nodeAt, placeOf, type TextMap, textMap } from './text-map.ts';

const NAME = 'linnet-passage';
const STYLE = `::highlight(${NAME}) { background-color: #ffd54a; color: #1c1400; }`;
/** If a sentence occurs several times, as a title often does, occurrences in these elements are avoided. */
const SECONDARY = 'nav, header, footer, aside';

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
  listen(doc, 'click', clear, { once: true, capture: true });
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
    const around = parentElement(nodeAt(map, at));
    if (around === null || closestAcross(around, SECONDARY) === undefined) return span;
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

function rangeOf(doc: Document, map: TextMap, start: number, end: number): Range {
  const range = createRange(doc);
  const [first, last] = [placeOf(map, start), placeOf(map, end - 1)];
  range.setStart(first.node, first.offset);
  range.setEnd(last.node, last.offset + 1);
  return range;
}

const styled = new WeakSet<Document>();

function useStyle(doc: Document): void {
  if (styled.has(doc)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  adoptedStyleSheetsOf(doc).push(sheet);
  styled.add(doc);
}

/** Scrolls instantly, not smoothly. */
function reveal(range: Range): void {
  const start = parentElement(range.startContainer);
  if (start === null) return;
  // Scrolls nested scroll containers first, then to the line itself, which may be far down in a long paragraph.
  scrollIntoView(start, { block: 'center', inline: 'nearest', behavior: 'instant' });
  const view = viewOf(ownerDocument(start)!);
  const { top, bottom } = range.getBoundingClientRect();
  if (view === null || (top >= 0 && bottom <= view.innerHeight)) return;
  view.scrollBy({ top: (top + bottom - view.innerHeight) / 2, behavior: 'instant' });
}
