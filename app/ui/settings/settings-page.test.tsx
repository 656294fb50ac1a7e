import { expect, test } from 'vitest';
import { queries, render, settled } from '../../testing/render.ts';
import { settings, wireError } from '../../testing/builders.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { ownName, t } from '../../i18n/index.ts';
import { SettingsPage } from './settings-page.tsx';

test('before the worker answers, only what does not depend on it is shown', async () => {
  const { client, controller } = settingsPage();
  controller.worker.settings.value = undefined;
  const screen = render(<SettingsPage controller={controller} />);
  expect(screen.names('heading')).toEqual([t('settings-title'), t('ui-language-title')]);
  await settled(() => client.setConnected(false));
  expect(screen.names('heading')).toContain(t('about-title'));
  expect(screen.names('heading')).not.toContain(t('data-title'));
  await settled(() => {
    client.setConnected(true);
    client.emit({ kind: 'settings', settings: settings() });
  });
  expect(screen.names('heading')).toEqual([
    t('settings-title'),
    t('ui-language-title'),
    t('language-title'),
    t('rules-title'),
    t('reads-title'),
    t('hover-title'),
    t('summary-defaults-title'),
    t('pace-title'),
    t('cache-title'),
    t('ahead-title'),
    t('often-title'),
    t('prompts-title'),
    t('keep-title'),
    t('never-title'),
    t('data-title'),
    t('about-title'),
  ]);
});

test('pace and cache are chosen by radio buttons with explanations', async () => {
  const { client, controller } = settingsPage({ settings: { pace: 'balanced' } });
  const screen = render(<SettingsPage controller={controller} />);
  const radio = (group: 'pace' | 'cache', name: string) =>
    queries(screen.get('group', t(`${group}-title`))).get(
      'radio',
      new RegExp(`^${name}`),
    ) as HTMLInputElement;
  expect([radio('pace', t('pace-balanced')).checked, radio('cache', t('cache-plain')).checked]).toEqual([
    true,
    true,
  ]);
  await screen.click(radio('pace', t('pace-full')));
  await screen.click(radio('cache', t('cache-q8')));
  expect(client.sent('set-settings')).toEqual([
    { settings: { pace: 'full' } },
    { settings: { cache: 'q8' } },
  ]);
  expect([radio('pace', t('pace-full')).checked, radio('cache', t('cache-q8')).checked]).toEqual([
    true,
    true,
  ]);
});

test('the language of the interface is chosen, or left to the browser', async () => {
  const { controller, calls } = settingsPage({ environment: { language: 'de', browserLocale: 'fr' } });
  const screen = render(<SettingsPage controller={controller} />);
  const list = screen.get('combobox', new RegExp(t('ui-language-label'))) as HTMLSelectElement;
  expect(list.value).toBe('de');
  await screen.choose(list, ownName('ja'));
  await screen.choose(list, t('ui-language-browser', { language: ownName('fr') }));
  expect(calls).toEqual([
    ['chooseLanguage', 'ja'],
    ['chooseLanguage', undefined],
  ]);
});

test('an error is shown at the top, and the Models page can be opened', async () => {
  const { controller, calls } = settingsPage();
  controller.failure.value = wireError({ code: 'engine-unreachable' });
  const screen = render(<SettingsPage controller={controller} />);
  expect(screen.get('alert').textContent).toContain(t('error-engine-unreachable'));
  await screen.click(screen.get('button', t('manage-models')));
  expect(calls).toEqual([['openModels']]);
  expect(screen.text()).toContain(t('about-version', { version: '1.2.3' }));
});

test('saved prompts are sent as a change of the settings', async () => {
  const prompts = [{ name: 'song', text: 'What does it sing?' }];
  const { client, controller } = settingsPage({ settings: { prompts } });
  const screen = render(<SettingsPage controller={controller} />);
  await screen.click(screen.get('button', t('prompt-delete', { name: 'song' })));
  expect(client.sent('set-settings')).toEqual([{ settings: { prompts: [] } }]);
});

test('when pages are read ahead, and how much of it is kept, is chosen beside each other', async () => {
  const { client, controller } = settingsPage({ settings: { prefixMiB: 300 } });
  const screen = render(<SettingsPage controller={controller} />);
  const radio = queries(screen.get('group', t('ahead-title'))).get(
    'radio',
    new RegExp(`^${t('ahead-never')}`),
  );
  await screen.click(radio);
  expect(client.sent('set-settings').at(-1)?.settings).toEqual({ readAhead: 'never' });
  const size = screen.get('combobox', new RegExp(`^${t('saved-title')}`)) as HTMLSelectElement;
  expect(size.value).toBe('300');
  await screen.choose(size, t('saved-nothing'));
  expect(client.sent('set-settings').at(-1)?.settings).toEqual({ prefixMiB: 0 });
});

test('what was read is packed unless the person turns that off, or where it cannot be', async () => {
  const { client, controller } = settingsPage();
  const screen = render(<SettingsPage controller={controller} />);
  const box = () => screen.get('checkbox', t('saved-pack')) as HTMLInputElement;
  expect([box().checked, box().disabled]).toEqual([true, false]);
  await screen.click(box());
  expect(client.sent('set-settings').at(-1)?.settings).toEqual({ packReading: false });
  client.emit({ kind: 'settings', settings: settings({ packReading: false }) });
  await screen.click(box());
  expect(client.sent('set-settings').at(-1)).toEqual({ settings: {}, unset: ['packReading'] });
  for (const never of [{ prefixMiB: 0 }, { readAhead: 'never' as const }]) {
    client.emit({ kind: 'settings', settings: settings(never) });
    await screen.settled();
    expect([box().checked, box().disabled]).toEqual([false, true]);
  }
});
