import { expect, it, vi } from 'vitest';
import { fake } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const {
  cacheTextsOnInstall: keepTextsFromInstall,
  keptTexts,
  onTextsCached: onTextsKept,
} = await import('./ui-language.ts');
const { nearestLocale, textsOf } = await import('../i18n/locales.ts');

type Changed = (changes: object, area: string) => void;

/** A browser whose menus are German; gives what happens at an install. */
function whole() {
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

it('lays texts down at the install, in the browser’s language or the one that was chosen', async () => {
  const { stored, install } = whole();
  let heard = 0;
  keepTextsFromInstall(async (tags) => {
    const language = nearestLocale(tags);
    return { language, texts: await textsOf(language) };
  });
  const stop = onTextsKept(() => heard++);
  await install();
  expect(await keptTexts()).toMatchObject({ language: 'de', texts: { translate: 'Übersetzen' } });
  await install();
  expect(heard).toBe(1);
  stored.uiLanguage = 'en';
  stop();
  await install();
  expect([await keptTexts(), heard]).toEqual([{ language: 'en', texts: {} }, 1]);
});
