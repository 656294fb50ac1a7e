import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { getAttribute, parentElement } from '../dom/pristine.ts';
import { codePieces } from './code-lines.ts';
import { type Looker, OUTSIDE } from './surroundings.ts';

/** Elements say by their class what is seen of the words in them. */
const looker: Looker = {
  outside: OUTSIDE,
  enter: (element, around) => (getAttribute(element, 'class') === 'closed' ? undefined : around),
  shows: (node) => {
    const name = getAttribute(parentElement(node)!, 'class');
    return name === 'hidden' ? 'no' : name === 'pale' ? 'unsure' : 'plain';
  },
};

function piecesOf(html: string) {
  const { document } = parseHTML(`<pre>${html}</pre>`);
  const pre = document.querySelector('pre') as unknown as Element;
  return [...codePieces(pre, OUTSIDE, looker)].filter((piece) => piece !== undefined);
}
const textOf = (html: string) =>
  piecesOf(html)
    .map(({ text }) => text)
    .join('');

describe('program text', () => {
  it.each([
    ['lines of the source', '\n\na = 1\n  b = 2\n', 'a = 1\n  b = 2\n'],
    ['elements that are lines', '<div>a</div><div>b</div>', 'a\nb'],
    ['elements that are lines, with line breaks between', '<div>a</div>\n<div>b</div>\n', 'a\nb\n'],
    ['empty lines', '<div>a</div>\n\n<div>b</div>', 'a\n\n\nb'],
    [
      'lines of a table without its numbers',
      '<table><tr><td class="lineno">1</td><td>a</td></tr><tr><td class="lineno">2</td><td>b</td></tr></table>',
      'a\nb',
    ],
    ['breaks', 'a<br>b<br><br>c', 'a\nb\n\nc'],
    ['words in elements of a line', '<b>a</b> = <i>1</i>', 'a = 1'],
  ])('has %s', (_, html, text) => {
    expect(textOf(html)).toBe(text);
  });

  it('has no words that are not seen, and says which have the colour of their ground', () => {
    expect(textOf('a<b class="hidden">x</b><b class="closed">x</b>b')).toBe('ab');
    const [, pale] = piecesOf('a<b class="pale">x</b>');
    expect([pale!.text, pale!.unsure?.data]).toEqual(['x', 'x']);
  });

  it('takes a step for each node, at any depth', () => {
    const depth = 20_000;
    const { document } = parseHTML(`<pre>${'<b>a'.repeat(depth)}</pre>`);
    const pre = document.querySelector('pre') as unknown as Element;
    let steps = 0;
    for (const _ of codePieces(pre, OUTSIDE, looker)) steps++;
    expect(steps).toBe(2 * depth);
  });
});
