/** Makes the global object of component tests an event target, as `window` is in a browser. Import it after `render.ts`. */
const view = document.defaultView as unknown as { EventTarget: typeof EventTarget };
const target = new view.EventTarget();

for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
  const value = target[name].bind(target);
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

/** Dispatches an event with the given properties. Returns false if a listener prevented the default action. */
export function fire(on: Pick<EventTarget, 'dispatchEvent'>, type: string, properties: object = {}): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  on.dispatchEvent(Object.assign(event, properties));
  return !event.defaultPrevented;
}
