import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { nodeVisits } from '../../testing/node-visits.ts';
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
  it('is the article, not navigation or comments', () => {
    const nav = `<nav><ul>${`<li>${sentence}</li>`.repeat(9)}</ul></nav>`;
    expect(
      found(
        `${nav}<main><article id="a"><h1>Birds</h1><div>${`<p>${sentence}</p>`.repeat(6)}</div></article><aside><p>${sentence}</p></aside></main>`,
      ),
    ).toBe('a');
  });

  it('includes the heading above the text', () => {
    const text = `<div>${`<p>${sentence}</p>`.repeat(3)}</div>`;
    expect(found(`<div id="outer"><h1>Birds</h1>${text}</div><div>Links</div>`)).toBe('outer');
  });

  it('is the body if the text is spread over the page, or if there is hardly any', () => {
    expect(found(`<div><p>${sentence}</p></div><div><p>${sentence}</p></div>`)).toBe('BODY');
    expect(found('<p>Hi</p>')).toBe('BODY');
    expect(found(`<p>${sentence}</p>`)).toBe('BODY');
  });

  it('looks at twice as much of twice the page, at any depth', () => {
    const [one, two] = [400, 800].map((n) => {
      const { document } = parseHTML(
        `<html><body>${`<div><p>${sentence}</p>`.repeat(n)}${'</div>'.repeat(n)}</body></html>`,
      );
      const body = document.body as unknown as Element;
      const paragraphs = paragraphsOf(body, layoutByName);
      expect(paragraphs).toHaveLength(n);
      return nodeVisits(document as unknown as Document, () => mainPart(paragraphs, body));
    });
    expect(one).toBeGreaterThan(400);
    expect(two! / one!).toBeLessThan(2.2);
  });
});
