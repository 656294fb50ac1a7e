import { expect, test } from 'vitest';
import { render } from '../../../testing/render.ts';
import { importState, storedModel } from '../../../testing/builders.ts';
import { catalogueEntry, modelsPage } from '../../../testing/model-builders.ts';
import { t } from '../../../i18n/index.ts';
import { CatalogueSection, installStateOf } from './catalogue-section.tsx';

const finch = catalogueEntry();
const eagle = catalogueEntry({
  id: 'eagle',
  name: 'Eagle 70B',
  repository: 'birds/eagle',
  deviceBytes: 1e12,
  revision: 'v2',
});

const names = (screen: ReturnType<typeof render>) =>
  screen
    .all('heading')
    .filter(({ localName }) => localName === 'h4')
    .map(({ textContent }) => textContent);

test('each model is downloaded by its own button, at its revision', async () => {
  const robin = catalogueEntry({ id: 'robin', name: 'Robin', repository: 'birds/robin', revision: 'v2' });
  const { client, controller } = await modelsPage({ catalogue: [finch, robin] });
  const screen = render(<CatalogueSection controller={controller} />);
  await screen.click(screen.get('button', t('catalogue-get-named', { name: 'Finch 1B' })));
  await screen.click(screen.get('button', t('catalogue-get-named', { name: 'Robin' })));
  expect(client.sent('import-address')).toEqual([
    { address: 'birds/finch', name: 'Finch 1B' },
    { address: 'birds/robin@v2', name: 'Robin' },
  ]);
});

test('models are grouped by what they are best at, and a long rest and what does not fit is behind a line', async () => {
  const tight = catalogueEntry({ id: 'kite', name: 'Kite 9B', repository: 'birds/kite', gpuBytes: 4e9 });
  const wren = catalogueEntry({ id: 'wren', name: 'Wren', repository: 'birds/wren', bestAt: 'passages' });
  const { controller } = await modelsPage({ catalogue: [wren, eagle, tight, finch] });
  const screen = render(<CatalogueSection controller={controller} />);
  expect(names(screen)).toEqual(['Finch 1B', 'Kite 9B', 'Wren']);
  const jumps = screen.all('link').map((link) => [link.textContent, link.getAttribute('href')]);
  expect(jumps).toEqual([
    [t('best-everyday'), '#best-everyday'],
    [t('best-passages'), '#best-passages'],
  ]);
  const line = screen.getText(t('catalogue-more', { n: 1 }));
  await screen.click(line);
  expect(names(screen)).toEqual(['Finch 1B', 'Kite 9B', 'Eagle 70B', 'Wren']);
  const unfit = line.closest('details')!;
  expect(unfit.textContent).toContain('Eagle 70B');
  expect(unfit.textContent).not.toContain('Kite');
  expect(unfit.textContent).toContain(t('fit-no'));
  const get = [...unfit.querySelectorAll('button')].map(({ disabled }) => disabled);
  expect(get).toEqual([true]);
});

test('four of a group are shown at once', async () => {
  const many = Array.from({ length: 6 }, (_, i) => catalogueEntry({ id: `m${i}`, name: `Model ${i}` }));
  const { controller } = await modelsPage({ catalogue: many });
  const screen = render(<CatalogueSection controller={controller} />);
  expect(names(screen)).toEqual(['Model 0', 'Model 1', 'Model 2', 'Model 3']);
  await screen.click(screen.getText(t('catalogue-more', { n: 2 })));
  expect(names(screen)).toHaveLength(6);
});

test('without facts about the device every model can be downloaded', async () => {
  const { controller } = await modelsPage({ catalogue: [eagle], diagnostics: null });
  const screen = render(<CatalogueSection controller={controller} />);
  expect(names(screen)).toEqual(['Eagle 70B']);
  expect((screen.get('button') as HTMLButtonElement).disabled).toBe(false);
});

test('a licence says up to which revenue it is free', async () => {
  const lark = catalogueEntry({
    licence: { name: 'Lark 1.0', address: 'https://example.org', terms: 'revenue', limitUsd: 10e6 },
  });
  const { controller } = await modelsPage({ catalogue: [lark] });
  const screen = render(<CatalogueSection controller={controller} />);
  await screen.click(screen.getText(t('catalogue-details')));
  expect(screen.text()).toContain(t('licence-revenue', { amount: '$10M' }));
});

test('a model that is stored or being imported has no button', async () => {
  const models = {
    stored: [storedModel({ name: 'birds/finch' })],
    imports: [importState({ name: 'Robin' })],
  };
  const robin = catalogueEntry({ id: 'robin', name: 'Robin', repository: 'birds/robin' });
  const { controller } = await modelsPage({ catalogue: [finch, robin], models });
  const screen = render(<CatalogueSection controller={controller} />);
  expect(screen.all('button')).toEqual([]);
  expect(screen.queryText(t('catalogue-here'))).toBeDefined();
  expect(screen.queryText(t('catalogue-coming'))).toBeDefined();
  expect(installStateOf(eagle, controller.worker.models.value)).toBeUndefined();
  expect(installStateOf(finch, undefined)).toBeUndefined();
});

test('details name languages, licence and repository', async () => {
  const polyglot = catalogueEntry({
    languages: ['en', 'de', 'fr', 'es', 'it', 'nl'],
    languageCount: 30,
    checked: false,
  });
  const { controller } = await modelsPage({ catalogue: [polyglot] });
  const screen = render(<CatalogueSection controller={controller} />);
  await screen.click(screen.getText(t('catalogue-details')));
  const licence = screen.get('link', 'Apache 2.0') as HTMLAnchorElement;
  expect([licence.getAttribute('href'), licence.getAttribute('rel')]).toEqual([
    'https://example.org/licence',
    'noopener noreferrer',
  ]);
  expect(screen.text()).toContain('25');
  expect(screen.text()).toContain(t('catalogue-unchecked'));
});
