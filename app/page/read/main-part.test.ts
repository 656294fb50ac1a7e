import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { mainPart } from './main-part.ts';
import { layoutByName, paragraphsOf } from '../dom/paragraphs.ts';

const sentence = 'A linnet is a small finch of the heath, and it sings from a bush. ';

function found(html: string): string {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  const body = document.body as unknown as Element;
  const part = mainPart(paragraphsOf(body, layoutByName), body);
  return part.id || part.nodeName;
}

describe('the main part of a page', () => {
  it('is the article among navigation and comments', () => {
    const nav = `<nav><ul>${`<li>${sentence}</li>`.repeat(9)}</ul></nav>`;
    expect(
      found(
        `${nav}<main><article id="a"><h1>Birds</h1><div>${`<p>${sentence}</p>`.repeat(6)}</div></article><aside><p>${sentence}</p></aside></main>`,
      ),
    ).toBe('a');
  });

  it('takes the heading above the text along', () => {
    const text = `<div>${`<p>${sentence}</p>`.repeat(3)}</div>`;
    expect(found(`<div id="outer"><h1>Birds</h1>${text}</div><div>Links</div>`)).toBe('outer');
  });

  it('is the whole page where the text lies everywhere, or is nowhere', () => {
    expect(found(`<div><p>${sentence}</p></div><div><p>${sentence}</p></div>`)).toBe('BODY');
    expect(found('<p>Hi</p>')).toBe('BODY');
    expect(found(`<p>${sentence}</p>`)).toBe('BODY');
  });
});
