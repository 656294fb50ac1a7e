/** Selections in frames that can be read, with their places in the view of the page around them. */
import { boxAround, focusedDocument } from '../../../page/dom/frames.ts';
import { writtenText } from '../../../page/read/editing.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { currentSelection } from '../../../page/read/selection.ts';

function outside(selected: Selected | undefined, doc: Document): Selected | undefined {
  if (selected === undefined || doc === document) return selected;
  return { ...selected, box: () => boxAround(selected.box(), doc) };
}

/** The selection in `doc`: this page, or a frame of it. */
export const selectionIn = (doc: Document): Selected | undefined => outside(currentSelection(doc), doc);

/** The selection in the frame that has the focus. A selection in the page around it is older. */
export function selectionInFrame(): Selected | undefined {
  const doc = focusedDocument(document);
  return doc === document ? undefined : selectionIn(doc);
}

/** The selection where the focus is, else the one in the page itself. */
export function selectionAnywhere(): Selected | undefined {
  return selectionInFrame() ?? currentSelection(document);
}

/** The whole text of the focused field or editable element. */
export function writtenAnywhere(): Selected | undefined {
  const doc = focusedDocument(document);
  return outside(writtenText(doc), doc);
}
