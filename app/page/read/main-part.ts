/** Where a page's main text lies, as an element of the page itself: extract.ts reads copies, this finds the place. */
import { closestAcross, parentAcross } from '../dom/flat-tree.ts';
import type { Paragraph } from '../dom/paragraphs.ts';

/** Paragraphs shorter than this (characters) are labels, links and captions. */
const SOLID = 40;
/** The main part holds at least this share of the text of solid paragraphs. */
const SHARE = 0.6;
const BESIDE = 'nav, aside, footer, [role="navigation"], [role="complementary"], [role="contentinfo"]';
const NAMED = 'article, main, [role="main"]';
/** A heading that stands at most so many elements above the text belongs to it. */
const REACH = 3;

/** `body` where no smaller element holds most of the text. */
export function mainPart(runs: readonly Paragraph[], body: Element): Element {
  const weights = new Map<Element, number>();
  let total = 0;
  for (const { parent, nodes } of runs) {
    const weight = nodes.reduce((sum, node) => sum + (node.textContent ?? '').trim().length, 0);
    if (weight < SOLID || closestAcross(parent, BESIDE) !== undefined) continue;
    total += weight;
    for (let at: Element | null = parent; at !== null; at = at === body ? null : parentAcross(at)) {
      weights.set(at, (weights.get(at) ?? 0) + weight);
    }
  }
  if (total === 0) return body;
  const path = [body];
  for (;;) {
    const next = [...path.at(-1)!.children].find((child) => (weights.get(child) ?? 0) >= total * SHARE);
    // A single paragraph that is most of the page is still part of something.
    if (next === undefined || runs.some(({ parent }) => parent === next)) break;
    path.push(next);
  }
  const named = path.findLast((element) => element.matches(NAMED));
  return named ?? withHeading(path);
}

function withHeading(path: readonly Element[]): Element {
  const found = path.at(-1)!;
  const near = path.slice(-1 - REACH).reverse();
  return near.find((element) => element.querySelector('h1') !== null) ?? found;
}
