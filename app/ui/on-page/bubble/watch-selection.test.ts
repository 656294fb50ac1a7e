import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '../../../testing/dom.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { fire } from '../../../testing/window-events.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { currentSelection } from '../../../page/read/selection.ts';
import type { Translator } from '../translator.ts';
import { BubbleController } from './bubble-controller.ts';
import { watchSelection } from './watch-selection.ts';

vi.mock('../../../page/read/selection.ts', () => ({ currentSelection: vi.fn() }));
/** No event of a test is trusted; those of a hostile page are marked here. */
vi.mock('../trusted.ts', () => ({ isTrusted: (event: Event) => !('hostile' in event) }));

const box = () => ({ left: 0, top: 0, right: 0, bottom: 0 });
const select = (text: string | undefined) => {
  const selected: Selected | undefined =
    text === undefined ? undefined : { kind: 'page', text, lang: 'en', box, replace: undefined };
  vi.mocked(currentSelection).mockReturnValue(selected);
  fire(document, 'selectionchange');
};

let host: HTMLElement;
let controller: BubbleController;
let unwatch: () => void;
const offered = () => [controller.phase.value, controller.selected.value?.text];

beforeEach(() => {
  vi.useFakeTimers();
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
    fire(document.body, 'pointerdown');
    select('A linnet');
    vi.advanceTimersByTime(1000);
    expect(controller.phase.value).toBe('hidden');
    fire(document.body, 'pointerup');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
    fire(document.body, 'pointerdown');
    fire(document.body, 'pointercancel');
    select('It sings');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'It sings']);
  });

  it('keeps the offer when it is pressed and a field loses its selection', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    fire(host, 'pointerdown');
    host.focus();
    select(undefined);
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
  });

  it('closes on Escape, keeps a dialog below open, and does not offer the same text again', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    const press = Object.assign(new Event('keydown', { cancelable: true }), { key: 'Escape' });
    const stop = vi.spyOn(press, 'stopPropagation');
    document.dispatchEvent(press);
    expect([controller.phase.value, press.defaultPrevented, stop.mock.calls.length]).toEqual([
      'hidden',
      true,
      1,
    ]);
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
    fire(document.body, 'keydown', { key: 'Escape' });
    select(undefined);
    vi.advanceTimersByTime(250);
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(controller.phase.value).toBe('offer');
  });

  it('leaves Escape and other keys to the page while nothing is shown', () => {
    expect(fire(document.body, 'keydown', { key: 'Escape' })).toBe(true);
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(fire(document.body, 'keydown', { key: 'a' })).toBe(true);
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

  it('ignores events that the page makes up', () => {
    select('A linnet');
    vi.advanceTimersByTime(250);
    expect(fire(document.body, 'keydown', { key: 'Escape', hostile: true })).toBe(true);
    expect(controller.phase.value).toBe('offer');
    fire(document.body, 'pointerdown', { hostile: true });
    select('It sings');
    vi.advanceTimersByTime(250);
    expect(offered()).toEqual(['offer', 'It sings']);
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
