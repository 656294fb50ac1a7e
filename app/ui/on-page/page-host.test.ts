import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../testing/dom.ts';
import { fire } from '../../testing/window-events.ts';
import { PageHost } from './page-host.ts';

let modal: Element | null = null;
/** Reports changes of the document, and of the element's attributes and children, as the browser would. */
let documentChanged = () => {};
let elementChanged = () => {};
let lost = 0;
let now = 0;

beforeEach(() => {
  lost = 0;
  now = 0;
  vi.stubGlobal(
    'MutationObserver',
    class {
      private readonly report: () => void;
      constructor(report: () => void) {
        this.report = report;
      }
      observe(target: Node) {
        if (target === document) documentChanged = this.report;
        else elementChanged = this.report;
      }
      takeRecords = () => [];
      disconnect() {}
    },
  );
  // linkedom knows neither `:modal` nor `:popover-open`.
  const { matches } = Element.prototype;
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, selector: string) {
    if (selector === 'dialog:modal') return this === modal;
    if (selector === ':popover-open') return this.hasAttribute('data-shown') && this.isConnected;
    return matches.call(this, selector);
  });
  vi.spyOn(Object.getPrototypeOf(document) as Document, 'querySelectorAll').mockImplementation(
    () => [modal].filter(Boolean) as unknown as NodeListOf<Element>,
  );
  document.elementFromPoint = () => modal;
  vi.spyOn(HTMLElement.prototype, 'showPopover').mockImplementation(function (this: HTMLElement) {
    this.setAttribute('data-shown', '');
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(document, 'elementFromPoint');
  modal = null;
});

const create = () =>
  new PageHost(
    () => void lost++,
    () => now,
  );

test('it is an element that no page can define, with a closed root', () => {
  const attach = vi.spyOn(HTMLElement.prototype, 'attachShadow');
  const host = create();
  expect([host.element.localName, attach.mock.calls]).toEqual(['div', [[{ mode: 'closed' }]]]);
  expect([host.element.shadowRoot ?? null, host.element.style.getPropertyValue('all')]).toEqual([
    null,
    'initial',
  ]);
});

test('it is shown at the root element in the top layer, and hidden without a trace', () => {
  const host = create();
  host.show();
  expect(host.element.parentNode).toBe(document.documentElement);
  host.hide();
  expect(host.element.isConnected).toBe(false);
});

test('it moves into a modal dialog that opens, and out again when it is removed', () => {
  const host = create();
  host.show();
  const dialog = document.createElement('dialog');
  document.body.append(dialog);
  modal = dialog;
  documentChanged();
  expect(host.element.parentNode).toBe(dialog);
  modal = null;
  dialog.remove();
  documentChanged();
  expect(host.element.parentNode).toBe(document.documentElement);
  host.hide();
  documentChanged();
  expect([host.element.isConnected, lost]).toEqual([false, 0]);
});

test('what the page writes on it is removed, and its own styles are put back', () => {
  const host = create();
  host.style({ left: '8px' });
  host.show();
  host.element.style.setProperty('opacity', '0', 'important');
  host.element.style.setProperty('left', '900px', 'important');
  for (const name of ['inert', 'hidden', 'class', 'slot']) host.element.setAttribute(name, '');
  host.element.append(document.createElement('p'));
  elementChanged();
  expect([host.element.style.getPropertyValue('left'), host.element.style.opacity ?? '']).toEqual([
    '8px',
    '',
  ]);
  expect([host.element.getAttributeNames().sort(), host.element.childNodes.length]).toEqual([
    // linkedom has no property `popover`.
    ['data-shown', 'style'],
    0,
  ]);
  host.hide();
});

test('a page that removes it again and again has its way after a few times, and the person is told', () => {
  const host = create();
  host.show();
  let back = 0;
  for (let i = 0; i < 100; i++) {
    host.element.remove();
    documentChanged();
    if (host.element.isConnected) back++;
  }
  expect([back, lost, host.element.isConnected]).toEqual([4, 1, false]);
});

test('repairs that are far apart do not add up', () => {
  const host = create();
  host.show();
  for (let i = 0; i < 20; i++) {
    now += 20_000;
    host.element.remove();
    documentChanged();
  }
  expect([lost, host.element.isConnected]).toEqual([0, true]);
  host.hide();
});

test('a page whose fields have the names of the DOM is no obstacle', () => {
  const names = [
    'append',
    'appendChild',
    'insertBefore',
    'documentElement',
    'createElement',
    'activeElement',
  ];
  document.body.innerHTML = `<form>${names.map((name) => `<input name="${name}">`).join('')}</form>`;
  const host = create();
  host.show();
  expect(fire(document.body, 'keydown')).toBe(true);
  expect(host.element.parentNode).toBe(document.documentElement);
  host.hide();
  document.body.innerHTML = '';
});

test('it is shown above a popover that the page opens over it, but not for ever', () => {
  const host = create();
  host.show();
  const hidden = vi.fn();
  host.element.hidePopover = hidden;
  for (let times = 0; times < 30; times++) fire(document, 'toggle', { newState: 'open' });
  expect(hidden).toHaveBeenCalledTimes(20);
  now += 10_001;
  fire(document, 'toggle', { newState: 'closed' });
  expect(hidden).toHaveBeenCalledTimes(20);
  fire(document, 'fullscreenchange');
  expect([hidden.mock.calls.length, lost]).toEqual([21, 0]);
});
