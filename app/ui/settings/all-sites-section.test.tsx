import { expect, test } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { settingsPage } from '../../testing/settings-builder.ts';
import { t } from '../../i18n/index.ts';
import { AllSitesSection } from './all-sites-section.tsx';

test('the box is ticked after the browser has agreed, and disabled meanwhile', async () => {
  let agree = (_: boolean) => {};
  const set = () => new Promise<boolean>((resolve) => (agree = resolve));
  const { controller } = settingsPage({ environment: { allSites: { initial: false, set } } });
  const screen = render(<AllSitesSection controller={controller} />);
  const box = screen.get('checkbox', t('everywhere')) as HTMLInputElement;
  expect(document.getElementById(box.getAttribute('aria-describedby')!)!.textContent).toBe(
    t('everywhere-hint'),
  );
  await screen.click(box);
  expect(box.disabled).toBe(true);
  await settled(() => agree(true));
  expect([box.checked, box.disabled]).toEqual([true, false]);
});

test('after a refusal the box is empty again', async () => {
  const allSites = { initial: false, set: async () => false };
  const { controller } = settingsPage({ environment: { allSites } });
  const screen = render(<AllSitesSection controller={controller} />);
  const box = screen.get('checkbox') as HTMLInputElement;
  await screen.click(box);
  expect([box.checked, box.disabled]).toEqual([false, false]);
});

test('there is no box where the browser does not support it', () => {
  const allSites = { initial: undefined, set: async () => false };
  const { controller } = settingsPage({ environment: { allSites } });
  expect(render(<AllSitesSection controller={controller} />).text()).toBe('');
});
