/** Watches selections on a page and in its frames by mouse, touch and keyboard, and the Escape key. */
import { activeElementOf } from '../../../page/dom/pristine-document.ts';
import { isSameSelection, type Selected } from '../../../page/read/selected.ts';
import { selectionIn } from './selection-in-frames.ts';
import { forEachDocument } from './open-documents.ts';
import { isTrusted } from '../trusted.ts';
import type { BubbleController } from './bubble-controller.ts';
import { SelectingGesture } from './selecting-gesture.ts';
import { pollSelection } from './selection-poll.ts';

/**
 * Milliseconds without a change after which a selection is complete; on touch screens its handles are dragged for a
 * while.
 */
const QUIET_MS = 250;
/** Minimum length in characters; a single letter is selected by mistake. */
const MIN_LENGTH = 2;
/** Looks without a change after which a pointer counts as released although no event said so. */
const STILL = 3;

/**
 * Offers each selection to `controller`. `host` is the element of the bubble. Returns a function that stops watching.
 */
export function watchSelection(controller: BubbleController, host: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;
  /** The document whose selection changed last. */
  let latest = document;
  /** The selection for which the bubble was closed; it is not offered again until another one is made. */
  let dismissed: Selected | undefined;
  const gesture = new SelectingGesture();

  const check = () => {
    // Pressing the offer moves the focus to the bubble, and a form field loses its selection.
    if (pressed || (controller.phase.value === 'offer' && activeElementOf(document) === host)) return;
    const selected = selectionIn(latest);
    if (selected === undefined || selected.text.length < MIN_LENGTH) {
      dismissed = undefined;
      controller.offer(undefined);
      return;
    }
    if (dismissed !== undefined && isSameSelection(dismissed, selected)) return;
    dismissed = undefined;
    if (controller.phase.value === 'open' && controller.isAbout(selected)) return;
    controller.offer(selected, gesture.isRecent ? 'gesture' : undefined);
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(check, QUIET_MS);
  };
  const onSelection = (doc: Document) => {
    latest = doc;
    schedule();
  };
  const onHeard = (doc: Document) => {
    poll.heard(doc);
    onSelection(doc);
  };
  const onDown = (_: Document, event: Event) => {
    pressed = event.target !== host;
    gesture.down(event);
  };
  const onRelease = () => {
    pressed = false;
    schedule();
  };
  const onUp = (_: Document, event: Event) => {
    gesture.up(event);
    onRelease();
  };
  const onKey = (_: Document, event: Event) => {
    gesture.key(event as KeyboardEvent);
    if ((event as KeyboardEvent).key !== 'Escape' || controller.phase.value === 'hidden') return;
    event.stopPropagation();
    // Keeps a dialog of the page below the bubble open.
    event.preventDefault();
    dismissed = controller.selected.value;
    controller.close();
  };
  const events = [
    ['selectionchange', onHeard],
    ['pointerdown', onDown],
    ['pointerup', onUp],
    ['pointercancel', onUp],
    // A page that stops one kind of event may let the other pass.
    ['mouseup', onUp],
    ['touchend', onUp],
    ['keydown', onKey],
  ] as const;
  const documents = forEachDocument((doc, view) => {
    // The window is the first to hear of an event.
    const stops = events.map(([name, act]) => {
      // The page may send events of its own.
      const listener = (event: Event) => isTrusted(event) && act(doc, event);
      view.addEventListener(name, listener, { capture: true });
      return () => view.removeEventListener(name, listener, { capture: true });
    });
    return () => {
      for (const stop of stops) stop();
    };
  });
  const poll = pollSelection((doc, still) => {
    if (doc !== document) documents.refresh();
    if (still === 0) onSelection(doc);
    if (pressed && still === STILL) onRelease();
  });
  // Also offers a selection that was made before this script started.
  schedule();
  return () => {
    clearTimeout(timer);
    poll.stop();
    documents.stop();
  };
}
