/**
 * What a page does to an element of Linnet so that a person does not see it as it is. The browser's own check, which the
 * frame makes (sight.ts), finds what lies over it; it does not find masks, clips, animations and zoom.
 */
import { elementFromPoint } from '../../page/dom/pristine-document.ts';
import {
  boxOf,
  documentElementOf,
  FRAGMENT,
  getRootNode,
  isConnected,
  matches,
  nodeType,
  ownerDocument,
} from '../../page/dom/pristine.ts';

export type Hindrance = 'gone' | 'styled' | 'resized' | 'covered' | 'transition';

/** Computed values of Linnet's elements. Any other value comes from the page, and may hide or move what they show. */
export const UNTOUCHED: Readonly<Record<string, string>> = {
  'clip-path': 'none',
  'content-visibility': 'visible',
  display: 'block',
  filter: 'none',
  'mask-image': 'none',
  'mask-border-source': 'none',
  '-webkit-mask-box-image-source': 'none',
  'mix-blend-mode': 'normal',
  'offset-path': 'none',
  opacity: '1',
  perspective: 'none',
  'pointer-events': 'auto',
  position: 'fixed',
  rotate: 'none',
  scale: 'none',
  transform: 'none',
  translate: 'none',
  visibility: 'visible',
  zoom: '1',
};

/** Browsers round a computed zoom. */
const LEAST_ZOOM = 0.001;
/** Pixels that rounding may account for. */
const TOLERANCE = 2;
/** Pages may be zoomed by their own style sheets, within these factors. */
const ZOOMED = { min: 0.5, max: 3 };
/** Parts of width and height at which the element must be what a click hits. */
const POINTS = [
  [0.5, 0.5],
  [0.1, 0.1],
  [0.9, 0.1],
  [0.1, 0.9],
  [0.9, 0.9],
] as const;

/** `size` is the size that Linnet gave the element, in CSS pixels, `zoom` its zoom. */
export function hindranceOf(
  element: HTMLElement,
  size: { readonly width: number; readonly height: number },
  zoom = 1,
): Hindrance | undefined {
  const doc = ownerDocument(element);
  if (doc !== document || !isConnected(element) || !matches(element, ':popover-open')) return 'gone';
  if (isStyled(element, zoom)) return 'styled';
  const { left, top, width, height } = boxOf(element);
  const factor = width / size.width;
  const resized =
    !(factor >= ZOOMED.min && factor <= ZOOMED.max) ||
    Math.abs(height - size.height * factor) > TOLERANCE * Math.max(1, factor);
  if (resized) return 'resized';
  const isHit = ([x, y]: readonly [number, number]) =>
    hitAt(element, doc, left + x * width, top + y * height) === element;
  if (!POINTS.every(isHit)) return 'covered';
  const root = documentElementOf(doc);
  // The pictures of a transition lie over everything, also over the top layer.
  return root !== null && isInTransition(root) ? 'transition' : undefined;
}

/** In the tree of the element: outside of a component, the component is what is hit. */
function hitAt(element: Element, doc: Document, x: number, y: number): Element | null {
  const root = getRootNode(element);
  return nodeType(root) === FRAGMENT
    ? (root as ShadowRoot).elementFromPoint(x, y)
    : elementFromPoint(doc, x, y);
}

function isStyled(element: HTMLElement, zoom: number): boolean {
  const style = getComputedStyle(element);
  return Object.entries(UNTOUCHED).some(([name, value]) => {
    const now = style.getPropertyValue(name);
    if (name === 'zoom') return now !== '' && Math.abs(Number(now) - zoom) > LEAST_ZOOM;
    // Empty: this browser has no such property.
    return now !== '' && now !== value;
  });
}

function isInTransition(root: Element): boolean {
  try {
    return matches(root, ':active-view-transition');
  } catch {
    // Chromium before 125 does not know the selector.
    return false;
  }
}
