import { expect, test } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { storedModel, wireError } from '../../../testing/builders.ts';
import { adapter, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import type { ActiveModel } from '../../../protocol/types.ts';
import { ActiveModelCard } from './active-model-card.tsx';

const model = storedModel({ name: 'Finch' });
const ready: ActiveModel = { kind: 'ready', model, adapter: adapter() };

async function card(active: ActiveModel, settings = {}) {
  const page = await modelsPage({ settings });
  return { ...page, screen: render(<ActiveModelCard active={active} controller={page.controller} />) };
}

test('a loaded model can be taken off the GPU, once', async () => {
  const { client, screen } = await card(ready);
  expect(screen.get('status').textContent).toContain(t('now-ready', { name: 'Finch' }));
  const answer = client.hold('unload');
  const button = screen.get('button', t('now-release')) as HTMLButtonElement;
  await screen.click(button);
  expect(button.disabled).toBe(true);
  expect(screen.queryText(t('wait-answer'))).toBeDefined();
  await settled(() => answer(null));
  expect([button.disabled, screen.queryText(t('wait-answer'))]).toEqual([false, undefined]);
});

test('an idle model can be loaded in advance', async () => {
  const { client, screen } = await card({ kind: 'idle', model });
  await screen.click(screen.get('button', t('now-load')));
  expect(client.sent('warm')).toHaveLength(1);
});

test('a model that is being loaded shows how far it is', async () => {
  const { screen } = await card({
    kind: 'loading',
    model,
    progress: { phase: 'reading', done: 1, total: 2 },
  });
  expect(screen.get('progressbar', t('model-loading', { name: 'Finch' })).getAttribute('value')).toBe('0.5');
  expect(screen.query('button', t('now-release'))).toBeUndefined();
});

test('there is no card without a model, and one without buttons after a failure', async () => {
  const { controller, screen } = await card({ kind: 'none' });
  expect(screen.text()).toBe('');
  screen.rerender(
    <ActiveModelCard active={{ kind: 'failed', error: wireError() }} controller={controller} />,
  );
  expect(screen.get('status').textContent).toContain(t('now-failed', { name: '' }));
});

test('the idle time is chosen, ten minutes by default', async () => {
  const { client, screen } = await card(ready);
  const list = screen.get('combobox') as HTMLSelectElement;
  expect(list.value).toBe('10');
  await screen.choose(list, t('minutes-never'));
  expect(client.sent('set-settings')).toMatchObject([{ settings: { idleMinutes: 0 } }]);
});

test('the pace is chosen, and the Settings page can be opened', async () => {
  const { client, opened, screen } = await card(ready, { pace: 'polite' });
  expect(screen.queryText(t('pace-polite-hint'))).toBeDefined();
  await screen.click(screen.get('radio', t('pace-full')));
  expect(client.sent('set-settings')).toMatchObject([{ settings: { pace: 'full' } }]);
  expect(screen.queryText(t('pace-full-hint'))).toBeDefined();
  await screen.click(screen.get('button', t('settings-title')));
  expect(opened.settings).toBe(1);
});
