/**
 * Makes room for a translation: boxes that cut it off get the height that it needs, and lines that end in an ellipsis
 * wrap. Boxes that a person can scroll, that are folded, or that cut much more than this text stay as they are. Also
 * how a translation looks beside its original.
 */
import { lendStyle, returnStyle, wordsOf } from '../dom/masks.ts';
import { parentAcross } from '../dom/flat-tree.ts';
import { clientHeightOf, clientWidthOf, nameOf, scrollHeightOf, scrollWidthOf } from '../dom/pristine.ts';

/** How many elements around a paragraph are looked at. */
const LEVELS = 5;
/** How many of them are the paragraph's own, if they do not cut. */
const OWN_LEVELS = 2;
/** A box with so much of the window's height is the frame of the page. */
const WINDOW = 0.9;
/** Less than a line: a folded box. */
const LEAST_HEIGHT = 8;
/** A box that cut its text before is this paragraph's own if it has at most so many times its words. */
const OWN = 1.5;
const SLACK = 2;

/** A box that may cut its content. */
export interface ClippingBox {
  readonly element: Element;
  /** Whether it did so before the translation was shown. */
  readonly cutBefore: boolean;
}

const styleOf = (element: Element): CSSStyleDeclaration | undefined => globalThis.getComputedStyle?.(element);

/** Call it before the translation is shown. */
export function clipsAround(parent: Element): ClippingBox[] {
  const clips: ClippingBox[] = [];
  let element: Element | null = parent;
  for (let level = 0; element !== null && level < LEVELS; level++, element = parentAcross(element)) {
    const style = styleOf(element);
    if (style === undefined || /^(?:inline|contents)$/.test(style.display)) continue;
    if (isWindow(element)) break;
    const cuts = /hidden|clip/.test(`${style.overflowX} ${style.overflowY}`) || isClamped(style);
    const cutBefore = isCut(element);
    // A box of a fixed size that cuts nothing lets its text run over what follows.
    if ((cuts || (!cutBefore && level < OWN_LEVELS)) && clientHeightOf(element) >= LEAST_HEIGHT)
      clips.push({ element, cutBefore });
    if (/auto|scroll/.test(style.overflowY ?? '')) break;
  }
  return clips;
}

const isWindow = (element: Element): boolean =>
  /^(?:BODY|HTML)$/.test(nameOf(element)) ||
  clientHeightOf(element) >= WINDOW * (globalThis.innerHeight ?? Number.POSITIVE_INFINITY);

const isClamped = ({ webkitLineClamp }: CSSStyleDeclaration): boolean => /^\d+$/.test(webkitLineClamp ?? '');

const isCut = (element: Element): boolean =>
  scrollHeightOf(element) > clientHeightOf(element) + SLACK ||
  scrollWidthOf(element) > clientWidthOf(element) + SLACK;

/** Call it when the translation is shown. `length`: characters of the original. Returns what puts the boxes back. */
export function makeRoom(clips: readonly ClippingBox[], length: number): () => void {
  const lent: { readonly element: Element; readonly property: string }[] = [];
  const lend = (element: Element, property: string, value: string) => {
    lendStyle(element, property, value);
    lent.push({ element, property });
  };
  for (const { element, cutBefore } of clips) {
    if (!isCut(element)) continue;
    if (cutBefore && wordsOf(element).trim().length > Math.max(length * OWN, length + 20)) continue;
    lift(element, lend);
  }
  return () => {
    for (const { element, property } of lent.reverse()) returnStyle(element, property);
  };
}

function lift(element: Element, lend: (element: Element, property: string, value: string) => void): void {
  const style = styleOf(element)!;
  const { height, width } = style;
  const upright = /^vertical|^sideways/.test(style.writingMode ?? '');
  if (isClamped(style)) lend(element, '-webkit-line-clamp', 'none');
  if (style.whiteSpace === 'nowrap') lend(element, 'white-space', 'normal');
  const [size, most, least, now] = upright
    ? ['width', 'max-width', 'min-width', width]
    : ['height', 'max-height', 'min-height', height];
  if (!isCut(element)) return;
  lend(element, most!, 'none');
  lend(element, least!, now!);
  lend(element, size!, 'auto');
}

type Styles = Readonly<Record<string, string>>;

export const BELOW: Styles = {
  display: 'block',
  'margin-block': '0.35em 0',
  // In px, not em, so that translations of headings and paragraphs have the same indentation.
  'padding-inline-start': '12px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
  'text-align': 'start',
  'text-indent': '0',
};

/** In a line: an entry of a list in one line has to stay in it. */
export const BESIDE: Styles = {
  display: 'inline',
  'margin-inline-start': '6px',
  'padding-inline-start': '6px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
};

export function important(element: HTMLElement, styles: Styles): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, 'important');
}
