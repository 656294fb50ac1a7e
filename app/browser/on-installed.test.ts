import { expect, it, vi } from 'vitest';
import { fake, fakeEvent } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { openModelsAfterInstall } = await import('./on-installed.ts');

/** The pages that are opened after an `onInstalled` event. */
async function opened(reason: string, management?: object): Promise<string[]> {
  const onInstalled = fakeEvent();
  const pages: string[] = [];
  vi.stubGlobal('self', { location: { origin: 'chrome-extension://linnet' } });
  fake.value = {
    management,
    runtime: { onInstalled },
    tabs: { create: async ({ url }: { url: string }) => pages.push(url) },
  };
  openModelsAfterInstall();
  await onInstalled.emit({ reason });
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
