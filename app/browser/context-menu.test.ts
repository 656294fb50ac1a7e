import { expect, it, vi } from 'vitest';
import type { MenuTitles } from './context-menu.ts';
import { fake } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { createContextMenu: keepMenu } = await import('./context-menu.ts');

type Listener = (...args: unknown[]) => unknown;

/** A fake browser with a context menu. Returns its entries, and the listeners for an install and for changes of texts. */
function fakeMenuBrowser() {
  const entries = new Map<string, { title: string; contexts: string[] }>();
  const listeners: { installed?: Listener; changed?: Listener } = {};
  fake.value = {
    i18n: { getMessage: (name: string) => `browser: ${name}` },
    runtime: { onInstalled: { addListener: (one: Listener) => (listeners.installed = one) } },
    storage: { onChanged: { addListener: (one: Listener) => (listeners.changed = one) } },
    contextMenus: {
      create: ({ id, ...rest }: { id: string; title: string; contexts: string[] }) => entries.set(id, rest),
      update: async (id: string, change: object) =>
        entries.set(id, { ...entries.get(id)!, ...change } as never),
    },
  };
  return { entries, listeners };
}

it('is created once in the browser’s language, and updated when the interface language changes', async () => {
  const { entries, listeners } = fakeMenuBrowser();
  let speaks: string | undefined;
  const titles = () => new Proxy({}, { get: (_, id) => `${speaks}: ${String(id)}` }) as MenuTitles;
  keepMenu(async () => (speaks === undefined ? undefined : titles()));
  await listeners.installed!();
  expect([...entries].map(([id, { contexts }]) => [id, contexts[0]])).toEqual([
    ['summarise-page', 'page'],
    ['summarise-selection', 'selection'],
    ['translate-selection', 'selection'],
    ['translate-written', 'editable'],
    ['translate-page', 'page'],
  ]);
  expect(entries.get('translate-written')!.title).toBe('browser: translate_written');

  speaks = 'de';
  await listeners.changed!({ something: {} }, 'local');
  expect(entries.get('translate-page')!.title).toBe('browser: translate_page');
  await listeners.changed!({ uiTexts: {} }, 'local');
  await vi.waitFor(() => expect(entries.get('translate-page')!.title).toBe('de: translate-page'));
  expect(entries.get('translate-page')!.contexts).toContain('link');
});

it('does nothing if the browser has no context menu', () => {
  fake.value = {};
  expect(() => keepMenu(async () => undefined)).not.toThrow();
});
