/** A field that appears because a person wants to write in it, or the safe answer to a question. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * For the `ref` of the field or button; it is focused once, in the frame that it appears in. A moment later (`useEffect`)
 * the person may have gone on to another field, and what they type there would land in this one.
 */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const field = useRef<T>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return field;
}

/** For `onKeyDown` of what such a field stands in: Escape puts it away, and not the whole popup with it. */
export const onEscape = (leave: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  leave();
};
