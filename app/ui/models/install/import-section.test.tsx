import { afterEach, expect, test, vi } from 'vitest';
import { models, settings, storedModel } from '../../../testing/builders.ts';
import { render } from '../../../testing/render.ts';
import { modelPreview, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { ImportSection } from './import-section.tsx';

async function section(given: Parameters<typeof modelsPage>[0] = {}) {
  const page = await modelsPage(given);
  const screen = render(<ImportSection controller={page.controller} dragging={false} />);
  return {
    ...page,
    screen,
    address: screen.get('textbox', t('import-address')),
    revision: screen.get('textbox', t('own-revision')),
    preview: () => screen.get('button', t('own-look')) as HTMLButtonElement,
  };
}

afterEach(() => {
  Reflect.deleteProperty(window, 'showDirectoryPicker');
});

test('an address is previewed, then downloaded with its revision, and the form is empty again', async () => {
  const { client, screen, address, revision, preview } = await section();
  expect(preview().disabled).toBe(true);
  await screen.fill(address, '  birds/wren ');
  await screen.fill(revision, ' v2 ');
  client.answer('preview-import', () => modelPreview());
  await screen.press('Enter', { in: address });
  expect(client.sent('preview-import')).toEqual([{ address: 'birds/wren', revision: 'v2' }]);
  const found = screen.get('status');
  expect(found.textContent).toContain('Wren');
  expect(found.textContent).toContain(t('fit-yes'));
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  expect(client.sent('import-address')).toEqual([{ address: 'birds/wren', name: 'Wren', revision: 'v2' }]);
  expect(screen.query('status')).toBeUndefined();
  expect([(address as HTMLInputElement).value, (revision as HTMLInputElement).value]).toEqual(['', '']);
});

test('an unquantised model is stored in the size that is chosen; the small one is the default', async () => {
  const { client, screen, address } = await section();
  const sizes = [
    { weights: 'iq4+q3-ffn', bytes: 2e8, largestBytes: 1e8 },
    { weights: 'calibrated', bytes: 3e8, largestBytes: 1e8 },
    { weights: 'u6+q8-head', bytes: 4e8, largestBytes: 1e8 },
    { weights: 'q8', bytes: 6e8, largestBytes: 1e8 },
  ] as const;
  client.answer('preview-import', () => modelPreview({ sizes }));
  const look = async () => {
    await screen.fill(address, 'birds/wren');
    await screen.press('Enter', { in: address });
  };
  await look();
  const radio = (hint: string) => screen.get('radio', new RegExp(hint)) as HTMLInputElement;
  expect(radio(t('size-small-hint')).checked).toBe(true);
  expect(screen.get('status').textContent).toContain('300 MB');
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  await look();
  await screen.click(radio(t('size-balanced-hint')));
  const shown = t('catalogue-sizes-text', { wire: '2 GB', device: '400 MB' });
  expect(screen.get('status').textContent).toContain(shown);
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  await look();
  await screen.click(radio(t('size-smallest-hint')));
  // It alone says so with a warning.
  expect(screen.all('radio').map((one) => one.closest('label')?.querySelector('.caution') != null)).toEqual([
    ...[true, false, false, false],
  ]);
  expect(screen.get('status').textContent).toContain('200 MB');
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  const sent = client.sent('import-address').map(({ weights }) => weights);
  expect(sent).toEqual([undefined, 'u6+q8-head', 'iq4+q3-ffn']);
});

test('sizes have their loss where it was measured on a model from this address, and else none', async () => {
  const sizes = [
    { weights: 'calibrated', bytes: 3e8, largestBytes: 1e8 },
    { weights: 'u6+q8-head', bytes: 4e8, largestBytes: 1e8 },
  ] as const;
  const origin = '{"kind":"address","address":"birds/wren"}';
  const stored = storedModel({ id: 'wren', weights: 'u6+q8-head', origin, unquantised: true });
  const six = { weights: 'u6+q8-head', bytes: 4e8, sameChoice: 0.98, divergence: 0.003 };
  const losses = { wren: { at: 1, of: stored.importedAt, tokens: 900, sizes: [six] } };
  const { client, screen, address } = await section({
    models: models({ stored: [stored] }),
    settings: settings({ losses }),
  });
  client.answer('preview-import', () => modelPreview({ sizes }));
  await screen.fill(address, 'birds/sparrow');
  await screen.press('Enter', { in: address });
  expect(screen.get('status').textContent).toContain(t('size-loss-unknown'));
  await screen.fill(address, 'birds/wren');
  await screen.press('Enter', { in: address });
  const text = screen.get('status').textContent;
  expect(text).toContain(t('loss-size', { loss: t('loss-least'), share: '98%' }));
  expect(text).toContain(t('loss-unmeasured'));
  expect(text).not.toContain(t('size-loss-unknown'));
});

test('no revision is sent if none is given, and white space is no address', async () => {
  const { client, screen, address, preview } = await section();
  await screen.fill(address, '   ');
  expect(preview().disabled).toBe(true);
  await screen.fill(address, 'birds/wren');
  client.answer('preview-import', () => modelPreview());
  await screen.click(preview());
  await screen.click(screen.get('button', t('own-download', { size: '2 GB' })));
  expect(client.sent('import-address')[0]!.revision).toBeUndefined();
});

test('a preview in progress is announced and cannot be repeated; typing drops it', async () => {
  const { client, screen, address, preview } = await section();
  client.hold('preview-import');
  await screen.fill(address, 'birds/wren');
  await screen.click(preview());
  expect([screen.get('status').textContent, preview().disabled]).toEqual([t('own-looking'), true]);
  await screen.type(address, 's');
  expect([screen.query('status'), preview().disabled]).toEqual([undefined, false]);
});

test('an address without a model shows the error', async () => {
  const { client, screen, address, preview } = await section();
  client.refuse('preview-import', 'source-missing');
  await screen.fill(address, 'birds/dodo');
  await screen.click(preview());
  expect(screen.get('alert').textContent).toContain(t('error-source-missing'));
});

test('a model that is too large for the device is marked, but can be downloaded', async () => {
  const { client, screen, address, preview } = await section();
  client.answer('preview-import', () => modelPreview({ bytes: 1e12 }));
  await screen.fill(address, 'birds/eagle');
  await screen.click(preview());
  expect(screen.get('status').textContent).toContain(t('fit-no'));
  expect(screen.get('button', t('own-download', { size: '2 GB' }))).toBeDefined();
});

test('the folder button uses the picker of the browser, or the file input without one', async () => {
  const { controller, screen } = await section();
  const importPicked = vi.spyOn(controller, 'importPicked').mockResolvedValue();
  const folder = screen.root.querySelector<HTMLInputElement>('[data-pick="folder"]')!;
  const files = screen.root.querySelector<HTMLInputElement>('[data-pick="files"]')!;
  const clicked: string[] = [];
  for (const input of [folder, files]) input.click = () => void clicked.push(input.dataset.pick!);
  await screen.click(screen.get('button', t('import-folder')));
  await screen.click(screen.get('button', t('import-files')));
  expect([clicked, importPicked.mock.calls.length]).toEqual([['folder', 'files'], 0]);
  Object.assign(window, { showDirectoryPicker: () => Promise.reject(new DOMException('', 'AbortError')) });
  await screen.click(screen.get('button', t('import-folder')));
  expect([clicked.length, importPicked.mock.calls.length]).toEqual([2, 1]);
});

test('dragged files are invited to be dropped', async () => {
  const { controller } = await modelsPage();
  const screen = render(<ImportSection controller={controller} dragging={true} />);
  expect(screen.queryText(t('import-drop-now'))).toBeDefined();
});
