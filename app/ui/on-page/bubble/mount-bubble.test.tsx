import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settled } from '../../../testing/render.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { fire } from '../../../testing/window-events.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { Speech } from '../../kit/speech.ts';
import { mountOnPage, type ShadowHost } from '../shadow-host.ts';
import type { Translator } from '../translator.ts';
import { BubbleController } from './bubble-controller.ts';
import { mountBubble } from './mount-bubble.tsx';

vi.mock('../shadow-host.ts', () => ({ mountOnPage: vi.fn() }));
vi.mock('../../../browser/open-models.ts', () => ({ requestModelsPage: async () => {} }));

const anchor = { left: 100, top: 100, right: 200, bottom: 120 };
const selected = (box = anchor): Selected => ({
  kind: 'page',
  text: 'A linnet',
  lang: 'en',
  box: () => box,
  replace: undefined,
});

let styles: Readonly<Record<string, string>>[];
let surface: ShadowHost;
let controller: BubbleController;
let mounted: ReturnType<typeof mountBubble>;

beforeEach(() => {
  styles = [];
  const [host, root] = [document.createElement('button'), document.createElement('div')];
  root.getBoundingClientRect = () => ({ width: 60, height: 40 }) as DOMRect;
  surface = {
    host,
    root,
    style: (values) => void styles.push(values),
    show: vi.fn(() => document.body.append(host)),
    hide: vi.fn(() => host.remove()),
    remove: vi.fn(() => host.remove()),
  };
  vi.mocked(mountOnPage).mockReturnValue(surface);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  Object.defineProperty(document.documentElement, 'clientWidth', { value: 1024, configurable: true });
  controller = new BubbleController({
    translator: new FakeTranslator() as unknown as Translator,
    detector: undefined,
    speech: new Speech(),
    language: 'en',
    translatePage: () => {},
  });
  mounted = mountBubble(controller);
});

afterEach(() => {
  mounted.remove();
  vi.unstubAllGlobals();
});

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
  expect(styles.at(-1)).toEqual({ left: '120px', top: '128px' });
  controller.moved.value = { left: 5000, top: 300 };
  expect(styles.at(-1)).toEqual({ left: '956px', top: '300px' });
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
