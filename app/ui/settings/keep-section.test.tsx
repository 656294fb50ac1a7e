import { expect, test } from 'vitest';
import { conversation, translationJob } from '../../testing/builders.ts';
import { render, settled } from '../../testing/render.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { t } from '../../i18n/index.ts';
import { SettingsPage } from './settings-page.tsx';

const radio = (name: 'always' | 'month' | 'day' | 'session') => new RegExp(`^${t(`keep-${name}`)}`);

test('a choice that deletes something is made only once it is confirmed', async () => {
  const { client, controller } = settingsPage();
  client.answer('conversations', () => [
    conversation({ updatedAt: 0 }),
    conversation({ updatedAt: Date.now() }),
  ]);
  client.answer('translations', () => [translationJob({ updatedAt: 0 })]);
  const screen = render(<SettingsPage controller={controller} />);
  await screen.click(screen.get('radio', radio('day')));
  expect(screen.get('alertdialog').textContent).toContain(t('keep-older', { n: 2 }));
  expect(client.sent('set-settings')).toEqual([]);
  await screen.click(screen.get('button', t('cancel')));
  expect(screen.query('alertdialog')).toBeUndefined();
  expect((screen.get('radio', radio('always')) as HTMLInputElement).checked).toBe(true);
  await screen.click(screen.get('radio', radio('day')));
  await screen.click(screen.get('button', t('keep-shorten')));
  expect(client.sent('set-settings')).toMatchObject([{ settings: { keepFor: 'day' } }]);
});

test('a choice that deletes nothing is made at once, and can be taken back', async () => {
  const { client, controller } = settingsPage();
  client.answer('conversations', () => [conversation({ updatedAt: Date.now() })]);
  client.answer('translations', () => []);
  const screen = render(<SettingsPage controller={controller} />);
  await screen.click(screen.get('radio', radio('month')));
  await screen.click(screen.get('radio', radio('session')));
  await screen.click(screen.get('radio', radio('always')));
  expect(client.sent('set-settings')).toMatchObject([
    { settings: { keepFor: 'month' } },
    { settings: { keepFor: 'session' } },
    { unset: ['keepFor'] },
  ]);
});

test('sites that are never kept are added by their address, and removed', async () => {
  const { client, controller } = settingsPage({ settings: { neverKept: ['news.example'] } });
  const screen = render(<SettingsPage controller={controller} />);
  const field = screen.get('textbox', t('never-label'));
  await screen.fill(field, 'not a site');
  await screen.click(screen.get('button', t('never-add')));
  expect(screen.get('alert').textContent).toBe(t('never-invalid'));
  expect(client.sent('set-settings')).toEqual([]);
  await screen.fill(field, 'https://www.Bank.example/login');
  await screen.click(screen.get('button', t('never-add')));
  await screen.click(screen.get('button', t('never-remove', { site: 'news.example' })));
  expect(client.sent('set-settings')).toMatchObject([
    { settings: { neverKept: ['bank.example', 'news.example'] } },
    { settings: { neverKept: ['bank.example'] } },
  ]);
});

test('stored translations are shown, and deleted one by one or all', async () => {
  const { client, controller } = settingsPage();
  const stored = [translationJob({ id: 'one', source: 'An open gate.', text: 'Ein offenes Tor.' })];
  client.answer('translations', () => stored);
  await controller.readTranslations();
  const screen = render(<SettingsPage controller={controller} />);
  // Folded away until it is asked for.
  for (const folded of document.querySelectorAll('details')) folded.open = true;
  expect(screen.text()).toContain('Ein offenes Tor.');
  await screen.click(screen.get('button', t('translation-delete')));
  await screen.click(screen.get('button', t('translations-delete')));
  expect(client.sent('delete-translations')).toEqual([{ jobs: ['one'] }, {}]);
});

test('what does not work is said with a next step, and what is damaged can be deleted', async () => {
  const { client, controller } = settingsPage();
  const screen = render(<SettingsPage controller={controller} />);
  const error = { code: 'internal', who: 'database', message: 'database: no room' } as const;
  await settled(() =>
    client.emit({
      kind: 'notices',
      notices: [
        { part: 'database', error },
        { part: 'records', count: 3 },
      ],
    }),
  );
  expect(screen.text()).toContain(t('notice-database'));
  expect(document.body.textContent).toContain('no room');
  expect(screen.text()).toContain(t('notice-records', { n: 3 }));
  await screen.click(screen.get('button', t('delete-damaged')));
  expect(client.sent('delete-damaged')).toEqual([{}]);
});
