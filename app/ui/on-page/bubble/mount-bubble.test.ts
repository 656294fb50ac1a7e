import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settled } from '../../../testing/render.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { fire } from '../../../testing/window-events.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { mountSurface, type Surface, type SurfaceOptions } from '../surface.ts';
import type { Translator } from '../translator.ts';
import { BubbleController } from './bubble-controller.ts';
import type { BubbleModel } from './bubble-model.ts';
import { mountBubble } from './mount-bubble.ts';

vi.mock('../surface.ts', () => ({ mountSurface: vi.fn() }));
vi.mock('./open-documents.ts', () => ({
  forEachDocument: (attach: (doc: Document, view: Window) => () => void) => ({
    stop: attach(document, window),
  }),
}));

const anchor = { left: 100, top: 100, right: 200, bottom: 120 };
const selected = (box = anchor): Selected => ({
  kind: 'page',
  text: 'A linnet',
  lang: 'en',
  start: { node: document.documentElement, offset: 0 },
  box: () => box,
  replace: undefined,
});

let styles: Readonly<Record<string, string>>[];
/** What the frame reports. */
let size: { width: number; height: number } | undefined;
let lost: number;
let surface: Surface;
let options: SurfaceOptions<BubbleModel>;
let controller: BubbleController;
let mounted: ReturnType<typeof mountBubble>;

beforeEach(() => {
  styles = [];
  size = { width: 60, height: 40 };
  lost = 0;
  const host = document.createElement('button');
  surface = {
    host,
    size: () => size,
    style: (values) => void styles.push(values),
    show: vi.fn(() => document.body.append(host)),
    hide: vi.fn(() => host.remove()),
    focus: vi.fn(() => host.focus()),
    remove: vi.fn(() => host.remove()),
  };
  vi.mocked(mountSurface).mockImplementation((given) => {
    options = given as unknown as SurfaceOptions<BubbleModel>;
    return surface;
  });
  Object.defineProperty(document.documentElement, 'clientWidth', { value: 1024, configurable: true });
  controller = new BubbleController({
    translator: new FakeTranslator() as unknown as Translator,
    detector: undefined,
    language: 'en',
    translatePage: () => {},
    openModels: () => {},
  });
  mounted = mountBubble(controller, () => void lost++);
});

afterEach(() => mounted.remove());

test('the offer is below its selection and follows it when the page scrolls', () => {
  let box = anchor;
  controller.offer({ ...selected(), box: () => box });
  expect([vi.mocked(surface.show).mock.calls.length, styles.at(-1)]).toEqual([
    1,
    { left: '120px', top: '128px' },
  ]);
  box = { ...anchor, top: 50, bottom: 70 };
  fire(window, 'scroll');
  expect(styles.at(-1)).toEqual({ left: '120px', top: '78px' });
});

test('the open bubble stays where it is, until it is moved', async () => {
  let box = anchor;
  controller.offer({ ...selected(), box: () => box });
  await controller.translate();
  box = { ...anchor, top: 50, bottom: 70 };
  fire(window, 'scroll');
  expect(styles.at(-1)).toEqual({ left: '8px', top: '128px' });
  controller.moved.value = { left: 5000, top: 300 };
  expect(styles.at(-1)).toEqual({ left: '636px', top: '300px' });
});

test('the focus returns to the element that had it', async () => {
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  controller.offer(selected());
  surface.host.focus();
  await settled(() => controller.close());
  expect([vi.mocked(surface.hide).mock.calls.length > 0, document.activeElement]).toEqual([true, field]);
  field.remove();
});

test('a focus elsewhere on the page is left alone', async () => {
  const [first, second] = [document.createElement('input'), document.createElement('input')];
  document.body.append(first, second);
  first.focus();
  controller.offer(selected());
  second.focus();
  await settled(() => controller.close());
  expect(document.activeElement).toBe(second);
  first.remove();
  second.remove();
});

test('a removed bubble follows nothing any more', () => {
  mounted.remove();
  const before = styles.length;
  controller.offer(selected());
  fire(window, 'scroll');
  expect([styles.length, vi.mocked(surface.remove).mock.calls.length]).toEqual([before, 1]);
});

test('the frame is as large as what it draws, and never larger than the window', async () => {
  const sizes = () => styles.filter((values) => 'width' in values).at(-1);
  size = undefined;
  controller.offer(selected());
  expect(sizes()).toEqual({ width: '380px', height: '44px' });
  size = { width: 120, height: 44 };
  options.onSize(size);
  expect(sizes()).toEqual({ width: '120px', height: '44px' });
  await controller.translate();
  size = { width: 380, height: 5000 };
  options.onSize(size);
  expect(sizes()).toEqual({ width: '380px', height: `${options.room()}px` });
});

test('the focus goes into the open bubble, as soon as it is drawn', async () => {
  size = undefined;
  controller.offer(selected());
  await controller.translate();
  expect(surface.focus).not.toHaveBeenCalled();
  size = { width: 380, height: 200 };
  options.onSize(size);
  options.onSize(size);
  expect(surface.focus).toHaveBeenCalledTimes(1);
});

test('a page that does not allow the bubble closes it, and the person is told', async () => {
  controller.offer(selected());
  await controller.translate();
  options.onLost();
  expect([controller.phase.value, lost]).toEqual(['hidden', 1]);
});
