import { expect, test, vi } from 'vitest';
import '../../../testing/dom.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { mountSurface, type Surface } from '../surface.ts';
import type { Translator } from '../translator.ts';
import { mountTranslationBar } from './mount-translation-bar.ts';
import { TranslationController } from './translation-controller.ts';

vi.mock('../surface.ts', () => ({ mountSurface: vi.fn() }));

test('the bar is at the lower edge, and shown while the controller shows it', () => {
  const calls: string[] = [];
  const style = vi.fn();
  const surface: Partial<Surface> = {
    style,
    show: () => void calls.push('show'),
    hide: () => void calls.push('hide'),
    remove: () => void calls.push('remove'),
  };
  let lose = () => {};
  vi.mocked(mountSurface).mockImplementation(({ onLost }) => {
    lose = onLost;
    return surface as Surface;
  });
  const translator = new FakeTranslator() as unknown as Translator;
  const controller = new TranslationController(translator, undefined, 'en');
  const remove = mountTranslationBar(controller, () => void calls.push('lost'));
  expect(style.mock.calls[0]![0]).toMatchObject({ margin: '0 auto', width: 'min(980px, 100vw - 16px)' });
  controller.shown.value = true;
  controller.shown.value = false;
  controller.shown.value = true;
  lose();
  // What the person cannot stop does not go on.
  expect(controller.shown.value).toBe(false);
  remove();
  controller.shown.value = true;
  expect(calls).toEqual(['hide', 'show', 'hide', 'show', 'hide', 'lost', 'remove']);
});
