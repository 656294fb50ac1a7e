/**
 * Looks from time to time what is selected, since a page can keep every event from Linnet: one that listens to the window
 * in the capture phase, and was there first, may stop them all.
 */
import { focusedDocument } from '../../../page/dom/frames.ts';
import { focusedElement, selectionOf } from '../../../page/dom/pristine-document.ts';

/** Milliseconds. */
const EVERY = 700;

type Look = readonly unknown[];

function look(doc: Document): Look {
  const selection = selectionOf(doc);
  const field = focusedElement(doc) as Partial<HTMLInputElement> | null;
  return [
    selection?.anchorNode,
    selection?.anchorOffset,
    selection?.focusNode,
    selection?.focusOffset,
    field?.selectionStart,
    field?.selectionEnd,
  ];
}

/** Nothing selected, as long as nobody has looked. */
const isCaret = ([anchor, from, focus, to, start, end]: Look): boolean =>
  anchor === focus && from === to && start === end;

interface SelectionPoll {
  /** Call it when an event has said that the selection in `doc` changed. */
  heard(doc: Document): void;
  stop(): void;
}

/**
 * `tick` is called with the document that has the focus, and for how many looks its selection has stood still: 0 if it
 * changed since the last one and no event said so.
 */
export function pollSelection(tick: (doc: Document, still: number) => void): SelectionPoll {
  const before = new WeakMap<Document, Look>([[document, look(document)]]);
  let still = 0;
  const timer = setInterval(() => {
    // Nobody selects anything in a page that is not seen.
    if (document.hidden) return;
    const doc = focusedDocument(document);
    const now = look(doc);
    const then = before.get(doc);
    before.set(doc, now);
    const isSame = then === undefined ? isCaret(now) : now.every((value, index) => value === then[index]);
    still = isSame ? still + 1 : 0;
    tick(doc, still);
  }, EVERY);
  return {
    heard: (doc) => before.set(doc, look(doc)),
    stop: () => clearInterval(timer),
  };
}
