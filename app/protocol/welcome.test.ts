import { expect, it, vi } from 'vitest';

const browser = vi.hoisted(() => ({ value: {} as Record<string, unknown> }));
vi.mock('wxt/browser', () => ({
  browser: new Proxy({}, { get: (_, name: string) => browser.value[name] }),
}));
const { welcomeAfterInstall } = await import('./welcome.ts');

/** The pages that are opened after the browser told of an installation. */
async function opened(reason: string, management?: object): Promise<string[]> {
  let tell: (details: { reason: string }) => unknown = () => {};
  const pages: string[] = [];
  vi.stubGlobal('self', { location: { origin: 'chrome-extension://linnet' } });
  browser.value = {
    management,
    runtime: {
      onInstalled: {
        addListener: (listener: typeof tell) => {
          tell = listener;
        },
      },
    },
    tabs: { create: async ({ url }: { url: string }) => pages.push(url) },
  };
  welcomeAfterInstall();
  await tell({ reason });
  vi.unstubAllGlobals();
  return pages;
}

const from = (installType: string) => ({ getSelf: async () => ({ installType }) });

it('opens the first run after an installation, and after nothing else', async () => {
  const models = ['chrome-extension://linnet/models.html'];
  expect(await opened('install', from('normal'))).toEqual(models);
  expect(await opened('install')).toEqual(models);
  expect(await opened('update', from('normal'))).toEqual([]);
  expect(await opened('chrome_update', from('normal'))).toEqual([]);
  expect(await opened('install', from('development'))).toEqual([]);
});
