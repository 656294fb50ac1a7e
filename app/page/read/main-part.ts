/** Finds the element of the page that contains its main text. extract.ts, in contrast, reads a copy of the document. */
import { parentAcross } from '../dom/flat-tree.ts';
import { wordsOf } from '../dom/masks.ts';
import type { Paragraph } from '../dom/paragraphs.ts';
import { childNodes, ELEMENT, matches, nodeType, selectAll } from '../dom/pristine.ts';

/** Paragraphs with fewer characters are labels, links and captions. */
const MIN_LENGTH = 40;
/** The main part has at least this share of the text of all long paragraphs. */
const MIN_SHARE = 0.6;
const SECONDARY = 'nav, aside, footer, [role="navigation"], [role="complementary"], [role="contentinfo"]';
const LANDMARKS = 'article, main, [role="main"]';
/** A heading belongs to the text if an ancestor of the text, at most so many levels up, contains it. */
const REACH = 3;

/** Returns `body` if no smaller element contains most of the text. Passes each element around a paragraph once. */
export function mainPart(paragraphs: readonly Paragraph[], body: Element): Element {
  const around = new Map<Element, Around>();
  let total = 0;
  for (const { parent, nodes } of paragraphs) {
    const weight = nodes.reduce((sum, node) => sum + wordsOf(node).trim().length, 0);
    if (weight < MIN_LENGTH) continue;
    const at = aroundOf(parent, body, around);
    if (at.secondary) continue;
    total += weight;
    at.weight += weight;
  }
  if (total === 0) return body;
  // An element is found after those around it, so this adds each to a sum that is not passed on yet.
  for (const { parent, weight } of [...around.values()].reverse())
    if (parent !== undefined) parent.weight += weight;
  const parents = new Set(paragraphs.map(({ parent }) => parent));
  const path = [body];
  for (;;) {
    const next = childElements(path.at(-1)!).find(
      (child) => (around.get(child)?.weight ?? 0) >= total * MIN_SHARE,
    );
    // Never narrows down to a single paragraph, even if it is most of the page.
    if (next === undefined || parents.has(next)) break;
    path.push(next);
  }
  const named = path.findLast((element) => matches(element, LANDMARKS));
  return named ?? withHeading(path);
}

/** An element around paragraphs, up to the body. */
interface Around {
  readonly parent: Around | undefined;
  /** In, or itself, navigation and the like. */
  readonly secondary: boolean;
  /** Characters of the long paragraphs in it. */
  weight: number;
}

function aroundOf(element: Element, body: Element, known: Map<Element, Around>): Around {
  const path: Element[] = [];
  let at: Element | null = element;
  for (; at !== null && !known.has(at); at = at === body ? null : parentAcross(at)) path.push(at);
  let around = at === null ? undefined : known.get(at);
  for (const inner of path.reverse()) {
    const secondary = around?.secondary === true || matches(inner, SECONDARY);
    around = { parent: around, secondary, weight: 0 };
    known.set(inner, around);
  }
  return around!;
}

const childElements = (element: Element): Element[] =>
  [...childNodes(element)].filter((child) => nodeType(child) === ELEMENT) as unknown as Element[];

function withHeading(path: readonly Element[]): Element {
  const found = path.at(-1)!;
  const near = path.slice(-1 - REACH).reverse();
  return near.find((element) => selectAll(element, 'h1').length > 0) ?? found;
}
