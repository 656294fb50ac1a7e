/**
 * Reads documents that are no web pages. The browser shows text files and JSON in a `pre`, feeds and other XML as a
 * tree. Undefined for web pages.
 */
import { withoutInvisible } from '../../text/characters/invisible.ts';
import {
  bodyOf,
  childNodes,
  contentType,
  documentElementOf,
  ELEMENT,
  firstChild,
  nodeName,
  nodeType,
  nodeValue,
  selectAll,
  TEXT,
  textContent,
  viewOf,
} from '../dom/pristine.ts';
import { following } from '../dom/following.ts';

export interface PlainText {
  readonly text: string;
  readonly headings: readonly number[];
  readonly cut: boolean;
}

const TEXTS =
  /^(?:text\/(?!html|xml)|application\/(?:.*\+)?json|application\/(?:x-)?(?:javascript|yaml|toml|sh))/;
const XML = /^(?:text\/xml|application\/(?:.*\+)?xml|image\/svg\+xml)/;
/** Root elements of RSS, RDF and Atom, their entries, and what is read of each, in this order. */
const FEED = /^(?:[\w-]+:)?(?:rss|rdf|feed)$/i;
const ENTRIES = 'item, entry';
const TITLE = [/^title$/i];
const PARTS = [
  TITLE,
  [/^(?:pubdate|published|updated|dc:date)$/i],
  // The whole of an entry, where there is more than its summary.
  [/^content(?::encoded)?$/i, /^(?:description|summary)$/i],
];
const ABOUT = [/^(?:description|subtitle)$/i];

/** `most`: characters. */
export function readPlain(doc: Document, most: number): PlainText | undefined {
  const type = contentType(doc) ?? 'text/html';
  if (TEXTS.test(type)) return cutTo(inPre(doc), most);
  if (!XML.test(type) || type === 'application/xhtml+xml') return undefined;
  return readXml(doc, most);
}

const inPre = (doc: Document): string => {
  const shown = selectAll(doc, 'pre')[0] ?? documentElementOf(doc);
  return textContent(shown) ?? '';
};

function cutTo(text: string, most: number): PlainText {
  const seen = withoutInvisible(text.slice(0, most)).replace(/\r\n?/g, '\n').trim();
  return { text: seen, headings: [], cut: text.length > most };
}

function readXml(doc: Document, most: number): PlainText {
  // Browsers that show XML as a page of their own keep the source in it.
  const root = selectAll(doc, '#webkit-xml-viewer-source-xml > *')[0] ?? documentElementOf(doc);
  const entries = FEED.test(nodeName(root)) ? selectAll(root, ENTRIES) : [];
  if (entries.length > 0) return readFeed(root, entries, doc, most);
  const lines = /^svg$/i.test(nodeName(root))
    ? selectAll(root, 'title, desc, text').map((element) =>
        (textContent(element) ?? '').replace(/\s+/g, ' ').trim(),
      )
    : leaves(root, most);
  return cutTo(lines.filter((line) => line !== '').join('\n'), most);
}

function readFeed(root: Element, entries: readonly Element[], doc: Document, most: number): PlainText {
  let text = '';
  const headings: number[] = [];
  const add = (part: string, heading: boolean) => {
    const seen = withoutInvisible(part)
      .replace(/[ \t]+/g, ' ')
      .trim();
    if (seen === '') return;
    if (text !== '') text += '\n\n';
    if (heading) headings.push(text.length);
    text += seen;
  };
  const channel = selectAll(root, 'channel')[0] ?? root;
  for (const names of [TITLE, ABOUT]) add(partOf(channel, names, doc, most), names === TITLE);
  for (const entry of entries) {
    for (const names of PARTS) add(partOf(entry, names, doc, most), names === TITLE);
    if (text.length > most) break;
  }
  return { text: text.slice(0, most), headings: headings.filter((at) => at < most), cut: text.length > most };
}

/**
 * The text of the first child with the first of these names; if there is none, or it is blank, with the next name. At most
 * `most` characters of it; HTML in it is read as text.
 */
function partOf(entry: Element, names: readonly RegExp[], doc: Document, most: number): string {
  const children = [...childNodes(entry)].filter((child) => nodeType(child) === ELEMENT);
  const texts = names.map((name) => {
    const part = children.find((child) => name.test(nodeName(child)));
    return part === undefined ? '' : (textContent(part) ?? '').slice(0, most);
  });
  const text = texts.find((each) => each.trim() !== '') ?? '';
  if (!/<[a-z/!]|&\w+;/i.test(text)) return text.replace(/\s+/g, ' ');
  const { DOMParser: Parser } = viewOf(doc) as Window & typeof globalThis;
  const parsed = new Parser().parseFromString(`<html><body>${text}</body></html>`, 'text/html');
  return (textContent(bodyOf(parsed)) ?? '').replace(/\s+/g, ' ');
}

/** `name: text` of each element that holds text alone. */
function leaves(root: Element, most: number): string[] {
  const lines: string[] = [];
  let length = 0;
  for (let at: Node | null = root; at !== null && length <= most; at = following(at, root)) {
    const only = nodeType(at) === ELEMENT ? firstChild(at) : null;
    if (only === null || nodeType(only) !== TEXT || childNodes(at).length !== 1) continue;
    const text = (nodeValue(only) ?? '').replace(/\s+/g, ' ').trim();
    if (text === '') continue;
    lines.push(`${nodeName(at)}: ${text}`);
    length += text.length + 1;
  }
  return lines;
}
