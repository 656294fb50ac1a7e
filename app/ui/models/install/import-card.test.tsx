import { expect, test } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { importState, models, wireError } from '../../../testing/builders.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { duration, percent, t } from '../../../i18n/index.ts';
import type { ImportState } from '../../../protocol/types.ts';
import { ImportCard, ImportCards } from './import-card.tsx';

async function card(change: Partial<ImportState>) {
  const { client, controller } = await modelsPage();
  const entry = importState({ id: 'i', name: 'Finch', ...change });
  return { client, screen: render(<ImportCard entry={entry} controller={controller} />) };
}

test('a running import shows phase, bytes, speed, time left and percentage, and can be paused', async () => {
  const progress = { phase: 'converting', done: 25e6, total: 100e6, tensor: 'model.norm' } as const;
  const { client, screen } = await card({ progress, bytesPerSecond: 5e6 });
  const facts = [
    t('phase-converting'),
    t('import-progress', { done: '25 MB', total: '100 MB' }),
    t('import-rate', { rate: '5 MB' }),
    t('import-left', { time: duration(15) }),
  ];
  expect(screen.text()).toContain(facts.join(' · '));
  expect(screen.text()).toContain(percent(0.25));
  const bar = screen.get('progressbar', t('model-importing', { name: 'Finch' }));
  expect(bar.getAttribute('value')).toBe('0.25');
  await screen.click(screen.get('button', t('pause')));
  await screen.click(screen.get('button', t('import-cancel-named', { name: 'Finch' })));
  expect(client.requests.slice(-2)).toEqual([
    ['pause-import', { id: 'i' }],
    ['dismiss-import', { id: 'i' }],
  ]);
  expect(screen.query('button', t('continue'))).toBeUndefined();
});

test('before its size is known, a running import has a bar without a value', async () => {
  const { screen } = await card({ name: undefined, progress: { phase: 'reading', done: 0, total: 0 } });
  const bar = screen.get('progressbar', t('model-importing', { name: t('model-demo-name') }));
  expect(bar.hasAttribute('value')).toBe(false);
});

test('a waiting import says why, and can be tried at once', async () => {
  const { client, screen } = await card({ status: 'waiting' });
  expect(screen.get('status').textContent).toBe(t('import-waiting-hint'));
  await screen.click(screen.get('button', t('import-try-now')));
  expect(client.sent('resume-import')).toEqual([{ id: 'i' }]);
});

test('a paused import continues; one that needs its files says so and has no button', async () => {
  const { client, screen } = await card({ status: 'paused' });
  expect(screen.queryText(t('import-paused-hint'))).toBeDefined();
  await screen.click(screen.get('button', t('continue')));
  expect(client.sent('resume-import')).toEqual([{ id: 'i' }]);
  const other = await card({ status: 'paused', needsFiles: true });
  expect(other.screen.queryText(t('import-needs-files'))).toBeDefined();
  expect(other.screen.query('button', t('continue'))).toBeUndefined();
});

test('a failed import shows the error with its facts, and is dismissed or tried again', async () => {
  const error = wireError({
    code: 'checkpoint-damaged',
    who: 'config.json',
    where: 'line 3',
    expected: 'a number',
    got: 'a list',
  });
  const { client, screen } = await card({ status: 'failed', error });
  const alert = screen.get('alert').textContent!;
  for (const part of [t('error-checkpoint-damaged'), 'config.json, line 3', 'a number', 'a list'])
    expect(alert).toContain(part);
  expect(screen.query('progressbar')).toBeUndefined();
  await screen.click(screen.get('button', t('retry')));
  await screen.click(screen.get('button', t('dismiss')));
  expect(client.requests.slice(-2).map(([kind]) => kind)).toEqual(['resume-import', 'dismiss-import']);
});

test('a failed import whose bytes are kept continues', async () => {
  const { screen } = await card({ status: 'failed', error: wireError(), kept: true });
  expect(screen.get('progressbar')).toBeDefined();
  expect(screen.get('button', t('continue'))).toBeDefined();
  expect(screen.get('button', t('import-cancel-named', { name: 'Finch' }))).toBeDefined();
});

test('all imports are listed except one that is shown elsewhere', async () => {
  const { client, controller } = await modelsPage();
  const screen = render(<ImportCards controller={controller} except="a" />);
  expect(screen.text()).toBe('');
  const imports = [importState({ id: 'a', name: 'Robin' }), importState({ id: 'b', name: 'Wren' })];
  await settled(() => client.emit({ kind: 'models', models: models({ imports }) }));
  expect(screen.get('region', t('imports-title')).textContent).toContain('Wren');
  expect(screen.text()).not.toContain('Robin');
});
