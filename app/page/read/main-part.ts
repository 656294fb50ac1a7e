/** Finds the element of the page that contains its main text. extract.ts, in contrast, reads a copy of the document. */
import { closestAcross, parentAcross } from '../dom/flat-tree.ts';
import type { Paragraph } from '../dom/paragraphs.ts';

/** Paragraphs with fewer characters are labels, links and captions. */
const MIN_LENGTH = 40;
/** The main part has at least this share of the text of all long paragraphs. */
const MIN_SHARE = 0.6;
const SECONDARY = 'nav, aside, footer, [role="navigation"], [role="complementary"], [role="contentinfo"]';
const LANDMARKS = 'article, main, [role="main"]';
/** A heading belongs to the text if an ancestor of the text, at most so many levels up, contains it. */
const REACH = 3;

/** Returns `body` if no smaller element contains most of the text. */
export function mainPart(paragraphs: readonly Paragraph[], body: Element): Element {
  const weights = new Map<Element, number>();
  let total = 0;
  for (const { parent, nodes } of paragraphs) {
    const weight = nodes.reduce((sum, node) => sum + (node.textContent ?? '').trim().length, 0);
    if (weight < MIN_LENGTH || closestAcross(parent, SECONDARY) !== undefined) continue;
    total += weight;
    for (let at: Element | null = parent; at !== null; at = at === body ? null : parentAcross(at)) {
      weights.set(at, (weights.get(at) ?? 0) + weight);
    }
  }
  if (total === 0) return body;
  const path = [body];
  for (;;) {
    const next = [...path.at(-1)!.children].find((child) => (weights.get(child) ?? 0) >= total * MIN_SHARE);
    // Never narrows down to a single paragraph, even if it is most of the page.
    if (next === undefined || paragraphs.some(({ parent }) => parent === next)) break;
    path.push(next);
  }
  const named = path.findLast((element) => element.matches(LANDMARKS));
  return named ?? withHeading(path);
}

function withHeading(path: readonly Element[]): Element {
  const found = path.at(-1)!;
  const near = path.slice(-1 - REACH).reverse();
  return near.find((element) => element.querySelector('h1') !== null) ?? found;
}
