import { expect, test } from 'vitest';
import { t } from '../../../i18n/index.ts';
import { storedModel } from '../../../testing/builders.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { render } from '../../../testing/render.ts';
import { ImproveNote } from './improve-note.tsx';

const plain = {
  weights: 'm0e4+q8-head',
  unquantised: true,
  origin: '{"kind":"address","address":"org/finch"}',
} as const;

async function note(change: Parameters<typeof storedModel>[0] = {}, imports: readonly object[] = []) {
  const model = storedModel({ id: 'a', name: 'Finch', ...plain, ...change });
  const page = await modelsPage({
    models: { active: { kind: 'none' }, chosen: 'a', stored: [model], imports: imports as [] },
  });
  return { ...page, screen: render(<ImproveNote model={model} controller={page.controller} />) };
}

test('a model that was converted plainly is improved from its address', async () => {
  const { client, screen } = await note();
  expect(screen.text()).toContain(t('improve-offer'));
  await screen.click(screen.getText(t('improve-offer')));
  expect(screen.text()).toContain(t('improve-hint'));
  await screen.click(screen.get('button', t('improve-named', { name: 'Finch' })));
  expect(client.sent('improve-model')).toEqual([{ id: 'a' }]);
});

test('one of files is improved from files that are chosen again', async () => {
  const { screen } = await note({ origin: '{"kind":"files","files":["model.safetensors,100"]}' });
  await screen.click(screen.getText(t('improve-offer')));
  expect(screen.text()).toContain(t('improve-hint-files'));
  expect(screen.text()).toContain(t('improve-files'));
});

test('nothing is offered for a quantised original, an unknown one, or full numbers', async () => {
  for (const change of [{ unquantised: false }, { weights: 'q8' }, { weights: 'published' }] as const) {
    const { screen } = await note(change);
    expect(screen.text()).toBe('');
  }
});

test('what was done, and what is under way, is said', async () => {
  const calibration = { method: 'gptq', damping: 0.01, tokens: 5000 } as const;
  const done = await note({ weights: 'calibrated', calibration });
  expect(done.screen.text()).toBe(t('model-calibrated'));
  const running = { id: 'i', name: 'Finch', status: 'running', improves: 'a', bytesPerSecond: 0 };
  const progress = { phase: 'converting', done: 1, total: 2 };
  const { screen } = await note({}, [{ ...running, progress }]);
  expect(screen.text()).toBe(t('improve-under-way'));
});
