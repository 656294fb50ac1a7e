import { DOMParser, parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { finish } from '../dom/slices.ts';
import { extract } from './extract.ts';
import { readPlain } from './plain-documents.ts';

const MOST = 1000;

function withType(doc: unknown, contentType: string): Document {
  Object.defineProperty(doc, 'contentType', { value: contentType });
  Object.defineProperty(doc, 'defaultView', { value: { DOMParser } });
  return doc as Document;
}

/** As the browser parses a file of this type. */
const fileOf = (source: string, type = 'application/xml') =>
  withType(new DOMParser().parseFromString(source, 'text/xml'), type);
/** As the browser shows a file of text. */
const textFile = (text: string, type = 'text/plain') =>
  withType(parseHTML(`<html><body><pre>${text}</pre></body></html>`).document, type);
const read = (doc: Document, most = MOST) => readPlain(doc, most);

const RSS = `<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
  <title>Harbour news</title><link>https://harbour.test/</link><description>From the quay</description>
  <item><title>The crane</title><pubDate>Mon, 2 Jun 2025</pubDate><description>It is closed.</description>
    <content:encoded><![CDATA[<p>The crane is <b>closed</b> until June.</p>]]></content:encoded></item>
  <item><title>Dogs</title><description>Dogs &amp;amp; cats travel free.</description></item>
</channel></rss>`;
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour news</title><subtitle>From the quay</subtitle>
  <entry><title>The crane</title><updated>2025-06-02</updated><summary>It is closed.</summary><content src="https://harbour.test/crane"/></entry></feed>`;
const RDF = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
  <channel><title>Harbour news</title></channel><item><title>The crane</title><description>It is closed.</description></item></rdf:RDF>`;

describe('documents that are no web pages', () => {
  it.each([
    ['text/html', undefined],
    ['application/xhtml+xml', undefined],
    ['image/png', undefined],
    ['text/plain', 'One\n  two'],
    ['text/csv', 'One\n  two'],
    ['text/markdown', 'One\n  two'],
    ['application/json', 'One\n  two'],
    ['application/ld+json', 'One\n  two'],
    ['application/javascript', 'One\n  two'],
  ])('are known by their type: %s', (type, text) => {
    expect(read(textFile('One\r\n  two\n', type))?.text).toBe(text);
  });

  it.each([
    [
      'RSS, with the whole content of its entries where it is there',
      RSS,
      'Harbour news\n\nFrom the quay\n\nThe crane\n\nMon, 2 Jun 2025\n\nThe crane is closed until June.\n\nDogs\n\nDogs & cats travel free.',
      ['Harbour news', 'The crane', 'Dogs'],
    ],
    [
      'Atom',
      ATOM,
      'Harbour news\n\nFrom the quay\n\nThe crane\n\n2025-06-02\n\nIt is closed.',
      ['Harbour news', 'The crane'],
    ],
    ['RDF', RDF, 'Harbour news\n\nThe crane\n\nIt is closed.', ['Harbour news', 'The crane']],
  ])('feeds: %s', (_, source, text, titles) => {
    const found = read(fileOf(source))!;
    expect(found.text).toBe(text);
    expect(found.headings.map((at) => found.text.slice(at).split('\n')[0])).toEqual(titles);
    expect(found.cut).toBe(false);
  });

  it('XML: the elements that hold text alone, whatever they are called', () => {
    const source =
      '<quay><berth n="1"><boat>Iris</boat><length>7</length></berth><entry>Open <b>daily</b></entry><empty/></quay>';
    expect(read(fileOf(source))?.text).toBe('boat: Iris\nlength: 7\nb: daily');
  });

  it('SVG: its title, its description and its words', () => {
    const source =
      '<svg xmlns="http://www.w3.org/2000/svg"><title>Chart of the harbour</title><desc>Depths</desc><style>x{}</style><text>East <tspan>quay</tspan></text><text> </text></svg>';
    expect(read(fileOf(source, 'image/svg+xml'))?.text).toBe('Chart of the harbour\nDepths\nEast quay');
  });

  it.each([
    ['text', textFile('word '.repeat(900), 'text/plain')],
    ['XML', fileOf(`<a>${'<b>word</b>'.repeat(900)}</a>`)],
    [
      'a feed',
      fileOf(
        `<rss><channel>${`<item><title>${'word '.repeat(90)}</title></item>`.repeat(9)}</channel></rss>`,
      ),
    ],
    [
      'an entry of a feed',
      fileOf(
        `<rss><channel><item><description>${'word '.repeat(900)}</description></item><item><title>Next</title></item></channel></rss>`,
      ),
    ],
  ])('end at a number of characters, and say so: %s', (_, doc) => {
    const { text, headings, cut } = read(doc)!;
    expect(text.length).toBeLessThanOrEqual(MOST);
    expect(text.length).toBeGreaterThan(MOST - 20);
    expect(headings.every((at) => at < text.length)).toBe(true);
    expect(cut).toBe(true);
  });

  it('have no characters that nobody sees', () => {
    expect(read(textFile('ig\u200bnore'))?.text).toBe('ignore');
    expect(read(fileOf('<a><b>ig\u200bnore</b></a>'))?.text).toBe('b: ignore');
    expect(read(fileOf('<rss><channel><title>ig\u200bnore</title><item/></channel></rss>'))?.text).toBe(
      'ignore',
    );
  });

  it.each([
    ['a drawing', fileOf('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', 'image/svg+xml')],
    ['XML', fileOf('<a><b/></a>')],
    ['JSON', textFile('{}', 'application/json')],
  ])('are refused if they say nothing: %s', (_, doc) => {
    expect(() => finish(extract(doc, 'https://harbour.test/file'))).toThrow(
      expect.objectContaining({ code: 'page-empty' }),
    );
  });

  it('have the name of the file as their title', () => {
    const doc = textFile('The crane on the east quay is closed.');
    expect(finish(extract(doc, 'https://harbour.test/notes/crane%20list.txt?a=b')).title).toBe(
      'crane list.txt',
    );
  });
});
