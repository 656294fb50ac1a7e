import { expect, test } from 'vitest';
import { bytes, t } from '../../../i18n/index.ts';
import type { KeptLoss, LossProgress } from '../../../protocol/types.ts';
import { settings, storedModel } from '../../../testing/builders.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { render } from '../../../testing/render.ts';
import { LossNote } from './loss-note.tsx';

const calibrated = {
  weights: 'calibrated',
  unquantised: true,
  origin: '{"kind":"address","address":"org/finch"}',
} as const;

const measured: KeptLoss = {
  at: 1,
  of: 1,
  tokens: 928,
  sizes: [
    { weights: 'calibrated', bytes: 90e6, sameChoice: 0.884, divergence: 0.0529 },
    { weights: 'q8', bytes: 150e6, sameChoice: 0.9967, divergence: 0.0003 },
  ],
};

async function note(
  change: Parameters<typeof storedModel>[0] = {},
  { loss, comparing }: { loss?: KeptLoss; comparing?: LossProgress } = {},
) {
  const model = storedModel({ id: 'a', name: 'Finch', ...calibrated, ...change });
  const page = await modelsPage({
    models: {
      active: { kind: 'none' },
      stored: [model],
      imports: [],
      ...(comparing === undefined ? {} : { comparing }),
    },
    settings: settings(loss === undefined ? {} : { losses: { a: loss } }),
  });
  return { ...page, screen: render(<LossNote model={model} controller={page.controller} />) };
}

test('one that was not measured is measured from its address', async () => {
  const { client, screen } = await note();
  await screen.click(screen.getText(t('loss-offer')));
  expect(screen.text()).toContain(t('loss-hint'));
  await screen.click(screen.get('button', t('loss-named', { name: 'Finch' })));
  expect(client.sent('measure-loss')).toEqual([{ id: 'a' }]);
});

test('one of files is measured from files that are chosen again', async () => {
  const { screen } = await note({ origin: '{"kind":"files","files":[]}' });
  await screen.click(screen.getText(t('loss-offer')));
  expect(screen.text()).toContain(t('loss-hint-files'));
  expect(screen.text()).toContain(t('loss-start-files'));
});

test('a word and a number for the stored size, and each size with its bytes or without a figure', async () => {
  const { screen } = await note({}, { loss: measured });
  expect(screen.text()).toContain(t('loss-agrees', { loss: t('loss-some'), share: '88%' }));
  await screen.click(screen.getText(t('loss-sizes')));
  expect(screen.text()).toContain(`${t('size-small')}${bytes(90e6)}${t('loss-this')}`);
  expect(screen.text()).toContain(`${t('size-balanced')} ${t('loss-unmeasured')}`);
  expect(screen.text()).toContain(t('loss-size', { loss: t('loss-least'), share: '99.7%' }));
  expect(screen.text()).toContain(t('loss-again'));
});

test('a figure of an earlier import, or of another size, is not shown', async () => {
  for (const change of [{ importedAt: 2 }, { weights: 'u6+q8-head' }] as const) {
    const { screen } = await note(change, { loss: measured });
    expect(screen.text()).toContain(t('loss-offer'));
    expect(screen.text()).not.toContain('88%');
  }
});

test('a model whose numbers are those of its file lost nothing; one of an unknown original says nothing', async () => {
  const published = await note({ weights: 'published', unquantised: false });
  expect(published.screen.text()).toBe(t('loss-none'));
  const earlier = await note({ weights: 'm0e4', unquantised: false });
  expect(earlier.screen.text()).toBe('');
});

test('a comparison under way can be stopped; a failed one says why', async () => {
  const { client, screen } = await note({}, { comparing: { model: 'a', done: 1, total: 4 } });
  expect(screen.text()).toContain(t('loss-running'));
  await screen.click(screen.get('button', t('stop')));
  expect(client.sent('stop-measuring')).toEqual([{}]);
  const error = { code: 'checkpoint-mismatch', who: 'Finch', message: 'another model' } as const;
  const failed = await note({}, { comparing: { model: 'a', done: 0, total: 0, error } });
  expect(failed.screen.text()).toContain(t('error-checkpoint-mismatch'));
  expect(failed.screen.text()).toContain(t('loss-offer'));
});
