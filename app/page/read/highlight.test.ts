import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { findPassage, tabDistance } from './highlight.ts';

/** linkedom has no text in ranges of several nodes, so the ends are looked at. */
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

describe('passages on a page', () => {
  it('are found across elements and white space', () => {
    const html = '<p>Before. A  <b>linnet\n</b> sings in the <i>gorse</i>. After.</p>';
    expect(ends(html, 'A linnet sings in the gorse.')).toBe('A  ….');
  });

  it('are found where line breaks and blocks stand for space', () => {
    expect(ends('<p>A linnet<br>sings.</p>', 'A linnet sings.')).toBe('A linnet…sings.');
    expect(ends('<div>Not this.</div><div>But this.</div>', 'But this.')).toBe('But this…ut this.');
  });

  it('are rather those of the text than those of navigation and scripts', () => {
    const html = '<nav>A bird sings.</nav><script>"A bird sings."</script><p>Oh: A bird sings.</p>';
    expect(ends(html, 'A bird sings.')).toBe('A bird s…d sings.');
    const only = '<nav>A bird sings.</nav>';
    expect(ends(only, 'A bird sings.')).toBeDefined();
  });

  it('are found by what they say where the page has changed', () => {
    const html = '<p>Something else.</p><p>On Monday a small linnet sang in the gorse again.</p><p>End.</p>';
    expect(ends(html, 'A small linnet sang in the gorse on Monday.')).toBe('On Monda…e again.');
  });

  it('are those of the page, not of a translation beneath it', () => {
    const html = '<p>A linnet<linnet-translation>Ein Linnet</linnet-translation> sings.</p>';
    expect(ends(html, 'A linnet sings.')).toBe('A linnet… sings.');
    expect(ends(html, 'Ein Linnet')).toBeUndefined();
  });

  it('are looked for word by word only where the address may be that of another page', () => {
    const at = 'https://birds.test/linnet';
    expect(tabDistance(`${at}#song`, `${at}#nest`)).toBe('here');
    expect(tabDistance(`${at}?from=start`, `${at}#nest`)).toBe('near');
    expect(tabDistance(at, 'https://birds.test/wren')).toBe('elsewhere');
    const html = '<p>On Monday a linnet sang in the gorse.</p>';
    expect(ends(html, 'A linnet sang in the gorse on Monday.')).toBe('On Monda…e gorse.');
    expect(ends(html, 'A linnet sang in the gorse on Monday.', true)).toBeUndefined();
  });

  it('are not found where nothing says it', () => {
    expect(ends('<p>Trains run late.</p>', 'A linnet sings in the gorse.')).toBeUndefined();
    expect(ends('', 'A linnet.')).toBeUndefined();
    expect(ends('<p>A</p>', ' ')).toBeUndefined();
  });
});
