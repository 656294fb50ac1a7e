/** Focus and Escape for fields and buttons that appear because of a user action. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Returns a ref for the field or button, which is focused once, before it is painted. In a later `useEffect` the user may
 * have moved to another field, and this one would take what they type there.
 */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const field = useRef<T>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return field;
}

/** Returns a handler for `onKeyDown` of the form: Escape calls `leave`, and the browser does not close the popup. */
export const onEscape = (leave: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  leave();
};
