import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { nodeVisits } from '../../testing/node-visits.ts';
import { type Layout, layoutByName, paragraphsOf } from './paragraphs.ts';

function texts(html: string, layout: Layout = layoutByName): string[] {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  return paragraphsOf(document.body as unknown as Element, layout).map(({ nodes }) =>
    nodes
      .map((node) => node.textContent)
      .join('')
      .replace(/\s+/g, ' '),
  );
}

describe('paragraphsOf', () => {
  it('finds paragraphs, headings, items and cells', () => {
    expect(
      texts('<h1>One</h1><p>Two <b>three</b></p><ul><li>Four</li></ul><table><tr><td>Five</td></tr></table>'),
    ).toEqual(['One', 'Two three', 'Four', 'Five']);
  });

  it('finds the text between blocks if a block mixes both', () => {
    expect(texts('<div>One <i>two</i><p>Three</p> four <ul><li>Five</li></ul></div>')).toEqual([
      'One two',
      'Three',
      ' four ',
      'Five',
    ]);
    expect(texts('<a href="/"><h2>One</h2><p>Two</p></a>')).toEqual(['One', 'Two']);
  });

  it('ends a paragraph at an empty line, not at a line break', () => {
    expect(texts('One<br>two<br><br>Three<br> \n <br>Four')).toEqual(['Onetwo', 'Three', 'Four']);
  });

  it('skips code, fields, untranslatable elements and text without words', () => {
    expect(
      texts(
        '<pre>let code = 1;</pre><textarea>mine</textarea><p translate="no">Name</p>' +
          '<div contenteditable="true">draft</div><p>12 / 34</p><p class="notranslate">x y</p><p>—</p><svg><text>hi ho</text></svg>',
      ),
    ).toEqual([]);
    expect(texts('<p>Run <code>npm test</code> now</p>')).toEqual(['Run npm test now']);
  });

  it('finds what buttons say, apart from the sentence around them', () => {
    expect(texts('<p>Press <button>Go</button> to start</p>')).toEqual(['Go', 'Press Go to start']);
    expect(texts('<p><input> Name of the boat <button>Send it</button></p>')).toEqual([
      'Send it',
      ' Name of the boat ',
    ]);
  });

  it('finds each entry of a list in one line', () => {
    const inline: Layout = (element) => (element.nodeName === 'LI' ? 'inline' : layoutByName(element));
    expect(texts('<ul><li>One day</li> <li>Two days</li></ul>', inline)).toEqual(['One day', 'Two days']);
    expect(texts('<nav><a>Home page</a> | <a>About us</a> · <a>Help</a></nav>')).toEqual([
      'Home page',
      'About us',
      'Help',
    ]);
    expect(texts('<p>See <a>this one</a>, <a>that one</a></p>')).toHaveLength(1);
  });

  it('ends a paragraph at an empty line at any depth', () => {
    expect(texts('<font><b>One day<br><br>two days</b> more<br>\n<br>three</font>')).toEqual([
      'One day',
      'two days',
      ' more',
      'three',
    ]);
  });

  it('reads prose in a `pre`, with its lines, and no code', () => {
    const { document } = parseHTML('<html><body><pre>Iris met Max,\na doctor.</pre></body></html>');
    const [paragraph] = paragraphsOf(document.body as unknown as Element, layoutByName);
    expect(paragraph).toMatchObject({ verbatim: true });
    expect(texts('<pre><code>a plain line of words</code></pre>')).toEqual([]);
    expect(texts('<div class="highlight"><pre>a plain line of words</pre></div>')).toEqual([]);
    expect(texts('<pre>if (a) {\n  b(a);\n}</pre>')).toEqual([]);
  });

  it('reads what asks not to be translated where the person insists', () => {
    const { document } = parseHTML('<html><body class="notranslate"><p>One day</p></body></html>');
    const body = document.body as unknown as Element;
    expect(paragraphsOf(body, layoutByName)).toEqual([]);
    expect(paragraphsOf(body, layoutByName, new Set([body]))).toHaveLength(1);
  });

  it('skips translations that Linnet has inserted', () => {
    expect(texts('<p>One<linnet-translation>Eins</linnet-translation></p>')).toEqual(['One']);
  });

  it('keeps scripts within a line as part of the paragraph', () => {
    const { document } = parseHTML('<html><body><p>One <script>x()</script>two</p></body></html>');
    const [paragraph] = paragraphsOf(document.body as unknown as Element, layoutByName);
    expect(paragraph!.nodes).toHaveLength(3);
  });

  it('follows the layout', () => {
    const blocks: Layout = (element) =>
      element.getAttribute('class') === 'hidden'
        ? 'aside'
        : element.nodeName === 'SPAN'
          ? 'block'
          : layoutByName(element);
    expect(texts('<p><span>One</span><span>Two</span></p>', blocks)).toEqual(['One', 'Two']);
    expect(texts('<p>One <em class="hidden">not</em> two</p>', blocks)).toHaveLength(1);
  });

  it('accepts a single character of Chinese or Japanese', () => {
    expect(texts('<p>木</p><p>a</p>')).toEqual(['木']);
  });

  it('reads what a form with fields of any name contains', () => {
    const { document } = parseHTML(
      '<html><body><form><p>One <i>two</i></p></form><p>Three</p></body></html>',
    );
    const form = document.querySelector('form')!;
    for (const name of ['childNodes', 'nodeName', 'getAttribute', 'textContent', 'nextSibling', 'shadowRoot'])
      Object.defineProperty(form, name, { value: document.createElement('input') });
    const found = paragraphsOf(document.body as unknown as Element, layoutByName);
    expect(found.map(({ parent }) => parent.textContent)).toEqual(['One two', 'Three']);
  });

  it.each([
    ['blocks in blocks', (n: number) => `${'<div>One '.repeat(n)}${'</div>'.repeat(n)}`],
    ['blocks in inline elements', (n: number) => `${'<b>One '.repeat(n)}<p>Two</p>${'</b>'.repeat(n)}`],
    ['neighbours', (n: number) => `<p>${'<i>One</i> two<br> '.repeat(n)}</p>`],
  ])('looks at twice as much of twice the page, at any depth: %s', (_, html) => {
    const [one, two] = [1500, 3000].map((n) => {
      const { document } = parseHTML(`<html><body>${html(n)}</body></html>`);
      const body = document.body as unknown as Element;
      return nodeVisits(document as unknown as Document, () => paragraphsOf(body, layoutByName));
    });
    expect(one).toBeGreaterThan(1500);
    expect(two! / one!).toBeLessThan(2.2);
  });

  it('has no greatest depth', () => {
    const depth = 20_000;
    const { document } = parseHTML(`<html><body>${'<div>One '.repeat(depth)}</body></html>`);
    expect(paragraphsOf(document.body as unknown as Element, layoutByName)).toHaveLength(depth);
  });
});
