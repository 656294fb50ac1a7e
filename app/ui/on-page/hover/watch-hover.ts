/**
 * Watches the key and the pointer. Without the key nothing is done, not even the pointer is watched; the page gets all
 * events as before.
 */
import { listen } from '../../../page/dom/pristine-document.ts';
import { isOn, pointedText, type Spot } from '../../../page/read/words/pointed.ts';
import type { HoverKey } from '../../../protocol/page/page-rules.ts';
import { isTrusted } from '../trusted.ts';
import type { HoverController } from './hover-controller.ts';

/** Milliseconds for which the pointer must rest; a key that is held for a shortcut is released or followed by another. */
const REST_MS = 200;
/** Pixels around a paragraph in which the pointer is still on it: its lines end at different places. */
const LEEWAY = 12;

/** `KeyboardEvent.key` of each. */
const KEYS: Readonly<Record<HoverKey, string>> = { alt: 'Alt', ctrl: 'Control', shift: 'Shift' };

/** `key`: the one that is held now; undefined for off. Returns a function that stops watching. */
export function watchHover(
  doc: Document,
  key: () => HoverKey | undefined,
  controller: () => HoverController,
): () => void {
  let held = false;
  let spot: Spot | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwatch: (() => void) | undefined;
  /** Only once the key was held is there a controller. */
  let active: HoverController | undefined;

  const look = () => {
    if (!held) return;
    active = controller();
    void active.point(pointedText(doc, spot));
  };
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(look, REST_MS);
  };
  const onMove = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return;
    spot = { x: event.clientX, y: event.clientY };
    const at = active?.pointed?.box();
    if (at !== undefined && isOn(at, spot, LEEWAY)) return;
    active?.end();
    if (held) rest();
    else stop();
  };
  const stop = () => {
    clearTimeout(timer);
    held = false;
    spot = undefined;
    active?.end();
    unwatch?.();
    unwatch = undefined;
  };
  const watchPointer = () => {
    const guarded = (act: (event: PointerEvent) => void) => (event: Event) =>
      isTrusted(event) && act(event as PointerEvent);
    const stops = [
      listen(doc, 'pointermove', guarded(onMove), { capture: true, passive: true }),
      // A click or a scroll is meant for the page.
      listen(doc, 'pointerdown', guarded(stop), { capture: true, passive: true }),
      listen(doc, 'scroll', guarded(stop), { capture: true, passive: true }),
    ];
    window.addEventListener('blur', stop);
    return () => {
      for (const end of stops) end();
      window.removeEventListener('blur', stop);
    };
  };
  const onDown = (event: KeyboardEvent) => {
    const wanted = key();
    if (wanted === undefined || event.repeat) return;
    const others = [event.altKey, event.ctrlKey, event.shiftKey, event.metaKey].filter(Boolean).length > 1;
    if (event.key !== KEYS[wanted] || others) {
      // Another key makes it a shortcut; Escape ends it.
      if (unwatch !== undefined) stop();
      return;
    }
    held = true;
    unwatch ??= watchPointer();
    rest();
  };
  const onUp = (event: KeyboardEvent) => {
    if (!held || event.key !== KEYS[key() ?? 'alt']) return;
    held = false;
    clearTimeout(timer);
    // What is shown stays until the pointer leaves it.
    if (active?.pointed === undefined) stop();
  };
  const keyboard = (act: (event: KeyboardEvent) => void) => (event: Event) =>
    isTrusted(event) && act(event as KeyboardEvent);
  const stops = [
    listen(doc, 'keydown', keyboard(onDown), { capture: true, passive: true }),
    listen(doc, 'keyup', keyboard(onUp), { capture: true, passive: true }),
  ];
  return () => {
    stop();
    for (const end of stops) end();
  };
}
