/**
 * Looks from time to time what is selected, since a page can keep every event from Linnet: one that listens to the window
 * in the capture phase, and was there first, may stop them all.
 */
import { focusedDocument } from '../../../page/dom/frames.ts';
import { activeElementOf, selectionOf } from '../../../page/dom/pristine-document.ts';

/** Milliseconds. */
const EVERY = 700;

type Look = readonly unknown[];

function look(doc: Document): Look {
  const selection = selectionOf(doc);
  const field = activeElementOf(doc) as Partial<HTMLInputElement> | null;
  return [
    doc,
    selection?.anchorNode,
    selection?.anchorOffset,
    selection?.focusNode,
    selection?.focusOffset,
    field?.selectionStart,
    field?.selectionEnd,
  ];
}

/**
 * `tick` is called with the document that has the focus, and for how many looks its selection has stood still: 0 if it
 * changed since the last one. Returns a function that ends it.
 */
export function pollSelection(tick: (doc: Document, still: number) => void): () => void {
  let before = look(document);
  let still = 0;
  const timer = setInterval(() => {
    // Nobody selects anything in a page that is not seen.
    if (document.hidden) return;
    const doc = focusedDocument(document);
    const now = look(doc);
    still = now.every((value, index) => value === before[index]) ? still + 1 : 0;
    before = now;
    tick(doc, still);
  }, EVERY);
  return () => clearInterval(timer);
}
