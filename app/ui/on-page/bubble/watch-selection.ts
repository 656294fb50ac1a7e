/** Watches selections on a page by mouse, touch and keyboard, and the Escape key. */
import { activeElementOf, listen } from '../../../page/dom/pristine-document.ts';
import { currentSelection } from '../../../page/read/selection.ts';
import { isTrusted } from '../trusted.ts';
import type { BubbleController } from './bubble-controller.ts';

/**
 * Milliseconds without a change after which a selection is complete; on touch screens its handles are dragged for a
 * while.
 */
const QUIET_MS = 250;
/** Minimum length in characters; a single letter is selected by mistake. */
const MIN_LENGTH = 2;

/**
 * Offers each selection to `controller`. `host` is the element of the bubble. Returns a function that stops watching.
 */
export function watchSelection(controller: BubbleController, host: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;
  /** The text for which the bubble was closed; it is not offered again until the selection changes. */
  let dismissed: string | undefined;

  const check = () => {
    // Pressing the offer moves the focus to the bubble, and a form field loses its selection.
    if (pressed || (controller.phase.value === 'offer' && activeElementOf(document) === host)) return;
    const selected = currentSelection(document);
    if (selected === undefined || selected.text.length < MIN_LENGTH) {
      dismissed = undefined;
      controller.offer(undefined);
      return;
    }
    if (selected.text === dismissed) return;
    if (controller.phase.value === 'open' && controller.isAbout(selected.text)) return;
    controller.offer(selected);
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(check, QUIET_MS);
  };
  const onDown = (event: Event) => {
    pressed = event.target !== host;
  };
  const onUp = () => {
    pressed = false;
    schedule();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || controller.phase.value === 'hidden') return;
    event.stopPropagation();
    // Keeps a dialog of the page below the bubble open.
    event.preventDefault();
    dismissed = controller.selected.value?.text;
    controller.close();
  };
  const events = [
    ['selectionchange', schedule],
    ['pointerdown', onDown],
    ['pointerup', onUp],
    ['pointercancel', onUp],
    ['keydown', onKey],
  ] as const;
  const stops = events.map(([name, act]) =>
    listen(
      document,
      name,
      // The page may send events of its own.
      (event) => isTrusted(event) && act(event as KeyboardEvent),
      { capture: true },
    ),
  );
  // Also offers a selection that was made before this script started.
  schedule();
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
