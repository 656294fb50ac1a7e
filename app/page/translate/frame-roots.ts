/** The frames that are translated with a page: those of the same origin that a person reads in. */
import { openFrames } from '../dom/frames.ts';
import { containsAcross } from '../dom/flat-tree.ts';
import { wordsOf } from '../dom/masks.ts';
import { bodyOf, boxOf, isRendered } from '../dom/pristine.ts';

/** CSS pixels; a smaller frame holds no text to read. */
const LEAST = { width: 200, height: 100 };
/** A frame outside of the main part belongs to it with so much of its words: the mail in a mail program. */
const MOST_OF_PAGE = 0.5;

export function isReadFrame(frame: Element): boolean {
  const { width, height } = boxOf(frame);
  return isRendered(frame) && width >= LEAST.width && height >= LEAST.height;
}

const lengthOf = (element: Element): number => wordsOf(element).trim().length;

/** The bodies of frames that belong to `root`, which is `body` or a part of it. */
export function frameRoots(root: Element, body: Element): Element[] {
  const frames = openFrames(body).filter(({ element }) => isReadFrame(element));
  if (frames.length === 0) return [];
  const own = lengthOf(root);
  const found: Element[] = [];
  for (const { element, doc } of frames) {
    const inner = bodyOf(doc) as Element | null;
    if (inner === null || inner === undefined) continue;
    const belongs = [root, ...found].some((outer) => containsAcross(outer, element));
    if (belongs || lengthOf(inner) > own * MOST_OF_PAGE) found.push(inner);
  }
  return found;
}
