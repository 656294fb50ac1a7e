import { expect, test, vi } from 'vitest';
import '../../../testing/dom.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { mountOnPage, type ShadowHost } from '../shadow-host.ts';
import type { Translator } from '../translator.ts';
import { mountTranslationBar } from './mount-translation-bar.tsx';
import { TranslationController } from './translation-controller.ts';

vi.mock('../shadow-host.ts', () => ({ mountOnPage: vi.fn() }));
vi.mock('../../../browser/open-models.ts', () => ({ requestModelsPage: async () => {} }));

test('the bar is at the lower edge, and shown while the controller shows it', () => {
  const calls: string[] = [];
  const style = vi.fn();
  const surface: Partial<ShadowHost> = {
    style,
    show: () => void calls.push('show'),
    hide: () => void calls.push('hide'),
    remove: () => void calls.push('remove'),
  };
  vi.mocked(mountOnPage).mockReturnValue(surface as ShadowHost);
  const translator = new FakeTranslator() as unknown as Translator;
  const controller = new TranslationController(translator, undefined, 'en');
  const remove = mountTranslationBar(controller);
  expect(style.mock.calls[0]![0]).toMatchObject({ margin: '0 auto', width: 'fit-content' });
  controller.shown.value = true;
  controller.shown.value = false;
  remove();
  controller.shown.value = true;
  expect(calls).toEqual(['hide', 'show', 'hide', 'remove']);
});
