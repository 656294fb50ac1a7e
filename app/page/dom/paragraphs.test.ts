import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
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

describe('runs', () => {
  it('are paragraphs, headings, items and cells', () => {
    expect(
      texts('<h1>One</h1><p>Two <b>three</b></p><ul><li>Four</li></ul><table><tr><td>Five</td></tr></table>'),
    ).toEqual(['One', 'Two three', 'Four', 'Five']);
  });

  it('are the text between blocks where the two are mixed', () => {
    expect(texts('<div>One <i>two</i><p>Three</p> four <ul><li>Five</li></ul></div>')).toEqual([
      'One two',
      'Three',
      ' four ',
      'Five',
    ]);
    expect(texts('<a href="/"><h2>One</h2><p>Two</p></a>')).toEqual(['One', 'Two']);
  });

  it('end at an empty line, not at a line break', () => {
    expect(texts('One<br>two<br><br>Three<br> \n <br>Four')).toEqual(['Onetwo', 'Three', 'Four']);
  });

  it('are not code, fields, buttons, what the page keeps, or what says nothing', () => {
    expect(
      texts(
        '<pre>code</pre><textarea>mine</textarea><button>Press</button><p translate="no">Name</p>' +
          '<div contenteditable="true">draft</div><p>12 / 34</p><p class="notranslate">x y</p><p>—</p><svg><text>hi ho</text></svg>',
      ),
    ).toEqual([]);
    expect(texts('<p>Run <code>npm test</code> now</p>')).toEqual(['Run npm test now']);
  });

  it('skip what Linnet has put there', () => {
    expect(texts('<p>One<linnet-translation>Eins</linnet-translation></p>')).toEqual(['One']);
  });

  it('leave scripts within a line where they are', () => {
    const { document } = parseHTML('<html><body><p>One <script>x()</script>two</p></body></html>');
    const [run] = paragraphsOf(document.body as unknown as Element, layoutByName);
    expect(run!.nodes).toHaveLength(3);
  });

  it('follow the layout where it is known', () => {
    const blocks: Layout = (element) =>
      element.getAttribute('class') === 'hidden'
        ? 'aside'
        : element.nodeName === 'SPAN'
          ? 'block'
          : layoutByName(element);
    expect(texts('<p><span>One</span><span>Two</span></p>', blocks)).toEqual(['One', 'Two']);
    expect(texts('<p>One <em class="hidden">not</em> two</p>', blocks)).toHaveLength(1);
  });

  it('of Chinese and Japanese may be a single sign', () => {
    expect(texts('<p>木</p><p>a</p>')).toEqual(['木']);
  });
});
