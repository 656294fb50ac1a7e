import { expect, it, vi } from 'vitest';
import type { PageRules } from '../../protocol/page/page-rules.ts';
import { fake, fakeEvent } from '../../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));
vi.mock('../own-address.ts', () => ({ ownOrigin: () => 'chrome-extension://linnet' }));
const { answerRuleRequests } = await import('./rule-reports.ts');

const ownPage = {
  id: 'linnet',
  url: 'chrome-extension://linnet/offscreen.html',
  origin: 'chrome-extension://linnet',
};
const webPage = (url: string) => ({
  id: 'linnet',
  url,
  origin: new URL(url).origin,
  frameId: 0,
  tab: { id: 4 },
});

/** A service worker with the leave for some sites. `agrees`: the person's answer. */
async function start({ granted = [] as string[], agrees = true } = {}) {
  const allowed = new Set(
    granted.flatMap((site) => [
      `https://${site}/*`,
      `http://${site}/*`,
      `https://www.${site}/*`,
      `http://www.${site}/*`,
    ]),
  );
  const stored: Record<string, unknown> = {};
  let scripts: { id: string; matches: string[] }[] = [];
  const injected: unknown[] = [];
  const asked: string[][] = [];
  const onMessage = fakeEvent();
  fake.value = {
    runtime: { id: 'linnet', onMessage },
    storage: {
      local: {
        get: async (key: string) => ({ [key]: stored[key] }),
        set: async (values: object) => void Object.assign(stored, structuredClone(values)),
      },
    },
    permissions: {
      contains: async ({ origins }: { origins: string[] }) => origins.every((origin) => allowed.has(origin)),
      request: async ({ origins }: { origins: string[] }) => {
        asked.push(origins);
        if (agrees) for (const origin of origins) allowed.add(origin);
        return agrees;
      },
      remove: async ({ origins }: { origins: string[] }) => {
        for (const origin of origins) allowed.delete(origin);
        return true;
      },
      onAdded: fakeEvent(),
      onRemoved: fakeEvent(),
    },
    scripting: {
      getRegisteredContentScripts: async () => scripts,
      registerContentScripts: async (made: typeof scripts) => void (scripts = made),
      updateContentScripts: async (made: typeof scripts) => void (scripts = made),
      unregisterContentScripts: async () => void (scripts = []),
      executeScript: async (what: object) => void injected.push(what),
    },
  };
  answerRuleRequests();
  const send = (message: unknown, sender: object) =>
    new Promise<unknown>((resolve) => {
      void onMessage.emit(message, sender, resolve);
      setTimeout(() => resolve('no answer'), 20);
    });
  const report = (rules: unknown) => send({ kind: 'linnet:rules', rules }, ownPage);
  const rulesAt = (url: string) => send('linnet:page-rules', webPage(url)) as Promise<PageRules>;
  return {
    send,
    report,
    rulesAt,
    allowed,
    asked,
    injected,
    matches: () => scripts.flatMap(({ matches }) => matches),
  };
}

it('tells a page the rule for its own site and nothing of others', async () => {
  const { report, rulesAt } = await start();
  await report({
    siteRules: { 'example.org': 'never', 'other.org': 'always' },
    languageRules: { nl: 'always' },
  });
  expect(await rulesAt('https://example.org/a')).toEqual({ site: 'never', always: ['nl'], never: [] });
  expect(JSON.stringify(await rulesAt('https://third.org/'))).not.toContain('other');
});

it('takes rules from pages of Linnet alone, and leaves out what is damaged', async () => {
  const { send, report, rulesAt } = await start();
  const rules = { siteRules: { 'example.org': 'always' } };
  expect(await send({ kind: 'linnet:rules', rules }, webPage('https://example.org/'))).toBe('no answer');
  await report({ siteRules: { 'example.org': 'perhaps' }, languageRules: 7, hoverKey: 'Enter' });
  expect(await rulesAt('https://example.org/')).toEqual({ always: [], never: [] });
});

it('registers the script for the sites that have a rule and the leave, and gives the leave back with the rule', async () => {
  const { report, matches, allowed } = await start({ granted: ['example.org'] });
  await report({ siteRules: { 'example.org': 'always', 'other.org': 'always' } });
  expect(matches()).toContain('https://example.org/*');
  expect(matches().join()).not.toContain('other.org');
  await report({});
  expect(matches()).toEqual([]);
  expect(allowed.size).toBe(0);
});

it('asks for the site of the page, in the moment that the page asks', async () => {
  const { send, report, asked, matches } = await start();
  await report({ siteRules: { 'example.org': 'always' } });
  expect(await send('linnet:allow-site', webPage('https://www.example.org/a'))).toBe(true);
  expect(asked).toEqual([
    [
      'https://example.org/*',
      'http://example.org/*',
      'https://www.example.org/*',
      'http://www.example.org/*',
    ],
  ]);
  expect(matches()).toContain('https://www.example.org/*');
});

it('a person who says no keeps the rule without the leave', async () => {
  const { send, report, matches } = await start({ agrees: false });
  await report({ siteRules: { 'example.org': 'always' } });
  expect(await send('linnet:allow-site', webPage('https://example.org/'))).toBe(false);
  expect(matches()).toEqual([]);
});

it('tells a page that its own site is summarised often, and gives the reader to that page alone', async () => {
  const { send, report, rulesAt, injected } = await start();
  await report({ often: ['example.org', 7] });
  const page = webPage('https://www.example.org/a');
  expect(await rulesAt(page.url)).toMatchObject({ often: true });
  expect(await rulesAt('https://other.org/')).not.toHaveProperty('often');
  const secret = { ...page, tab: { id: 4, incognito: true } };
  expect(await send('linnet:page-rules', secret)).not.toHaveProperty('often');
  for (const sender of [secret, { ...page, frameId: 2 }, webPage('https://other.org/')])
    expect(await send('linnet:load-reader', sender)).toBe(false);
  expect(injected).toEqual([]);
  expect(await send('linnet:load-reader', page)).toBe(true);
  expect(injected).toEqual([{ target: { tabId: 4, frameIds: [0] }, files: ['/reader.js'] }]);
});
