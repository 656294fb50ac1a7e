import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { translationJob, wireError } from '../../../testing/builders.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { render, settled } from '../../../testing/render.ts';
import '../../../testing/window-events.ts';
import { t } from '../../../i18n/index.ts';
import type { Pointed } from '../../../page/read/words/pointed.ts';
import type { HoverKey } from '../../../protocol/page/page-rules.ts';
import type { Translator } from '../translator.ts';
import { Hover } from './hover.tsx';
import { HoverController } from './hover-controller.ts';

const pointer = vi.hoisted(() => ({ at: undefined as unknown }));
vi.mock('../../../page/read/words/pointed.ts', async (actual) => ({
  ...(await actual<object>()),
  pointedText: () => pointer.at,
}));
vi.mock('../trusted.ts', () => ({ isTrusted: () => true }));
const { watchHover } = await import('./watch-hover.ts');

const box = { left: 0, top: 0, right: 100, bottom: 20 };
const paragraph = (text: string, lang = 'en'): Pointed => ({
  node: document.createTextNode(text),
  text,
  lang,
  box: () => box,
});

function setUp() {
  const translator = new FakeTranslator({ language: 'de' });
  const known = new Map<string, string>();
  const controller = new HoverController({
    translator: translator as unknown as Translator,
    detector: undefined,
    rules: () => ({ always: [], never: ['fr'] }),
    known: (source) => known.get(source),
  });
  const screen = render(<Hover controller={controller} />);
  const texts = () => translator.sent.map(({ text }) => text);
  return { translator, controller, screen, texts, known };
}

describe('pointing at a paragraph', () => {
  it('shows its translation, asks for it once, and nothing is left when the pointer leaves', async () => {
    const { controller, screen, texts } = setUp();
    const first = paragraph('A gate.');
    await settled(() => void controller.point(first));
    expect(screen.text()).toBe('[A gate.]');
    await settled(() => void controller.point(undefined));
    expect(screen.text()).toBe('');
    await settled(() => void controller.point(paragraph('A gate.')));
    expect([screen.text(), texts()]).toEqual(['[A gate.]', ['A gate.']]);
  });

  it('ends the request when the pointer leaves, and drops its answer', async () => {
    const { translator, controller, screen } = setUp();
    let answer = (_: ReturnType<typeof translationJob>) => {};
    translator.answer = () => new Promise((resolve) => (answer = resolve));
    await settled(() => void controller.point(paragraph('A gate.')));
    expect(screen.text()).toBe(t('status-reading-text'));
    const { stops } = translator;
    await settled(() => controller.end());
    expect(translator.stops).toBe(stops + 1);
    await settled(() => answer(translationJob({ text: 'Ein Tor.' })));
    expect(screen.text()).toBe('');
  });

  it('uses what the page’s own translation has', async () => {
    const { controller, screen, texts, known } = setUp();
    known.set('A gate.', 'Ein Tor.');
    await settled(() => void controller.point(paragraph('A gate.')));
    expect([screen.text(), texts()]).toEqual(['Ein Tor.', []]);
  });

  it('does nothing in a language that the person reads, or translates into', async () => {
    const { controller, screen, texts } = setUp();
    await settled(() => void controller.point(paragraph('Une porte.', 'fr')));
    await settled(() => void controller.point(paragraph('Ein Tor.', 'de')));
    expect([screen.text(), texts()]).toEqual(['', []]);
  });

  it('says what failed', async () => {
    const { translator, controller, screen } = setUp();
    translator.answer = () =>
      translationJob({ text: '', progress: { phase: 'failed', error: wireError({ code: 'no-model' }) } });
    await settled(() => void controller.point(paragraph('A gate.')));
    expect(screen.text()).toBe(t('error-no-model'));
  });
});

describe('the key', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    pointer.at = undefined;
  });

  function watched(key: HoverKey | 'off' = 'alt') {
    const pointed: unknown[] = [];
    let ends = 0;
    const fake = {
      pointed: undefined as Pointed | undefined,
      async point(at: Pointed) {
        pointed.push(at?.text);
        fake.pointed = at;
      },
      end() {
        ends++;
        fake.pointed = undefined;
      },
    };
    const made = vi.fn(() => fake as unknown as HoverController);
    const added = vi.spyOn(document, 'addEventListener');
    const stop = watchHover(document, () => (key === 'off' ? undefined : key), made);
    const press = (type: 'keydown' | 'keyup', name: string, more: object = {}) =>
      document.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { key: name, ...more }));
    const move = (x: number, y: number) =>
      document.dispatchEvent(
        Object.assign(new Event('pointermove'), { clientX: x, clientY: y, pointerType: 'mouse' }),
      );
    return {
      pointed,
      press,
      move,
      made,
      stop,
      added,
      ends: () => ends,
      wait: () => vi.advanceTimersByTime(300),
    };
  }

  it('looks at what is under the pointer once it rests, and the page gets the key', () => {
    pointer.at = paragraph('A gate.');
    const { pointed, press, move, wait, stop } = watched();
    move(5, 5);
    wait();
    expect(pointed).toEqual([]);
    expect(press('keydown', 'Alt', { altKey: true })).toBe(true);
    move(5, 6);
    wait();
    expect(pointed).toEqual(['A gate.']);
    stop();
  });

  it('does no work without it: nothing is made, the pointer is not watched', () => {
    const { press, move, made, wait, added, stop } = watched('off');
    press('keydown', 'Alt', { altKey: true });
    move(5, 5);
    wait();
    expect(made).not.toHaveBeenCalled();
    expect(added.mock.calls.map(([type]) => type)).not.toContain('pointermove');
    stop();
  });

  it('of a shortcut does nothing', () => {
    pointer.at = paragraph('A gate.');
    const { pointed, press, wait, stop } = watched('ctrl');
    press('keydown', 'Control', { ctrlKey: true });
    press('keydown', 'c', { ctrlKey: true });
    wait();
    press('keydown', 'Control', { ctrlKey: true, shiftKey: true });
    wait();
    expect(pointed).toEqual([]);
    stop();
  });

  it('may be released: what is shown ends when the pointer leaves the paragraph', () => {
    pointer.at = paragraph('A gate.');
    const { press, move, wait, ends, stop } = watched();
    press('keydown', 'Alt', { altKey: true });
    move(5, 5);
    wait();
    press('keyup', 'Alt');
    move(50, 10);
    expect(ends()).toBe(0);
    move(50, 200);
    expect(ends()).toBeGreaterThan(0);
    stop();
  });
});
