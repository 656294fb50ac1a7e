/** For tests of the translation bar's controller: a small page on which everything is displayed and visible. */
import { afterEach, beforeEach, vi } from 'vitest';
import { layoutByName } from '../../../page/dom/paragraphs.ts';
import type { Settings } from '../../../protocol/types.ts';
import type { Detector } from '../../../text/language.ts';

/** Stands in for the layout and the observers of a browser: everything is displayed and visible. */
let reportMutation = () => {};
export const mutate = (): void => reportMutation();
const visible = { top: 0, bottom: 10, width: 10, height: 10 };

beforeEach(() => {
  vi.stubGlobal('getComputedStyle', (element: Element) => ({
    display: layoutByName(element),
    direction: 'ltr',
  }));
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      private readonly report: (entries: object[]) => void;
      constructor(report: (entries: object[]) => void) {
        this.report = report;
      }
      observe(target: Element) {
        queueMicrotask(() => this.report([{ target, isIntersecting: true }]));
      }
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    'MutationObserver',
    class {
      constructor(report: (records: object[]) => void) {
        reportMutation = () => report([{ target: document.body, addedNodes: [] }]);
      }
      observe() {}
      takeRecords = () => [];
      disconnect() {}
    },
  );
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.spyOn(Object.getPrototypeOf(document) as Document, 'createRange').mockImplementation(
    () =>
      ({ setStartBefore() {}, setEndAfter() {}, getBoundingClientRect: () => visible }) as unknown as Range,
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.innerHTML = '';
  document.documentElement.removeAttribute('lang');
});

export const ONE = 'A linnet is a small finch of the heath.';
export const TWO = 'It sings from the highest twig of a bush.';

export interface TestPage {
  readonly html?: string;
  readonly lang?: string;
  readonly settings?: Partial<Settings>;
  readonly detector?: Detector;
}

export function showPage({ html = `<p>${ONE}</p><p>${TWO}</p>`, lang = 'en' }: TestPage): void {
  if (lang !== '') document.documentElement.setAttribute('lang', lang);
  document.body.innerHTML = html;
}

export const translations = () =>
  [...document.querySelectorAll('linnet-translation')].map(({ textContent }) => textContent);
