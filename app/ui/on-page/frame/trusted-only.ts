/** Stops events that no person made: assistive technology and the keyboard make trusted ones, scripts do not. */

/** Events by which the views act. */
const EVENTS = [
  'beforeinput',
  'change',
  'click',
  'dblclick',
  'input',
  'keydown',
  'keypress',
  'keyup',
  'mousedown',
  'mouseup',
  'pointercancel',
  'pointerdown',
  'pointermove',
  'pointerup',
  'submit',
  'toggle',
] as const;

/** Call it before the views are rendered, with the window: it is the first to get each event. */
export function trustedOnly(target: Pick<EventTarget, 'addEventListener'>): void {
  const stop = (event: Event) => {
    if (event.isTrusted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const name of EVENTS) target.addEventListener(name, stop, { capture: true });
}
