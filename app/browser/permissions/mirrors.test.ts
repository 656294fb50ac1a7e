import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { connectPolicy } from '../../../engine/index.ts';
import { fake } from '../../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));
const { askToFetchFrom, mayFetchFrom } = await import('./mirrors.ts');

test('a mirror needs a permission, which the person is asked for; other origins need none', async () => {
  const granted: string[] = [];
  fake.value = {
    permissions: {
      contains: async ({ origins }: { origins: string[] }) => origins.every((o) => granted.includes(o)),
      request: async ({ origins }: { origins: string[] }) => granted.push(...origins) > 0,
    },
  };
  for (const origin of ['https://huggingface.co', 'http://127.0.0.1:8080', 'https://example.org', 'toString'])
    expect(await mayFetchFrom(origin), origin).toBe(true);
  expect(await mayFetchFrom('https://modelscope.cn')).toBe(false);
  expect(await askToFetchFrom('https://modelscope.cn')).toBe(true);
  expect(granted).toEqual(['https://modelscope.cn/*', 'https://*.modelscope.cn/*']);
  expect(await mayFetchFrom('https://modelscope.cn')).toBe(true);
  expect(await mayFetchFrom('https://hf-mirror.com')).toBe(false);
});

test('without permissions in the browser a mirror is not asked', async () => {
  fake.value = {};
  expect([
    await mayFetchFrom('https://hf-mirror.com'),
    await askToFetchFrom('https://hf-mirror.com'),
  ]).toEqual([false, false]);
});

test('the policy of the package allows the mirrors', () => {
  const sources =
    /const connectSources = \[([^\]]*)\]/.exec(readFileSync('wxt.config.ts', 'utf8'))?.[1] ?? '';
  const quoted = [...sources.matchAll(/(["'])(.*?)\1,/g)].map(([, , source]) => source);
  const policy = connectPolicy(`connect-src ${quoted.join(' ')}`, 'chrome-extension://abc/');
  for (const host of ['hf-mirror.com', 'modelscope.cn', 'cdn-lfs-cn-1.modelscope.cn'])
    expect(policy.allows(new URL(`https://${host}/x`)), host).toBe(true);
});
