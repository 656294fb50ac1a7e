/** What a page asks not to translate: all of it, or parts. */
import { wordsOf } from '../dom/masks.ts';
import { isCode } from '../dom/code.ts';
import { openRoots } from '../dom/flat-tree.ts';
import { isReadFrame } from './frame-roots.ts';
import { sayWords } from '../dom/paragraphs.ts';
import {
  bodyOf,
  closest,
  contentDocument,
  documentElementOf,
  isRendered,
  matches,
  nameOf,
  parentElement,
  selectAll,
} from '../dom/pristine.ts';
import { PROTECTED } from '../dom/inline/inline-marks.ts';
import type { Left } from './options.ts';

const META = 'meta[name="google" i][content~="notranslate" i], meta[name="google" i][value~="notranslate" i]';
/** An element with so much of the words is the page. */
const MOST = 0.5;

/** The elements that ask for the page as a whole. */
export function protectingPage(doc: Document): ReadonlySet<Element> {
  const [root, body] = [documentElementOf(doc), bodyOf(doc)];
  const found = new Set<Element>();
  for (const element of [root, body]) if (element !== null && matches(element, PROTECTED)) found.add(element);
  if (body === null) return found;
  const total = wordsOf(body).trim().length;
  for (const element of selectAll(body, PROTECTED))
    if (!isCode(element) && wordsOf(element).trim().length > total * MOST) found.add(element);
  return found;
}

export const asksNot = (doc: Document): boolean =>
  protectingPage(doc).size > 0 || selectAll(doc, META).length > 0;

/**
 * Frames of other sites and protected parts below `root` that a person sees. `insisted`: protected parts that are
 * translated.
 */
export function leftOut(root: Element, insisted: ReadonlySet<Element>): Left[] {
  const frames = [root, ...openRoots(root)]
    .flatMap((within) => selectAll(within, 'iframe, frame'))
    .filter((frame) => contentDocument(frame) === null && isReadFrame(frame));
  const parts = selectAll(root, PROTECTED).filter((element) => isPart(element, insisted));
  return [
    { reason: 'frames', count: frames.length },
    { reason: 'protected', count: parts.length },
  ];
}

/** Whole blocks: names and code within a line are left as they are in any translation. */
function isPart(element: Element, insisted: ReadonlySet<Element>): boolean {
  const display = globalThis.getComputedStyle?.(element).display ?? '';
  const above = parentElement(element);
  const outer = above === null ? null : closest(above, PROTECTED);
  return (
    !insisted.has(element) &&
    (outer === null || insisted.has(outer)) &&
    !/^(?:inline|none|contents)/.test(display) &&
    !/^(?:CODE|KBD|SAMP|VAR|PRE|BUTTON)$/.test(nameOf(element)) &&
    isRendered(element) &&
    sayWords(wordsOf(element)) &&
    !isCode(element)
  );
}
