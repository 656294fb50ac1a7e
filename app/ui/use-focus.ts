/** A field that appears because a person wants to write in it. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** For the field's `ref`; it is focused once, when it appears. */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const field = useRef<T>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}

/** For `onKeyDown` of what such a field stands in: Escape puts it away, and not the whole popup with it. */
export const onEscape = (leave: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  leave();
};
