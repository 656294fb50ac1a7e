/**
 * Lets copies of the page's elements act as the elements themselves: what happens on a copy happens on the original,
 * where the page listens. A click with a key that opens a new tab stays the browser's.
 */
import { parentNode } from '../dom/pristine.ts';

const TYPES = [
  'click',
  'dblclick',
  'mousedown',
  'mouseup',
  'pointerdown',
  'pointerup',
  'mouseover',
  'mouseout',
  'keydown',
  'keyup',
] as const;

/** `originals`: the page's element of each copy in `root`. */
export function forwardEvents(root: Element, originals: ReadonlyMap<Element, Element>): void {
  if (originals.size === 0) return;
  const forward = (event: Event) => {
    const original = originalOf(event.target as Node | null, root, originals);
    if (original === undefined || opensElsewhere(event)) return;
    event.stopPropagation();
    const Same = event.constructor as new (type: string, init: Event) => Event;
    const allowed = original.dispatchEvent(new Same(event.type, event));
    // The original has done what a click does.
    if (!allowed || event.type === 'click') event.preventDefault();
  };
  for (const type of TYPES) root.addEventListener(type, forward, { capture: true });
}

function originalOf(
  target: Node | null,
  root: Element,
  originals: ReadonlyMap<Element, Element>,
): Element | undefined {
  for (let at = target; at !== null && at !== root; at = parentNode(at)) {
    const original = originals.get(at as Element);
    if (original !== undefined) return original;
  }
  return undefined;
}

function opensElsewhere(event: Event): boolean {
  const { ctrlKey, metaKey, shiftKey, button } = event as Partial<MouseEvent>;
  return (
    event.type === 'click' && (ctrlKey === true || metaKey === true || shiftKey === true || (button ?? 0) > 0)
  );
}
