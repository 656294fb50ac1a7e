import { expect, it, vi } from 'vitest';
import { fake } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const {
  cacheTextsOnInstall: keepTextsFromInstall,
  cachedTexts,
  onTextsCached: onTextsKept,
} = await import('./ui-language.ts');
const { nearestLocale, textsOf } = await import('../i18n/locales.ts');

type Changed = (changes: object, area: string) => void;

/** A fake browser with German menus. Returns its storage and a function that simulates an install. */
function fakeGermanBrowser() {
  const stored: Record<string, unknown> = {};
  const listeners = new Set<Changed>();
  let installed = async () => {};
  fake.value = {
    i18n: { getUILanguage: () => 'de-AT' },
    runtime: { onInstalled: { addListener: (one: () => Promise<void>) => (installed = one) } },
    storage: {
      local: {
        get: async (key: string) => ({ [key]: stored[key] }),
        set: async (values: object) => {
          Object.assign(stored, values);
          for (const listener of listeners) listener(values, 'local');
        },
      },
      onChanged: {
        addListener: (one: Changed) => listeners.add(one),
        removeListener: (one: Changed) => listeners.delete(one),
      },
    },
  };
  return { stored, install: () => installed() };
}

it('caches texts after an install, in the browser’s language or the chosen one', async () => {
  const { stored, install } = fakeGermanBrowser();
  let heard = 0;
  keepTextsFromInstall(async (tags) => {
    const language = nearestLocale(tags);
    return { language, texts: await textsOf(language) };
  });
  const stop = onTextsKept(() => heard++);
  await install();
  expect(await cachedTexts()).toMatchObject({ language: 'de', texts: { translate: 'Übersetzen' } });
  await install();
  expect(heard).toBe(1);
  stored.uiLanguage = 'en';
  stop();
  await install();
  expect([await cachedTexts(), heard]).toEqual([{ language: 'en', texts: {} }, 1]);
});
