/**
 * What of a page is seen, by its computed styles and its layout: {@link Looker.enter} decides about an element and all
 * in it, {@link Looker.shows} about words directly in it, or about a formula. Both are asked from the outside in, and
 * hand on what the inside needs to know of its surroundings.
 *
 * Not seen are: `display: none`, hidden visibility and content visibility, opacity near 0, boxes clipped to nothing, words
 * that nobody can scroll to, glyphs of no size or of the colour of their ground. Seen are: what a click on a native or
 * ARIA accordion opens, what appears when the page is scrolled to it, and what follows below the edge of a clipped box
 * ("read more"). Of a carousel and of tabs the part in front is seen. `aria-hidden` and `inert` say nothing about what is
 * seen: dialogs set them on the page behind.
 *
 * In a document without a layout, attributes decide (look-by-name.ts).
 */
import {
  boxOf,
  createRange,
  documentElementOf,
  ELEMENT,
  getAttribute,
  hasAttribute,
  nodeName,
  nodeType,
  nodeValue,
  TEXT,
  viewOf,
} from '../dom/pristine.ts';
import { clippedToNothing, clipOf, isReached, type PageArea, pageArea } from './place.ts';
import { groundsOn, hasInk, type Ink } from './ink.ts';
import { type Looker, OUTSIDE, type Seen, type Surroundings } from './surroundings.ts';

/** The opacity at which black on white is as pale as #e6e6e6. */
const LEAST_OPACITY = 0.1;
/** CSS pixels; nobody reads smaller letters. */
const LEAST_FONT = 4;
/** Square pixels that a letter takes at least; letters of {@link LEAST_FONT} take about 7. */
const LEAST_AREA = 4;

export class LayoutLooker implements Looker {
  readonly outside: Surroundings;
  private readonly area: PageArea;
  private readonly range: Range;
  private readonly styleOf: (element: Element) => CSSStyleDeclaration;
  private readonly openable: ReadonlySet<Element>;

  /** `openable`: parts that a button of an accordion opens. */
  constructor(doc: Document, openable: ReadonlySet<Element>) {
    this.openable = openable;
    const view = viewOf(doc)!;
    this.styleOf = (element) => view.getComputedStyle(element);
    this.area = pageArea(doc, view, this.styleOf);
    this.range = createRange(doc);
    // Where a page may follow the system's dark mode, the colour of its canvas is not known.
    const scheme = this.styleOf(documentElementOf(doc)).colorScheme;
    this.outside = { ...OUTSIDE, grounds: /dark/.test(scheme) ? undefined : [[255, 255, 255, 1]] };
  }

  enter(element: Element, around: Surroundings): Surroundings | undefined {
    const style = this.styleOf(element);
    const { display } = style;
    if (this.openable.has(element)) return { ...around, closed: true, style };
    if (display === 'none') return undefined;
    if (display === 'contents') return { ...around, style };
    const opacity = this.opacityOf(element, style, around);
    if (opacity === undefined || clippedToNothing(element, style)) return undefined;
    const placed = placedIn(style, around);
    const within = {
      ...around,
      ...placed,
      opacity,
      ...groundsOn(style, around),
      style,
    };
    if (style.contentVisibility === 'hidden')
      return getAttribute(element, 'hidden') === 'until-found' ? { ...within, closed: true } : undefined;
    if (around.closed) return within;
    if (nodeName(element) === 'DETAILS' && !hasAttribute(element, 'open'))
      return this.isReachable(element, within) ? { ...within, closed: true } : undefined;
    const clip = clipOf(element, style, within.clip);
    return clip === undefined ? within : { ...within, clip, moved: false };
  }

  shows(node: Text | Element, around: Surroundings): Seen {
    const { style, closed } = around;
    if (style === undefined) return 'plain';
    if (style.visibility !== 'visible') return 'no';
    const drawn = nodeName(node) === 'IMG';
    if (!drawn && Number.parseFloat(style.fontSize) < LEAST_FONT) return 'no';
    const ink: Ink = drawn ? 'plain' : hasInk(style, around, LEAST_OPACITY);
    if (ink === 'none') return 'no';
    if (!closed) {
      const box = shownBox(node, this.range);
      const { width, height } = box;
      const letters = (nodeType(node) === TEXT ? (nodeValue(node) ?? '') : '').replace(/\s+/g, '').length;
      if (width < 1 || height < 1 || width * height < letters * LEAST_AREA) return 'no';
      if (!isReached(box, around, this.area)) return 'no';
    }
    return ink === 'unsure' ? 'unsure' : 'plain';
  }

  private isReachable(element: Element, around: Surroundings): boolean {
    const box = boxOf(element);
    return box.height >= 1 && isReached(box, around, this.area);
  }

  /** Undefined if nothing inside is seen. */
  private opacityOf(
    element: Element,
    style: CSSStyleDeclaration,
    { opacity, closed }: Surroundings,
  ): number | undefined {
    const filter = /opacity\(([\d.]+)(%?)\)/.exec(style.filter);
    const filtered = filter === null ? 1 : Number(filter[1]) / (filter[2] === '%' ? 100 : 1);
    const own = Number(style.opacity) * filtered;
    if (opacity * own >= LEAST_OPACITY) return opacity * own;
    return !closed && this.appears(element, style) ? opacity : undefined;
  }

  /** Whether a faded part is out of view and prepared to be faded in, as many pages do when they are scrolled. */
  private appears(
    element: Element,
    { transitionProperty, transitionDuration, animationName }: CSSStyleDeclaration,
  ) {
    const fades = /\b(?:all|opacity)\b/.test(transitionProperty) && /[1-9]/.test(transitionDuration);
    if (!fades && animationName === 'none') return false;
    return boxOf(element).top >= this.area.viewHeight;
  }
}

/** The box of words, or of an element as a whole. `range` is any range of the same document. */
export function shownBox(node: Text | Element, range: Range): DOMRect {
  if (nodeType(node) === ELEMENT) return boxOf(node as Element);
  // `selectNode` would count the nodes before this one: lines between `br` are thousands of siblings.
  range.selectNodeContents(node);
  return range.getBoundingClientRect();
}

function placedIn(
  style: CSSStyleDeclaration,
  { clip, moved, fixed }: Surroundings,
): Pick<Surroundings, 'clip' | 'moved' | 'fixed'> {
  const { position } = style;
  if (position === 'fixed') return { clip: undefined, moved: true, fixed: true };
  let holder = clip;
  if (position === 'absolute') while (holder !== undefined && !holder.holds) holder = holder.parent;
  const shifted = position === 'absolute' || style.transform !== 'none' || style.translate !== 'none';
  const indented = style.textIndent !== '0px' || Number.parseFloat(style.marginTop) < 0;
  return { clip: holder, moved: moved || shifted || indented, fixed };
}
