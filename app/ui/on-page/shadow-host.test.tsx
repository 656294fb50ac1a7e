import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settled } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { useTexts } from '../../i18n/index.ts';
import { mountOnPage } from './shadow-host.ts';

let shadow: ShadowRoot;
let mode: ShadowRootMode;
let modal: Element | null = null;
let dialogChanged = () => {};

beforeEach(() => {
  const { attachShadow } = HTMLElement.prototype;
  vi.spyOn(HTMLElement.prototype, 'attachShadow').mockImplementation(function (this: Element, init) {
    mode = init.mode;
    // A closed root cannot be read, so the test opens it.
    shadow = attachShadow.call(this, { ...init, mode: 'open' });
    return shadow;
  });
  vi.stubGlobal(
    'CSSStyleSheet',
    class {
      text = '';
      replaceSync(text: string) {
        this.text = text;
      }
    },
  );
  vi.stubGlobal(
    'MutationObserver',
    class {
      constructor(report: () => void) {
        dialogChanged = report;
      }
      observe() {}
      disconnect() {
        dialogChanged = () => {};
      }
    },
  );
  // linkedom knows neither `:modal` nor `:popover-open`.
  const { matches } = Element.prototype;
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, selector: string) {
    if (selector === 'dialog:modal') return this === modal;
    if (selector === ':popover-open') return this.hasAttribute('data-open');
    return matches.call(this, selector);
  });
  document.querySelectorAll = new Proxy(document.querySelectorAll, {
    apply: (find, self, [selector]: [string]) =>
      selector === 'dialog:modal' ? [modal].filter(Boolean) : Reflect.apply(find, self, [selector]),
  });
  document.elementFromPoint = () => modal;
  vi.spyOn(HTMLElement.prototype, 'showPopover').mockImplementation(function (this: HTMLElement) {
    this.setAttribute('data-open', '');
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(document, 'querySelectorAll');
  useTexts('en', {});
  modal = null;
});

const mount = () => mountOnPage('linnet-test', '.own {}', <button type="button">Inside</button>);

test('the view is in a closed shadow root, with its own styles', () => {
  const { host, root, remove } = mount();
  expect([mode, root.textContent, host.isConnected]).toEqual(['closed', 'Inside', false]);
  const [sheet] = shadow.adoptedStyleSheets as unknown as { text: string }[];
  expect(sheet!.text).toContain('.own {}');
  expect(host.style.getPropertyValue('all')).toBe('initial');
  remove();
});

test('it is shown at the root element as a popover, and hidden without a trace', () => {
  const surface = mount();
  surface.show();
  expect(surface.host.parentNode).toBe(document.documentElement);
  expect(surface.host.hasAttribute('data-open')).toBe(true);
  surface.hide();
  expect(surface.host.isConnected).toBe(false);
  surface.show();
  surface.remove();
  expect([surface.host.isConnected, surface.root.textContent]).toEqual([false, '']);
});

test('it follows the language and direction of the texts each time it is shown', () => {
  const surface = mount();
  surface.show();
  expect([surface.root.lang, surface.root.dir]).toEqual(['en', 'ltr']);
  useTexts('ar', {});
  surface.show();
  expect([surface.root.lang, surface.root.dir]).toEqual(['ar', 'rtl']);
  surface.remove();
});

test('it moves into a modal dialog that opens, and out again when it is removed', async () => {
  const surface = mount();
  surface.show();
  const dialog = document.createElement('dialog');
  document.body.append(dialog);
  modal = dialog;
  await settled(() => dialogChanged());
  expect(surface.host.parentNode).toBe(dialog);
  modal = null;
  dialog.remove();
  await settled(() => dialogChanged());
  expect(surface.host.parentNode).toBe(document.documentElement);
  surface.hide();
  modal = dialog;
  dialogChanged();
  expect(surface.host.isConnected).toBe(false);
});

test('keys typed inside do not reach the page', () => {
  const surface = mount();
  surface.show();
  const heard = vi.fn();
  for (const type of ['keydown', 'keypress', 'keyup']) document.documentElement.addEventListener(type, heard);
  for (const type of ['keydown', 'keypress', 'keyup']) fire(surface.host, type, { key: 'a' });
  expect(heard).not.toHaveBeenCalled();
  surface.remove();
});

test('positions are set with priority over the page’s styles', () => {
  const surface = mount();
  surface.style({ left: '8px' });
  expect(surface.host.style.getPropertyValue('left')).toBe('8px');
  surface.remove();
});
