/**
 * Frames whose documents this script can read: those of the same origin, and frames in them. Also where a box in such a
 * document is seen in the view of the page around it.
 */
import { openRoots } from './flat-tree.ts';
import {
  boxOf,
  clientHeightOf,
  clientLeftOf,
  clientTopOf,
  clientWidthOf,
  contentDocument,
  nameOf,
  offsetWidthOf,
  ownerDocument,
  selectAll,
  viewOf,
} from './pristine.ts';
import { focusedElement } from './pristine-document.ts';

/** Frames within frames that are looked into. */
const MOST_DEEP = 4;
/** Frames of a page that are looked into. */
const MOST = 100;

interface OpenFrame {
  readonly element: Element;
  readonly doc: Document;
}

export const isFrame = (node: Node): boolean => nameOf(node) === 'IFRAME' || nameOf(node) === 'FRAME';

/** The frames below `root` that can be read, also those in shadow roots and in frames, outer ones first. */
export function openFrames(root: ParentNode & Node): OpenFrame[] {
  const found: OpenFrame[] = [];
  let level: (ParentNode & Node)[] = [root];
  for (let depth = 0; depth < MOST_DEEP && level.length > 0; depth++) {
    const frames = level.flatMap(framesIn).slice(0, MOST - found.length);
    found.push(...frames);
    level = frames.map(({ doc }) => doc);
  }
  return found;
}

function framesIn(root: ParentNode & Node): OpenFrame[] {
  return [root, ...openRoots(root)]
    .flatMap((within) => selectAll(within, 'iframe, frame'))
    .flatMap((element) => {
      const doc = contentDocument(element);
      return doc === null ? [] : [{ element, doc }];
    });
}

/** The document that has the focus: that of a frame, if the focus is in one that can be read. */
export function focusedDocument(doc: Document): Document {
  let at = doc;
  for (let depth = 0; depth < MOST_DEEP; depth++) {
    const focused = focusedElement(at);
    const inner = focused !== null && isFrame(focused) ? contentDocument(focused) : null;
    if (inner === null) break;
    at = inner;
  }
  return at;
}

/** The frame around a document; undefined for a page, and where the document around it is of another origin. */
export const frameAround = (doc: Document): Element | undefined =>
  (viewOf(doc)?.frameElement as Element | null | undefined) ?? undefined;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box in the view of `doc`, in CSS pixels of the view of the outermost document that can be read. */
export function boxAround<B extends Box>(box: B, doc: Document): B {
  let now: B = box;
  let at = doc;
  for (let depth = 0; depth < MOST_DEEP; depth++) {
    const frame = frameAround(at);
    if (frame === undefined) break;
    now = throughFrame(now, frame, at);
    at = ownerDocument(frame)!;
  }
  return now;
}

/** By measure, since zoom and transforms scale a frame; of one that is turned, the box around it counts. */
function throughFrame<B extends Box>(box: B, frame: Element, doc: Document): B {
  const { left, top, right, bottom } = box;
  const outer = boxOf(frame);
  const { paddingLeft, paddingTop, paddingRight, paddingBottom } = getComputedStyle(frame);
  const [before, above, after, below] = [paddingLeft, paddingTop, paddingRight, paddingBottom].map(
    (value) => Number.parseFloat(value) || 0,
  ) as [number, number, number, number];
  const { innerWidth = 0, innerHeight = 0 } = viewOf(doc) ?? {};
  const scale = outer.width / (offsetWidthOf(frame as HTMLElement) || outer.width || 1);
  const x = ((clientWidthOf(frame) - before - after) * scale) / (innerWidth || 1);
  const y = ((clientHeightOf(frame) - above - below) * scale) / (innerHeight || 1);
  const startX = outer.left + (clientLeftOf(frame) + before) * scale;
  const startY = outer.top + (clientTopOf(frame) + above) * scale;
  return {
    ...box,
    left: startX + left * x,
    top: startY + top * y,
    right: startX + right * x,
    bottom: startY + bottom * y,
  };
}
