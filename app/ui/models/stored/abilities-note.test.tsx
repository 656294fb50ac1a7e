import { expect, test } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { modelOffer, models, storedModel } from '../../../testing/builders.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { StoredSection } from './stored-section.tsx';

const stored = [storedModel({ id: 'a', name: 'Finch' }), storedModel({ id: 'b', name: 'Wren' })];
const state = { stored, chosen: 'a', offers: { a: modelOffer(), b: modelOffer({ tried: false }) } };

test('a trial is shown with its progress, and can be stopped', async () => {
  const { client, controller } = await modelsPage({
    models: { ...state, probing: { model: 'a', done: 32, total: 128 } },
  });
  const screen = render(<StoredSection controller={controller} />);
  const bar = screen.get('progressbar', t('probe-running')) as HTMLProgressElement;
  expect([bar.getAttribute('value'), bar.getAttribute('max')]).toEqual(['32', '128']);
  await screen.click(screen.get('button', t('stop')));
  expect(client.sent('stop-probe')).toHaveLength(1);
  await settled(() => client.emit({ kind: 'models', models: models(state) }));
  expect(screen.query('progressbar', t('probe-running'))).toBeUndefined();
  expect(screen.text()).toContain(t('offer-key-points'));
});

test('only the model in use can be tried again', async () => {
  const { client, controller } = await modelsPage({ models: state });
  const screen = render(<StoredSection controller={controller} />);
  expect(screen.query('button', t('probe-start'))).toBeUndefined();
  await screen.click(screen.get('button', t('probe-again')));
  expect(client.sent('probe')).toHaveLength(1);
});
