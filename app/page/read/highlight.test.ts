import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { nodeVisits } from '../../testing/node-visits.ts';
import { findPassage, tabDistance } from './highlight.ts';

/** linkedom's ranges have no text across several nodes, so this returns the text at both ends. */
function ends(html: string, passage: string, exactly = false): string | undefined {
  const doc = parseHTML(`<html><body>${html}</body></html>`).document as unknown as Document;
  let start = ['', 0] as [string, number];
  let end = ['', 0] as [string, number];
  withRanges(
    doc,
    (node, at) => (start = [node.data, at]),
    (node, at) => (end = [node.data, at]),
  );
  return findPassage(doc, passage, exactly) === undefined
    ? undefined
    : `${start[0].slice(start[1], start[1] + 8)}…${end[0].slice(Math.max(0, end[1] - 8), end[1])}`;
}

type SetEdge = (node: Text, at: number) => void;

function withRanges(doc: Document, setStart: SetEdge, setEnd: SetEdge): void {
  const createRange = { value: () => ({ setStart, setEnd }) };
  Object.setPrototypeOf(doc, Object.create(Object.getPrototypeOf(doc), { createRange }));
}

describe('findPassage', () => {
  it('finds a passage across elements and white space', () => {
    const html = '<p>Before. A  <b>linnet\n</b> sings in the <i>gorse</i>. After.</p>';
    expect(ends(html, 'A linnet sings in the gorse.')).toBe('A  ….');
  });

  it('treats line breaks and block borders as spaces', () => {
    expect(ends('<p>A linnet<br>sings.</p>', 'A linnet sings.')).toBe('A linnet…sings.');
    expect(ends('<div>Not this.</div><div>But this.</div>', 'But this.')).toBe('But this…ut this.');
  });

  it('prefers the text to navigation, and ignores scripts', () => {
    const html = '<nav>A bird sings.</nav><script>"A bird sings."</script><p>Oh: A bird sings.</p>';
    expect(ends(html, 'A bird sings.')).toBe('A bird s…d sings.');
    const only = '<nav>A bird sings.</nav>';
    expect(ends(only, 'A bird sings.')).toBeDefined();
  });

  it('finds a similar sentence if the page has changed', () => {
    const html = '<p>Something else.</p><p>On Monday a small linnet sang in the gorse again.</p><p>End.</p>';
    expect(ends(html, 'A small linnet sang in the gorse on Monday.')).toBe('On Monda…e again.');
  });

  it('searches the page, not the translations below it', () => {
    const html = '<p>A linnet<linnet-translation>Ein Linnet</linnet-translation> sings.</p>';
    expect(ends(html, 'A linnet sings.')).toBe('A linnet… sings.');
    expect(ends(html, 'Ein Linnet')).toBeUndefined();
  });

  it('finds no similar sentence if it must match exactly, as for an address with another query', () => {
    const at = 'https://birds.test/linnet';
    expect(tabDistance(`${at}#song`, `${at}#nest`)).toBe('here');
    expect(tabDistance(`${at}?from=start`, `${at}#nest`)).toBe('near');
    expect(tabDistance(at, 'https://birds.test/wren')).toBe('elsewhere');
    const html = '<p>On Monday a linnet sang in the gorse.</p>';
    expect(ends(html, 'A linnet sang in the gorse on Monday.')).toBe('On Monda…e gorse.');
    expect(ends(html, 'A linnet sang in the gorse on Monday.', true)).toBeUndefined();
  });

  it('returns undefined if no sentence matches', () => {
    expect(ends('<p>Trains run late.</p>', 'A linnet sings in the gorse.')).toBeUndefined();
    expect(ends('', 'A linnet.')).toBeUndefined();
    expect(ends('<p>A</p>', ' ')).toBeUndefined();
  });

  it('finds a place after white space that is collapsed, and after blocks without words', () => {
    const html = '<p> One \n </p><p> </p>\n<div> <b> \n</b>\n  A  <i> linnet</i></div> <p>\tsings. </p>';
    expect(ends(html, 'A linnet sings.')).toBe('A  …\tsings.');
    expect(ends(html, 'linnet')).toBe('linnet… linnet');
  });

  it('finds what the reader read: without characters that nobody sees, and readings of ruby', () => {
    const html = '<p>Der <b>\u200bDonau\u00addamp\u00adfer</b> fährt.</p>';
    expect(ends(html, 'Donaudampfer fährt.')).toBe('Donau\u00adda… fährt.');
    const ruby = '<p><ruby>北<rp>(</rp><rt>きた</rt><rp>)</rp></ruby>の島へ渡る船</p>';
    expect(ends(ruby, '北の島へ渡る船')).toBe('北…の島へ渡る船');
  });

  it('finds a passage on a page whose elements have the names of the DOM', () => {
    const doc = parseHTML('<html><body><form><p>A linnet sings.</p></form></body></html>')
      .document as unknown as Document;
    const [form, input] = [doc.querySelector('form')!, doc.createElement('input')];
    let found: string | undefined;
    withRanges(
      doc,
      (node) => (found = node.data),
      () => undefined,
    );
    for (const name of ['nodeName', 'childNodes', 'shadowRoot', 'parentElement', 'checkVisibility'])
      Object.defineProperty(form, name, { value: input });
    for (const name of ['body', 'createRange', 'host']) Object.defineProperty(doc, name, { value: input });
    findPassage(doc, 'A linnet sings.');
    expect(found).toBe('A linnet sings.');
  });

  it('looks at twice as much of twice the page, at any depth', () => {
    const [one, two] = [10_000, 20_000].map((depth) => {
      const doc = parseHTML(`<html><body>${'<div>One '.repeat(depth)}</body></html>`)
        .document as unknown as Document;
      return nodeVisits(doc, () => findPassage(doc, 'A linnet sings.', true));
    });
    expect(one).toBeGreaterThan(10_000);
    expect(two! / one!).toBeLessThan(2.2);
  });
});
