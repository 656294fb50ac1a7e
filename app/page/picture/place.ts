/** Whether a box can be scrolled into view, and what the boxes around it clip away. All boxes are in CSS pixels of the view. */
import {
  bodyOf,
  boxOf,
  clientWidthOf,
  documentElementOf,
  nodeName,
  scrollHeightOf,
  scrollLeftOf,
  scrollTopOf,
  scrollWidthOf,
} from '../dom/pristine.ts';
import type { Clip, Edges, Surroundings } from './surroundings.ts';

/** What can be scrolled to in a document. */
export interface PageArea extends Edges {
  readonly viewWidth: number;
  readonly viewHeight: number;
}

/** CSS pixels; a clipped box of this height shows a few lines, and a button opens the rest of it. */
const READ_MORE = 48;
/** CSS pixels; boxes that are clipped to less show no letter. */
const NOTHING = 2;
/** Most clipped boxes around a text that are looked at. */
const MOST_CLIPS = 8;

export function pageArea(
  doc: Document,
  view: Window,
  styleOf: (element: Element) => CSSStyleDeclaration,
): PageArea {
  const root = documentElementOf(doc);
  const [scrollWidth, clientWidth] = [scrollWidthOf(root), clientWidthOf(root)];
  const { scrollX, scrollY, innerWidth, innerHeight } = view;
  const styles = [root, bodyOf(doc) ?? root].map(styleOf);
  // A page that scrolls to the left has its origin at the right.
  const leftward = styles.some(
    ({ direction, writingMode }) => direction === 'rtl' || writingMode === 'vertical-rl',
  );
  const still = styles.some(({ overflowX }) => overflowX === 'hidden' || overflowX === 'clip');
  const width = still ? clientWidth : Math.max(scrollWidth, clientWidth);
  const start = leftward ? clientWidth - width : 0;
  return {
    left: start - scrollX,
    right: start + width - scrollX,
    top: -scrollY,
    bottom: Math.max(scrollHeightOf(root), innerHeight) - scrollY,
    viewWidth: innerWidth,
    viewHeight: innerHeight,
  };
}

/** The clip of an element that hides or scrolls its overflow; undefined if it does neither. */
export function clipOf(
  element: Element,
  style: CSSStyleDeclaration,
  parent: Clip | undefined,
): Clip | undefined {
  const { overflowX, overflowY, display, position, transform } = style;
  if ((overflowX === 'visible' && overflowY === 'visible') || display === 'inline') return undefined;
  // Theirs is the view's.
  const name = nodeName(element);
  if (name === 'BODY' || name === 'HTML') return undefined;
  const { left, top, right, bottom } = boxOf(element);
  const scrolls = [overflowX, overflowY].some((way) => way === 'auto' || way === 'scroll');
  const leftward = style.direction === 'rtl' || style.writingMode === 'vertical-rl';
  return {
    box: { left, top, right, bottom },
    scrolls,
    start: {
      left: leftward ? Number.NEGATIVE_INFINITY : left - scrollLeftOf(element),
      top: top - scrollTopOf(element),
    },
    holds: position !== 'static' || transform !== 'none',
    parent,
  };
}

/** Whether a person can bring a part of the box into view. */
export function isReached(box: Edges, { clip, moved, fixed }: Surroundings, area: PageArea): boolean {
  let seen = box;
  let aside = moved;
  let at = clip;
  for (let depth = 0; at !== undefined && depth < MOST_CLIPS; depth++) {
    const inside = clippedBy(at, seen, aside);
    if (inside === undefined) return false;
    seen = inside;
    aside = false;
    at = at.parent;
  }
  const around = fixed ? { left: 0, top: 0, right: area.viewWidth, bottom: area.viewHeight } : area;
  return overlap(seen, around) !== undefined;
}

/** What is left of a box in a clip; undefined if nothing is. */
function clippedBy({ box, scrolls, start }: Clip, inner: Edges, aside: boolean): Edges | undefined {
  if (box.right - box.left <= NOTHING || box.bottom - box.top <= NOTHING) return undefined;
  const shared = overlap(inner, box);
  if (shared !== undefined) return shared;
  if (scrolls) return inner.right > start.left && inner.bottom > start.top ? box : undefined;
  const below = inner.top >= box.bottom - 1 && inner.left < box.right && inner.right > box.left && !aside;
  return below && box.bottom - box.top >= READ_MORE ? box : undefined;
}

/** Undefined if the two share less than a pixel. */
function overlap(a: Edges, b: Edges): Edges | undefined {
  const shared = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
  return shared.right - shared.left >= 1 && shared.bottom - shared.top >= 1 ? shared : undefined;
}

/** Whether `clip` or `clip-path` leaves nothing of an element. */
export function clippedToNothing(
  element: Element,
  { clip, clipPath, position }: CSSStyleDeclaration,
): boolean {
  if (clip !== 'auto' && (position === 'absolute' || position === 'fixed')) {
    const [top, right, bottom, left] = (clip.match(/-?[\d.]+px|auto/g) ?? []).map(Number.parseFloat);
    if (bottom! - top! <= NOTHING || right! - left! <= NOTHING) return true;
  }
  if (clipPath === 'none' || clipPath.startsWith('url(')) return false;
  return isNothing(clipPath, () => boxOf(element));
}

function isNothing(shape: string, boxOfShape: () => DOMRect): boolean {
  const [, name, inside = ''] = /^([\w-]+)\((.*)\)/s.exec(shape) ?? [];
  if (name === 'circle' || name === 'ellipse') return /^\s*[0.]+(?:px|%)?(?:\s|$)/.test(inside);
  if (name === 'inset' || name === 'xywh' || name === 'rect') {
    const { width, height } = boxOfShape();
    const sizes = inside
      .split(/\s+round\s/)[0]!
      .trim()
      .split(/\s+/);
    const [first = '0', second = first, third = first, fourth = second] = sizes;
    const pixels = (size: string, of: number) =>
      size.endsWith('%') ? (Number.parseFloat(size) / 100) * of : Number.parseFloat(size) || 0;
    if (name === 'xywh') return pixels(third, width) <= NOTHING || pixels(fourth, height) <= NOTHING;
    if (name === 'rect')
      return (
        pixels(third, height) - pixels(first, height) <= NOTHING ||
        pixels(second, width) - pixels(fourth, width) <= NOTHING
      );
    return (
      height - pixels(first, height) - pixels(third, height) <= NOTHING ||
      width - pixels(second, width) - pixels(fourth, width) <= NOTHING
    );
  }
  if (name !== 'polygon') return false;
  const points = inside.split(',').map((point) => point.trim().split(/\s+/));
  return [0, 1].some((axis) => new Set(points.map((point) => point[axis])).size === 1);
}
