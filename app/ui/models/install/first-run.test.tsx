import { packagedTraits } from '../../../protocol/model-traits.ts';
import { expect, test } from 'vitest';
import { render, setMedia, settled } from '../../../testing/render.ts';
import { importState, models, storedModel, summaryJob, wireError } from '../../../testing/builders.ts';
import { catalogueEntry, type ModelsSetUp, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { FirstRun, importOfFirstRun, isFirstRun } from './first-run.tsx';

const fresh = { stored: [], active: { kind: 'none' } } as const;
const finch = storedModel({ name: 'Finch' });

async function firstRun(change: ModelsSetUp = {}) {
  const page = await modelsPage({ settings: { welcomed: false }, models: fresh, ...change });
  const screen = render(<FirstRun controller={page.controller} />);
  const current = () => screen.root.querySelector('[aria-current="step"]')!.textContent;
  return { ...page, screen, current };
}

test('step 1 recommends a model, which one button downloads', async () => {
  const { client, screen, current } = await firstRun();
  expect(current()).toContain(t('step-device'));
  expect(screen.get('list', t('step-of', { n: 1 }))).toBeDefined();
  await screen.click(screen.get('button', t('recommended-get', { name: 'Finch 1B' })));
  expect(client.sent('import-address')).toEqual([{ address: 'birds/finch', name: 'Finch 1B' }]);
});

test('a model that is tight, or does not know the language, is recommended with a warning', async () => {
  const catalogue = [catalogueEntry({ gpuBytes: 5e9, languages: ['fr'] })];
  const { screen } = await firstRun({ catalogue });
  expect(screen.text()).toContain(t('recommended-tight'));
  expect(screen.text()).toContain(t('recommended-language', { languages: 'French', language: 'English' }));
});

test('if no model fits, the reasons are named instead', async () => {
  const { screen } = await firstRun({ diagnostics: { adapter: undefined } });
  expect(screen.text()).toContain(t('recommended-none'));
  expect(screen.text()).toContain(t('fit-reason-no-gpu'));
});

test('step 2 shows the import, but not that of the demo model', async () => {
  const { client, controller, screen, current } = await firstRun();
  const imports = [importState({ id: 'demo', name: '' }), importState({ id: 'x', name: 'Finch' })];
  await settled(() =>
    client.emit({ kind: 'models', models: models({ ...fresh, imports: imports.slice(0, 1) }) }),
  );
  expect([current(), importOfFirstRun(controller)]).toEqual([
    expect.stringContaining(t('step-device')),
    undefined,
  ]);
  await settled(() => client.emit({ kind: 'models', models: models({ ...fresh, imports }) }));
  expect([current(), importOfFirstRun(controller)]).toEqual([expect.stringContaining(t('step-model')), 'x']);
  expect(screen.get('progressbar', t('model-importing', { name: 'Finch' }))).toBeDefined();
});

test('step 3 summarises the article, stops on demand, and finishes', async () => {
  const { client, controller, screen, current } = await firstRun({
    models: { stored: [finch], active: { kind: 'idle', model: finch } },
  });
  expect(current()).toContain(t('step-try'));
  await screen.click(screen.getText(/Birds of the heath/));
  expect(screen.queryText('Second paragraph.')).toBeDefined();
  client.answer('summarise', () => ({ job: 'j', conversation: 'c' }));
  await screen.click(screen.get('button', t('try-button')));
  expect(client.sent('summarise')).toHaveLength(1);
  const writing = summaryJob({
    id: 'j',
    progress: { phase: 'writing' },
    text: '- A bird',
    tokens: 12,
    tokensPerSecond: 3,
  });
  await settled(() => client.emit({ kind: 'job', job: writing }));
  expect(screen.text()).toContain(
    [t('status-writing'), t('tokens', { n: 12 }), t('rate', { rate: '3' })].join(' · '),
  );
  expect(screen.root.querySelector('[aria-live="polite"]')!.getAttribute('aria-busy')).toBe('true');
  await screen.click(screen.get('button', t('stop')));
  expect(client.sent('stop')).toEqual([{ job: 'j' }]);
  await settled(() => client.emit({ kind: 'job', job: { ...writing, progress: { phase: 'stopped' } } }));
  expect(screen.text()).toContain(t('status-stopped'));
  expect(screen.text()).toContain(t('try-next', { key: 'Alt+Shift+L' }));
  expect(screen.get('button', t('regenerate'))).toBeDefined();
  await screen.click(screen.get('button', t('try-done')));
  expect(client.sent('set-settings')).toMatchObject([{ settings: { welcomed: true } }]);
  expect(isFirstRun(controller)).toBe(false);
});

test('a failed summary shows its error, and touch screens no keyboard shortcut', async () => {
  setMedia('(pointer: coarse)', true);
  const { client, screen } = await firstRun({ models: { stored: [finch] } });
  const job = summaryJob({ id: 'j', progress: { phase: 'failed', error: wireError({ code: 'gpu-lost' }) } });
  await settled(() => client.emit({ kind: 'job', job }));
  setMedia('(pointer: coarse)', false);
  expect(screen.get('alert').textContent).toContain(t('error-gpu-lost'));
  expect(screen.text()).toContain(t('try-next-touch'));
});

test('a stored demo model does not end the first run; skipping does', async () => {
  const { client, controller, screen, current } = await firstRun({
    models: { ...fresh, stored: [storedModel({ traits: packagedTraits })] },
  });
  expect([current(), isFirstRun(controller)]).toEqual([expect.stringContaining(t('step-device')), true]);
  expect(screen.get('link', t('welcome-other')).getAttribute('href')).toBe('#catalogue');
  await screen.click(screen.get('button', t('welcome-skip')));
  expect(client.sent('set-settings')).toMatchObject([{ settings: { welcomed: true } }]);
});

test('nothing is recommended before the device was checked, and it is no first run without settings', async () => {
  const { controller, screen } = await firstRun();
  await settled(() => {
    controller.checked.value = false;
  });
  expect(screen.query('button', t('welcome-skip'))).toBeUndefined();
  controller.worker.settings.value = undefined;
  expect(isFirstRun(controller)).toBe(false);
});
