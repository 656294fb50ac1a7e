import { expect, test, vi } from 'vitest';
import { fake, fakeEvent } from '../../testing/fake-browser.ts';
import { askForServer, isServerAllowed, releaseServers, watchServerPermission } from './own-server.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));

/** A browser whose person agrees to everything. */
function permissions(granted: string[] = []) {
  const onRemoved = fakeEvent();
  fake.value = {
    permissions: {
      request: async ({ origins }: { origins: string[] }) => granted.push(...origins) > 0,
      contains: async ({ origins }: { origins: string[] }) => origins.every((each) => granted.includes(each)),
      getAll: async () => ({ origins: [...granted] }),
      remove: async ({ origins }: { origins: string[] }) => {
        for (const each of origins) granted.splice(granted.indexOf(each), 1);
        await onRemoved.emit({ origins });
      },
      onRemoved,
    },
    storage: { local: { get: async () => ({}) } },
  };
  return granted;
}

test('one host is asked for, and given back', async () => {
  const granted = permissions();
  expect(await isServerAllowed('http://192.168.1.5/*')).toBe(false);
  expect(await askForServer('http://192.168.1.5/*')).toBe(true);
  expect(granted).toEqual(['http://192.168.1.5/*']);
  await releaseServers();
  expect(granted).toEqual([]);
});

test('the server in use and the permission for every page stay', async () => {
  const granted = permissions(['https://*/*', 'http://*/*', 'http://192.168.1.5/*', 'https://old.example/*']);
  await releaseServers('http://192.168.1.5/*');
  expect(granted).toEqual(['https://*/*', 'http://*/*', 'http://192.168.1.5/*']);
  await releaseServers();
  expect(granted).toEqual(['https://*/*', 'http://*/*']);
});

test('hosts of sites that are always translated, and of mirrors, stay', async () => {
  const sites = ['https://example.org/*', 'http://example.org/*', 'https://www.example.org/*'];
  const granted = permissions([...sites, 'https://hf-mirror.com/*', 'http://192.168.1.5/*']);
  const rules = { siteRules: { 'example.org': 'always', 'other.example': 'never' } };
  fake.value = { ...(fake.value as object), storage: { local: { get: async () => ({ pageRules: rules }) } } };
  await releaseServers();
  expect(granted).toEqual([...sites, 'https://hf-mirror.com/*']);
});

test('it is noticed when the person takes it back, and a failure then stops nothing', async () => {
  permissions(['http://192.168.1.5/*']);
  const gone = vi.fn(async () => Promise.reject(new Error('no engine')));
  watchServerPermission(gone);
  await releaseServers();
  expect(gone).toHaveBeenCalledTimes(1);
});
