/** Lets a text field grow with its text. */
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Greatest height in pixels, about six lines; a longer text scrolls. */
const MAX_HEIGHT = 160;
/** Pixels of the field's border, which `scrollHeight` leaves out. */
const BORDER = 2;

/** Returns a ref for the field whose text is `text`. */
export function useAutoHeight(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + BORDER, MAX_HEIGHT)}px`;
  }, [text]);
  return field;
}
