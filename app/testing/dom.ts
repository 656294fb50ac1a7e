/**
 * A document for component tests, without a browser engine: linkedom, with what a browser adds to the bare tree and
 * components rely on. That is focus, the state of form controls, popovers, and a layout in which everything has size 0.
 * Importing this file installs it as the global `document`. It must be imported before any module that looks for a
 * document while it loads (Preact does); `render.ts` imports it first.
 */
import { parseHTML } from 'linkedom';

const { document, window } = parseHTML('<!doctype html><html><head></head><body></body></html>');
const { Element, Event, HTMLElement } = window;

type Properties<T> = PropertyDescriptorMap & ThisType<T>;

const extend = <T extends object>(prototype: T, properties: Properties<T>): void => {
  Object.defineProperties(prototype, properties);
};
const classOf = (tag: string): HTMLElement => Object.getPrototypeOf(document.createElement(tag));
const value = (given: unknown): PropertyDescriptor => ({ value: given, writable: true, configurable: true });

/** Names of attributes are lower case in HTML; Preact relies on that for `tabIndex`. */
extend(HTMLElement.prototype as HTMLElement, {
  setAttribute: value(function (this: HTMLElement, name: string, text: string) {
    Element.prototype.setAttribute.call(this, name.toLowerCase(), text);
  }),
  removeAttribute: value(function (this: HTMLElement, name: string) {
    Element.prototype.removeAttribute.call(this, name.toLowerCase());
  }),
});

// linkedom calls listeners with the target as `this`; Preact needs the element that has the listener, as in a browser.

type Listener = (this: Element, event: Event) => unknown;
const { addEventListener, removeEventListener } = Element.prototype;
const wrappers = new WeakMap<Listener, WeakMap<Element, Listener>>();

function wrapped(element: Element, listener: Listener): Listener {
  const ofListener = wrappers.get(listener) ?? new WeakMap<Element, Listener>();
  wrappers.set(listener, ofListener);
  const wrapper = ofListener.get(element) ?? ((event) => listener.call(element, event));
  ofListener.set(element, wrapper);
  return wrapper;
}

extend(Element.prototype as Element, {
  addEventListener: value(function (this: Element, type: string, listener: Listener, options?: boolean) {
    addEventListener.call(this, type, wrapped(this, listener), options);
  }),
  removeEventListener: value(function (this: Element, type: string, listener: Listener, options?: boolean) {
    removeEventListener.call(this, type, wrapped(this, listener), options);
  }),
});

// Focus.

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';
let active: HTMLElement | undefined;

const dispatch = (target: EventTarget, type: string, bubbles: boolean): void => {
  target.dispatchEvent(new Event(type, { bubbles }) as Event);
};

const focusedElement = (): HTMLElement => (active?.isConnected === true ? active : document.body);

export const isDisabled = (element: Element): boolean =>
  element.hasAttribute('disabled') || element.closest('fieldset[disabled]') !== null;

/** Whether the element can take the focus; `[tabindex="-1"]` can, although Tab passes over it. */
export const isFocusable = (element: Element): boolean => element.matches(FOCUSABLE) && !isDisabled(element);

function moveFocus(to: HTMLElement | undefined): void {
  const from = active?.isConnected === true ? active : undefined;
  if (from === to) return;
  active = to;
  if (from !== undefined) {
    dispatch(from, 'blur', false);
    dispatch(from, 'focusout', true);
  }
  if (to !== undefined) {
    dispatch(to, 'focus', false);
    dispatch(to, 'focusin', true);
  }
}

extend(document as Document, {
  activeElement: { get: focusedElement, configurable: true },
  // Every page of ours has a doctype.
  compatMode: value('CSS1Compat'),
});
extend(HTMLElement.prototype as HTMLElement, {
  focus: value(function (this: HTMLElement) {
    if (this.isConnected && isFocusable(this) && isShown(this)) moveFocus(this);
  }),
  blur: value(function (this: HTMLElement) {
    if (focusedElement() === this) moveFocus(undefined);
  }),
  tabIndex: {
    get(this: HTMLElement) {
      return Number(this.getAttribute('tabindex') ?? (isFocusable(this) ? 0 : -1));
    },
    set(this: HTMLElement, index: number) {
      this.setAttribute('tabindex', String(index));
    },
    configurable: true,
  },
});

// The state of form controls.

function booleanAttribute(name: string): PropertyDescriptor & ThisType<Element> {
  return {
    get() {
      return this.hasAttribute(name);
    },
    set(on: boolean) {
      this.toggleAttribute(name, Boolean(on));
    },
    configurable: true,
  };
}

extend(classOf('input') as HTMLInputElement, {
  checked: booleanAttribute('checked'),
  indeterminate: value(false),
});
extend(classOf('option') as HTMLOptionElement, {
  value: {
    get(this: HTMLElement) {
      return this.getAttribute('value') ?? this.textContent;
    },
    set(this: HTMLElement, text: string) {
      this.setAttribute('value', text);
    },
    configurable: true,
  },
});
extend(classOf('select') as HTMLSelectElement, {
  value: {
    get(this: HTMLSelectElement) {
      const options = [...this.querySelectorAll('option')];
      const chosen = options.find((option) => option.hasAttribute('selected'));
      return (chosen ?? options.find((option) => !isDisabled(option)))?.value ?? '';
    },
    set(this: HTMLSelectElement, wanted: string) {
      for (const option of this.querySelectorAll('option')) {
        option.toggleAttribute('selected', option.value === String(wanted));
      }
    },
    configurable: true,
  },
});
extend(classOf('details') as HTMLDetailsElement, { open: booleanAttribute('open') });
extend(classOf('form') as HTMLFormElement, {
  requestSubmit: value(function (this: HTMLFormElement) {
    this.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }) as Event);
  }),
});

// Popovers and modal dialogs.

interface OpenPopover {
  readonly element: HTMLElement;
  readonly before: HTMLElement;
}
const popovers: OpenPopover[] = [];

/** Open popovers and modal dialogs; the one on top is the last. */
export const topLayer = (): readonly HTMLElement[] => popovers.map(({ element }) => element);

function toggled(element: HTMLElement, newState: 'open' | 'closed'): void {
  const event = Object.assign(new Event('toggle') as Event, { newState });
  element.dispatchEvent(event);
}

function showOnTop(this: HTMLElement): void {
  if (topLayer().includes(this)) return;
  popovers.push({ element: this, before: focusedElement() });
  if (this.localName === 'dialog') this.setAttribute('open', '');
  toggled(this, 'open');
}

/** If the focus is within the closed element, it returns to where it was, as in a browser. */
function hideFromTop(this: HTMLElement): void {
  const at = popovers.findIndex(({ element }) => element === this);
  if (at < 0) return;
  const [closed] = popovers.splice(at, 1);
  if (this.contains(focusedElement())) closed?.before.focus();
  toggled(this, 'closed');
  if (this.localName !== 'dialog') return;
  this.removeAttribute('open');
  dispatch(this, 'close', false);
}

extend(HTMLElement.prototype as HTMLElement, {
  showPopover: value(showOnTop),
  hidePopover: value(hideFromTop),
});
extend(classOf('dialog') as HTMLDialogElement, {
  showModal: value(showOnTop),
  close: value(hideFromTop),
});

/** False within closed details, popovers and dialogs, and within `hidden` elements. Ignores style sheets. */
export function isShown(element: Element): boolean {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    if (at.hasAttribute('hidden')) return false;
    if (at.hasAttribute('popover') && !topLayer().includes(at as HTMLElement)) return false;
    if (at.localName === 'dialog' && !at.hasAttribute('open')) return false;
    const details: Element | null = at.parentElement;
    if (details?.localName === 'details' && !details.hasAttribute('open') && at.localName !== 'summary') {
      return false;
    }
  }
  return true;
}

// Layout: there is none. A test that needs a size defines the property on the element.

const noRect = { x: 0, y: 0, left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 };

extend(Element.prototype as Element, {
  scrollTop: value(0),
  scrollHeight: value(0),
  clientHeight: value(0),
  clientWidth: value(0),
  offsetWidth: value(0),
  offsetHeight: value(0),
  scrollIntoView: value(() => {}),
  getBoundingClientRect: value(() => noRect),
});

/** The media queries that match; all others do not. Changed by {@link setMedia}. */
const matching = new Set<string>();
const mediaListeners = new Map<string, Set<() => void>>();

export function setMedia(query: string, matches: boolean): void {
  if (matches) matching.add(query);
  else matching.delete(query);
  for (const listener of mediaListeners.get(query) ?? []) listener();
}

function matchMedia(query: string) {
  const listeners = mediaListeners.get(query) ?? new Set();
  mediaListeners.set(query, listeners);
  return {
    media: query,
    get matches() {
      return matching.has(query);
    },
    addEventListener: (_type: 'change', listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: 'change', listener: () => void) => void listeners.delete(listener),
  };
}

function memoryStorage() {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, text: string) => void entries.set(key, String(text)),
    removeItem: (key: string) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}

const globals = {
  document,
  Element,
  HTMLElement,
  Event,
  window: globalThis,
  Node: window.Node,
  NodeFilter: { SHOW_ELEMENT: 1, SHOW_TEXT: 4 },
  HTMLTemplateElement: window.HTMLTemplateElement,
  HTMLFormElement: window.HTMLFormElement,
  MutationObserver: window.MutationObserver,
  localStorage: memoryStorage(),
  matchMedia,
  getComputedStyle: (element: Element) => ({
    direction: element.closest('[dir="rtl"]') === null ? 'ltr' : 'rtl',
  }),
  innerWidth: 1024,
  innerHeight: 768,
  requestAnimationFrame: (work: (at: number) => void) => setTimeout(() => work(performance.now())),
  cancelAnimationFrame: (id: ReturnType<typeof setTimeout>) => clearTimeout(id),
};
for (const [name, given] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value: given, writable: true, configurable: true });
}
