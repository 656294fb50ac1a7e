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
    .filter(({ localName }) => localName === 'h3')
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

test('a model that does not fit cannot be downloaded, and can be filtered out', async () => {
  const { controller } = await modelsPage({ catalogue: [finch, eagle] });
  const screen = render(<CatalogueSection controller={controller} />);
  expect(names(screen)).toEqual(['Finch 1B', 'Eagle 70B']);
  const get = screen.get('button', t('catalogue-get-named', { name: 'Eagle 70B' })) as HTMLButtonElement;
  expect(get.disabled).toBe(true);
  expect(get.closest('article')!.textContent).toContain(t('fit-no'));
  await screen.click(screen.get('radio', t('catalogue-filter-fits')));
  expect(names(screen)).toEqual(['Finch 1B']);
  await screen.click(screen.get('radio', t('catalogue-filter-all')));
  expect(names(screen)).toHaveLength(2);
});

test('without facts about the device every model can be downloaded', async () => {
  const { controller } = await modelsPage({ catalogue: [eagle], diagnostics: null });
  const screen = render(<CatalogueSection controller={controller} />);
  await screen.click(screen.get('radio', t('catalogue-filter-fits')));
  expect(names(screen)).toEqual(['Eagle 70B']);
  expect((screen.get('button') as HTMLButtonElement).disabled).toBe(false);
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
  expect(screen.query('link')).toBeUndefined();
  await screen.click(screen.getText(t('catalogue-details')));
  const licence = screen.get('link', 'Apache 2.0') as HTMLAnchorElement;
  expect([licence.getAttribute('href'), licence.getAttribute('rel')]).toEqual([
    'https://example.org/licence',
    'noopener noreferrer',
  ]);
  expect(screen.text()).toContain('25');
  expect(screen.text()).toContain(t('catalogue-unchecked'));
});
