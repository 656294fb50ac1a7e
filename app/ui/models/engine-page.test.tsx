import { expect, test, vi } from 'vitest';
import { queries } from '../../testing/render.ts';
import { t } from '../../i18n/index.ts';
import { applyLocale } from '../kit/load-locale.ts';
import { showEnginePage } from './engine-page.tsx';

vi.mock('../kit/load-locale.ts', { spy: true });
vi.mocked(applyLocale).mockImplementation(async () => {});

test('the tab of the engine says what it is for, and then that another one does the work', async () => {
  const root = document.createElement('div');
  document.body.append(root);
  await showEnginePage(root, 'engine-tab');
  const { text } = queries(root);
  expect(text()).toContain(t('engine-tab'));
  expect(text()).toContain(t('engine-tab-hint'));
  await showEnginePage(root, 'engine-elsewhere');
  expect(text()).toContain(t('engine-elsewhere'));
  expect(text()).not.toContain(t('engine-tab-hint'));
  root.remove();
});
