import { expect, test } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { t } from '../../i18n/index.ts';
import { DataSection } from './data-section.tsx';

test('everything is deleted only after a confirmation, with the focus on the safe answer', async () => {
  const { client, controller } = settingsPage();
  const screen = render(<DataSection controller={controller} />);
  await screen.click(screen.get('button', t('erase-all')));
  const dialog = screen.get('alertdialog', t('erase-all'));
  expect(document.getElementById(dialog.getAttribute('aria-describedby')!)!.textContent).toBe(
    t('erase-all-confirm'),
  );
  expect(document.activeElement).toBe(screen.get('button', t('keep')));
  await screen.press('Enter');
  expect([screen.query('alertdialog'), client.sent('erase')]).toEqual([undefined, []]);
  await screen.click(screen.get('button', t('erase-all')));
  const answer = client.hold('erase');
  await screen.click(screen.get('button', t('erase-all')));
  expect(client.sent('erase')).toEqual([{ models: true }]);
  expect(screen.get('status').textContent).toBe(t('erase-working'));
  expect((screen.get('button', t('erase-work')) as HTMLButtonElement).disabled).toBe(true);
  await settled(() => answer(null));
  expect(screen.get('status').textContent).toBe(t('erase-done'));
});

test('conversations and settings are deleted without the models', async () => {
  const { client, controller } = settingsPage();
  const screen = render(<DataSection controller={controller} />);
  await screen.click(screen.get('button', t('erase-work')));
  expect(screen.queryText(t('erase-work-confirm'))).toBeDefined();
  await screen.click(screen.get('button', t('erase-work')));
  expect(client.sent('erase')).toEqual([{ models: false }]);
});
