import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '../../../testing/dom.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { currentSelection } from '../../../page/read/selection.ts';
import type { Translator } from '../translator.ts';
import { BubbleController } from './bubble-controller.ts';
import { watchSelection } from './watch-selection.ts';

vi.mock('../../../page/read/selection.ts', () => ({ currentSelection: vi.fn() }));
/** No event of a test is trusted; those of a hostile page are marked here. */
vi.mock('./open-documents.ts', () => ({
  forEachDocument: (attach: (doc: Document, view: object) => () => void) => {
    const addEventListener = (type: string, listener: (event: Event) => void) =>
      listeners.set(type, listener);
    const removeEventListener = (type: string) => listeners.delete(type);
    return { stop: attach(document, { addEventListener, removeEventListener }), refresh() {} };
  },
}));
vi.mock('../trusted.ts', () => ({ isTrusted: (event: Event) => !('hostile' in event) }));

const box = () => ({ left: 0, top: 0, right: 0, bottom: 0 });
/** Listeners of the window, which gets every event first, whatever its target. */
const listeners = new Map<string, (event: Event) => void>();
/** Returns false if a listener prevented the default action. */
const hear = (target: Node, type: string, properties: object = {}): boolean => {
  const event = Object.assign(new Event(type, { cancelable: true }), properties);
  listeners.get(type)?.(Object.defineProperty(event, 'target', { value: target }));
  return !event.defaultPrevented;
};
const choose = (text: string | undefined, node: Node = document.body) => {
  const start = { node, offset: 0 };
  const selected: Selected | undefined =
    text === undefined ? undefined : { kind: 'page', text, lang: 'en', start, box, replace: undefined };
  vi.mocked(currentSelection).mockReturnValue(selected);
};
const select = (text: string | undefined, node?: Node) => {
  choose(text, node);
  hear(document, 'selectionchange');
};

const drag = (pixels: number, more: object = {}) => {
  hear(document.body, 'pointerdown', { clientX: 10, clientY: 10, ...more });
  hear(document.body, 'pointerup', { clientX: 10 + pixels, clientY: 10, ...more });
};
const click = (more: object) => {
  hear(document.body, 'pointerdown', { clientX: 10, clientY: 10 });
  hear(document.body, 'mouseup', { clientX: 11, clientY: 10, ...more });
};
const press = (milliseconds: number) => {
  hear(document.body, 'pointerdown', { clientX: 10, clientY: 10 });
  vi.advanceTimersByTime(milliseconds);
  hear(document.body, 'pointercancel', { clientX: 10, clientY: 10 });
};

/** What the browser says of the selection. */
const raw = { anchorNode: document.body, anchorOffset: 0, focusNode: document.body, focusOffset: 0 };
document.getSelection = () => raw as unknown as Selection;

let host: HTMLElement;
let controller: BubbleController;
let unwatch: () => void;
const offered = () => [controller.phase.value, controller.selected.value?.text];

beforeEach(() => {
  vi.useFakeTimers();
  listeners.clear();
  host = document.createElement('button');
  document.body.append(host);
  vi.mocked(currentSelection).mockReturnValue(undefined);
  controller = new BubbleController({
    translator: new FakeTranslator({ language: 'de' }) as unknown as Translator,
    detector: undefined,
    language: 'en',
    translatePage: () => {},
    openModels: () => {},
  });
  unwatch = watchSelection(controller, host);
});

afterEach(() => {
  unwatch();
  host.remove();
  vi.useRealTimers();
});

describe('watchSelection', () => {
  it('offers a selection after it has been unchanged for a moment', () => {
    select('A linnet');
    vi.advanceTimersByTime(200);
    select('A linnet sings');
    vi.advanceTimersByTime(200);
    expect(controller.phase.value).toBe('hidden');
    vi.advanceTimersByTime(50);
    expect(offered()).toEqual(['offer', 'A linnet sings']);
  });

  it('offers a selection that was made before it started', () => {
    unwatch();
    select('A linnet');
    unwatch = watchSelection(controller, host);
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'A linnet']);
  });

  it('ignores single letters, and hides the offer when nothing is selected', () => {
    select('A');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('hidden');
    select('An');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
    select(undefined);
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('hidden');
  });

  it('waits while a pointer is pressed on the page', () => {
    hear(document.body, 'pointerdown');
    select('A linnet');
    vi.advanceTimersByTime(1000);
    expect(controller.phase.value).toBe('hidden');
    hear(document.body, 'pointerup');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
    hear(document.body, 'pointerdown');
    hear(document.body, 'pointercancel');
    select('It sings');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'It sings']);
  });

  it('keeps the offer when it is pressed and a field loses its selection', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    hear(host, 'pointerdown');
    host.focus();
    select(undefined);
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
  });

  it('closes on Escape, keeps a dialog below open, and does not offer the same text again', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    const stopPropagation = vi.fn();
    const passed = hear(document, 'keydown', { key: 'Escape', stopPropagation });
    expect([controller.phase.value, passed, stopPropagation.mock.calls.length]).toEqual(['hidden', false, 1]);
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('hidden');
    select('A linnet sings');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
  });

  it('offers a dismissed text again after the selection was cleared', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    hear(document.body, 'keydown', { key: 'Escape' });
    select(undefined);
    vi.advanceTimersByTime(250);
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
  });

  it('leaves Escape and other keys to the page while nothing is shown', () => {
    expect(hear(document.body, 'keydown', { key: 'Escape' })).toBe(true);
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(hear(document.body, 'keydown', { key: 'a' })).toBe(true);
    expect(controller.phase.value).toBe('offer');
  });

  it('does not replace the open bubble by an offer of the text it shows', async () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    await controller.translate();
    select('[A linnet]');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('open');
    select('It sings');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'It sings']);
  });

  it('offers the same words again where they are selected elsewhere, dismissed or shown', async () => {
    const other = document.createElement('p');
    document.body.append(other);
    select('A linnet');
    vi.advanceTimersByTime(250);
    hear(document.body, 'keydown', { key: 'Escape' });
    select('A linnet', other);
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'A linnet']);
    await controller.translate();
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'A linnet']);
    // Drawn anew by the page, it is the same place.
    await controller.translate();
    other.remove();
    select('A linnet', other);
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('open');
  });

  it('finds a selection, and a pointer that was released, on a page that stops all events', () => {
    vi.advanceTimersByTime(2000);
    choose('A linnet');
    raw.focusOffset = 1;
    vi.advanceTimersByTime(1000);
    expect(offered()).toEqual(['offer', 'A linnet']);
    hear(document.body, 'pointerdown');
    choose('It sings');
    raw.focusOffset = 2;
    vi.advanceTimersByTime(1000);
    expect(offered()).toEqual(['offer', 'A linnet']);
    vi.advanceTimersByTime(3000);
    expect(offered()).toEqual(['offer', 'It sings']);
  });

  it('ignores events that the page makes up', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(hear(document.body, 'keydown', { key: 'Escape', hostile: true })).toBe(true);
    expect(controller.phase.value).toBe('offer');
    hear(document.body, 'pointerdown', { hostile: true });
    select('It sings');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'It sings']);
  });

  it.each<[string, 'gesture' | undefined, () => void]>([
    ['dragging', 'gesture', () => drag(80)],
    ['a double click', 'gesture', () => click({ detail: 2 })],
    ['Shift and a click', 'gesture', () => click({ shiftKey: true })],
    ['a finger that stays', 'gesture', () => press(500)],
    ['Shift and an arrow', 'gesture', () => hear(document, 'keydown', { key: 'ArrowRight', shiftKey: true })],
    ['all of it', 'gesture', () => hear(document, 'keydown', { key: 'a', ctrlKey: true })],
    ['a click, after which a script selects', undefined, () => click({ detail: 1 })],
    ['typing, after which a script selects', undefined, () => hear(document, 'keydown', { key: 'a' })],
    [
      'an older gesture, after which a script selects',
      undefined,
      () => {
        drag(80);
        vi.advanceTimersByTime(2000);
      },
    ],
    ['dragging that the page makes up', undefined, () => drag(80, { hostile: true })],
  ])('knows whether a person selected: %s', (_, by, act) => {
    const offer = vi.spyOn(controller, 'offer');
    act();
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(offer.mock.lastCall?.[1]).toBe(by);
  });

  it('does nothing after it was stopped', () => {
    select('A linnet');
    unwatch();
    vi.advanceTimersByTime(1000);
    select('It sings');
    vi.advanceTimersByTime(1000);
    expect(controller.phase.value).toBe('hidden');
  });
});
