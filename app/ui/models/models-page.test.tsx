import { expect, test } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { importState, models, settings, storedModel, wireError } from '../../testing/builders.ts';
import { adapter, diagnostics, modelsPage } from '../../testing/model-builders.ts';
import { t } from '../../i18n/index.ts';
import { ModelsPage } from './models-page.tsx';

const headings = (screen: ReturnType<typeof render>) =>
  screen
    .all('heading')
    .filter(({ localName }) => localName === 'h2')
    .map(({ textContent }) => textContent);

test('nothing is listed until settings, models and device are known', async () => {
  const { client, controller } = await modelsPage({ diagnostics: null });
  controller.failure.value = undefined;
  controller.checked.value = false;
  controller.worker.models.value = undefined;
  controller.worker.settings.value = undefined;
  const screen = render(<ModelsPage controller={controller} />);
  expect(screen.getText(t('model-connecting'))).toBeDefined();
  expect(headings(screen)).toEqual([]);
  await settled(() => {
    client.emit({ kind: 'settings', settings: settings({ welcomed: true }) });
    client.emit({ kind: 'models', models: models() });
  });
  expect(headings(screen)).toEqual([t('stored-title')]);
  client.answer('diagnostics', () => diagnostics());
  await settled(() => controller.open());
  expect(headings(screen)).toEqual([
    t('stored-title'),
    t('catalogue-title'),
    t('own-title'),
    t('server-title'),
    t('bench-title'),
    t('device-title'),
    t('diagnostics-title'),
  ]);
  expect(screen.queryText(t('model-connecting'))).toBeUndefined();
});

test('an unreachable worker leaves the page with its error and what can be read', async () => {
  const { controller } = await modelsPage({ diagnostics: null });
  controller.worker.models.value = undefined;
  const screen = render(<ModelsPage controller={controller} />);
  expect(screen.get('alert').textContent).toContain(t('error-engine-unreachable'));
  expect(headings(screen)).toContain(t('catalogue-title'));
});

test('a GPU error is shown once, though the model failed by it too', async () => {
  const error = wireError({ code: 'gpu-unavailable' });
  const { client, controller } = await modelsPage({
    diagnostics: { adapter: undefined, adapterError: error },
    models: { active: { kind: 'failed', error } },
  });
  const screen = render(<ModelsPage controller={controller} />);
  expect(screen.all('alert')).toHaveLength(1);
  await settled(() =>
    client.emit({
      kind: 'models',
      models: models({ active: { kind: 'failed', error: wireError({ code: 'store-damaged' }) } }),
    }),
  );
  expect(
    screen.all('alert').map(({ textContent }) => textContent?.includes(t('error-store-damaged'))),
  ).toEqual([false, true]);
});

test('the first run shows its own import, and the other imports are listed', async () => {
  const { controller } = await modelsPage({
    settings: { welcomed: false },
    models: {
      stored: [],
      imports: [importState({ id: 'x', name: 'Robin' }), importState({ id: 'y', name: 'Wren' })],
    },
  });
  const screen = render(<ModelsPage controller={controller} />);
  expect(
    screen.all('article', undefined).filter(({ textContent }) => textContent?.includes('Robin')),
  ).toHaveLength(1);
  expect(screen.names('region')).toContain(t('imports-title'));
  // The device is part of the first run, and not listed again.
  expect(headings(screen)).not.toContain(t('device-title'));
  expect(screen.queryText(t('welcome-title'))).toBeDefined();
});

test('the facts for a report name the adapter, its kernels and the version', async () => {
  const variants = [{ variant: 'int8', scalar: 'f16', state: 'slower' }] as const;
  const { controller } = await modelsPage({
    diagnostics: { adapter: adapter({ name: 'Test GPU', features: [], variants }) },
    models: { stored: [storedModel()] },
  });
  const screen = render(<ModelsPage controller={controller} />);
  const facts = screen.get('heading', t('diagnostics-title')).parentElement!.textContent!;
  expect(facts).toContain('int8 f16: slower');
  expect(facts).toContain('1.2.3');
  expect(screen.get('button', t('diagnostics-copy'))).toBeDefined();
});

test('files dragged over the page are announced and imported', async () => {
  const { controller } = await modelsPage();
  const screen = render(<ModelsPage controller={controller} />);
  const dataTransfer = { types: ['Files'], items: [], files: [new File(['x'], 'a.zip')] };
  await settled(() => void fire(window, 'dragover', { dataTransfer }));
  expect(screen.queryText(t('import-drop-now'))).toBeDefined();
  await settled(() => void fire(window, 'drop', { dataTransfer }));
  expect(screen.queryText(t('import-drop-now'))).toBeUndefined();
  expect(controller.failure.value).toMatchObject({ code: 'source-unknown', got: 'a.zip' });
});
