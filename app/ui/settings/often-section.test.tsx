import { expect, test } from 'vitest';
import type { Settings } from '../../protocol/types.ts';
import { render } from '../../testing/render.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { t } from '../../i18n/index.ts';
import { OftenSection } from './often-section.tsx';

const seen = (site: string, ...conversations: readonly string[]) =>
  conversations.map((conversation) => ({ site, conversation, at: Date.now() - 1000 }));
const show = (settings: Partial<Settings>, allSites = true) => {
  const page = settingsPage({
    settings,
    environment: { allSites: { initial: allSites, set: async (on) => on } },
  });
  return { ...page, screen: render(<OftenSection controller={page.controller} />) };
};
const others = [...seen('blog.example', '4'), ...seen('shop.example', '5')];
const summarised = [...seen('news.example', '1', '2', '3'), ...others];

test('the sites that were summarised are shown, with those that are read ahead', () => {
  const { screen } = show({ summarised });
  const rows = screen.all('listitem').map(({ textContent }) => textContent);
  expect(rows[0]).toContain('news.example');
  expect(rows.map((row) => row.includes(t('often-read')))).toEqual([true, false, false]);
  expect(screen.text()).not.toContain(t('often-access'));
});

test('one is forgotten, or all', async () => {
  const { screen, client } = show({ summarised });
  await screen.click(screen.get('button', t('often-forget', { site: 'news.example' })));
  await screen.click(screen.get('button', t('often-forget-all')));
  expect(client.sent('set-settings')).toMatchObject([
    { settings: { summarised: others } },
    { unset: ['summarised'] },
  ]);
});

test('without the leave for all sites it says what that means, and without sites that there are none', () => {
  const { screen } = show({}, false);
  expect(screen.text()).toContain(t('often-access'));
  expect(screen.text()).toContain(t('often-none'));
});

test('where reading ahead is turned off, there is nothing', () => {
  expect(show({ readAhead: 'never', summarised }).screen.text()).toBe('');
});
