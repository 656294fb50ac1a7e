import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { findPassage, tabDistance } from './highlight.ts';

/** linkedom's ranges have no text across several nodes, so this returns the text at both ends. */
function ends(html: string, passage: string, exactly = false): string | undefined {
  const doc = parseHTML(`<html><body>${html}</body></html>`).document as unknown as Document;
  let start = ['', 0] as [string, number];
  let end = ['', 0] as [string, number];
  doc.createRange = () =>
    ({
      setStart: (node: Text, at: number) => (start = [node.data, at]),
      setEnd: (node: Text, at: number) => (end = [node.data, at]),
    }) as unknown as Range;
  return findPassage(doc, passage, exactly) === undefined
    ? undefined
    : `${start[0].slice(start[1], start[1] + 8)}…${end[0].slice(Math.max(0, end[1] - 8), end[1])}`;
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
});
