/** Hears of selections on a page by mouse, finger and keyboard, and of the Escape key. */
import { currentSelection } from '../../../page/read/selection.ts';
import type { BubbleController } from './bubble-controller.ts';

/** Milliseconds of calm after which a selection counts as made; fingers drag its handles for a while. */
const CALM = 250;
/** Characters; a single letter is a slip. */
const LEAST = 2;

/** Gives the way to stop. */
export function watchSelection(state: BubbleController, host: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;
  /** What the bubble was closed on; it is not offered again until it changes. */
  let dismissed: string | undefined;

  const look = () => {
    // A field loses its selection to whoever presses the offer.
    if (pressed || (state.phase.value === 'offer' && document.activeElement === host)) return;
    const selected = currentSelection(document);
    if (selected === undefined || selected.text.length < LEAST) {
      dismissed = undefined;
      state.offer(undefined);
      return;
    }
    if (selected.text === dismissed) return;
    if (state.phase.value === 'open' && state.isAbout(selected.text)) return;
    state.offer(selected);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, CALM);
  };
  const onDown = (event: Event) => {
    pressed = event.target !== host;
  };
  const onUp = () => {
    pressed = false;
    soon();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || state.phase.value === 'hidden') return;
    event.stopPropagation();
    // A dialog of the page that the bubble lies over stays.
    event.preventDefault();
    dismissed = state.selected.value?.text;
    state.close();
  };
  const events = [
    ['selectionchange', soon],
    ['pointerdown', onDown],
    ['pointerup', onUp],
    ['pointercancel', onUp],
    ['keydown', onKey],
  ] as const;
  for (const [name, listener] of events) document.addEventListener(name, listener as EventListener, true);
  // A selection made before Linnet came is offered too.
  soon();
  return () => {
    clearTimeout(timer);
    for (const [name, listener] of events)
      document.removeEventListener(name, listener as EventListener, true);
  };
}
