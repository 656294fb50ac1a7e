/**
 * Importing a model: preview, pause, cancel, resume after the browser was closed in mid-download, verify, measure; and the
 * first run with its first summary.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { ModelServer, type ModelServerOptions } from '../../scripts/testing/model-server.ts';
import { assets, expect, type Page, picture, test as base } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { ask, card, importStories, STORIES } from '../story.ts';

const WEIGHTS = 'model.safetensors';

const test = base.extend<{ hub: ModelServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  hub: async ({}, use) => {
    const folder = assets(STORIES);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`)] as const),
    );
    const hub = await new ModelServer(files, published(files[WEIGHTS] as Buffer)).listen();
    await use(hub);
    hub.close();
  },
});

/** As a hub publishes the hash of its large files. */
function published(weights: Buffer): ModelServerOptions {
  const hash = createHash('sha256').update(weights).digest('hex');
  return { hashes: { in: 'tree', of: { [WEIGHTS]: hash } } };
}

const field = (models: Page) => models.getByLabel('Repository or address');

async function startDownload(models: Page, hub: ModelServer, then = hub.options): Promise<void> {
  // The demo model is imported automatically at first, with a bar and buttons like any other.
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await field(models).fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  const download = models.getByRole('button', { name: /^Download [\d.]+ (kB|MB)$/ });
  await expect(download).toBeVisible();
  hub.options = then;
  await download.click();
}

/** Whole percents on the card of the one import. */
async function percent(models: Page): Promise<number> {
  return Number.parseInt((await models.locator('.import .part').textContent()) ?? '0', 10);
}

/** First bytes of the requests for weights since the `from`th request, without those of the preview. */
const restartsAt = (hub: ModelServer, from: number) =>
  hub.asked
    .slice(from)
    .filter(({ file, range }) => file === WEIGHTS && (range?.[0] ?? 0) > 0)
    .map(({ range }) => range?.[0] ?? 0);

test('a preview shows size and fit before large files are fetched; then the model is imported and can be verified', {
  tag: '@phone-rare',
}, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  await field(models).fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  await expect(models.getByText('llama model that reads up to 512 tokens')).toBeVisible();
  expect(hub.sent).toBeLessThan(300_000);
  await models.getByRole('button', { name: /^Download [\d.]+ (kB|MB)$/ }).click();
  const stored = card(models, 'main');
  await expect(stored).toBeVisible();
  await stored.getByRole('button', { name: 'Check main' }).click();
  await expect(stored.getByText(/Unchanged: all .* are exactly as imported/)).toBeVisible();
  // The hub of these stories publishes a SHA-256.
  await expect(stored.getByText(/Verified: .*SHA-256/)).toBeVisible();
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.getByText('Polite', { exact: true }).click();
  await expect.poll(async () => (await ask(models, 'settings', {})).pace).toBe('polite');
  await stored.scrollIntoViewIfNeeded();
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }])
    await picture(models, 'models-stored', look);
  expect(linnet.pageErrors).toEqual([]);
});

test('an address without a model is refused with a next step', { tag: '@rare' }, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  hub.options = { fault: () => ({ kind: 'status', status: 404 }) };
  await field(models).fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  await expect(models.getByRole('alert')).toBeVisible();
  await inEveryLook(models, 'first run, and an address that has nothing');
});

test('a repository with several models: one is recommended, and a gated one takes a token', async ({
  linnet,
  hub,
}) => {
  const several = await new ModelServer(
    {
      'wren-Q4_K_M.gguf': Buffer.alloc(80_000),
      'wren-Q8_0.gguf': Buffer.alloc(150_000),
      'wren-TQ1_0.gguf': Buffer.alloc(30_000),
    },
    { redirects: /Q8_0/ },
  ).listen();
  const models = await linnet.open('models.html');
  await field(models).fill(new URL('/org/model/tree/main', several.url).href);
  await models.getByRole('button', { name: 'Look up' }).click();
  await expect(models.getByRole('heading', { name: '3 models in org/model' })).toBeVisible();
  const rows = models.locator('.choices li');
  await expect(rows.first()).toContainText('Recommended');
  await rows.first().scrollIntoViewIfNeeded();
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }])
    await picture(models, 'models-choices', look);
  several.close();
  hub.options = { withheld: 'gated', token: 'hf_good' };
  await field(models).fill(new URL('/org/model', hub.url).href.concat('/tree/main'));
  await models.getByRole('button', { name: 'Look up' }).click();
  await expect(models.getByRole('alert')).toContainText('only to people who asked');
  await models.getByLabel('Access token').scrollIntoViewIfNeeded();
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }])
    await picture(models, 'models-gated', look);
  await models.getByLabel('Access token').fill('hf_good');
  await models.getByRole('button', { name: 'Try with the token' }).click();
  await expect(models.getByText('llama model that reads up to 512 tokens')).toBeVisible();
  expect(linnet.pageErrors).toEqual([]);
});

test('pauses, and continues where it stopped', { tag: '@rare' }, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  hub.setRate(60_000);
  await startDownload(models, hub);
  await expect.poll(() => percent(models)).toBeGreaterThan(35);
  await models.getByRole('button', { name: 'Pause' }).click();
  await expect(models.getByText('main is paused')).toBeVisible();
  const stopped = await percent(models);
  await picture(models, 'models-paused');
  await inEveryLook(models, 'an import that is paused');
  const before = hub.asked.length;
  hub.setRate(undefined);
  await models.getByRole('button', { name: 'Continue' }).click();
  await expect(card(models, 'main')).toBeVisible();
  expect(Math.min(...restartsAt(hub, before))).toBeGreaterThan(300_000);
  expect(stopped).toBeGreaterThan(35);
  expect(await ask(models, 'verify-model', { id: 'main' })).toMatchObject({ bytes: expect.any(Number) });
});

test('a connection that is lost for long: the import waits, and continues', { tag: '@rare' }, async ({
  linnet,
  hub,
}) => {
  const models = await linnet.open('models.html');
  hub.setRate(60_000);
  await startDownload(models, hub);
  await expect.poll(() => percent(models)).toBeGreaterThan(30);
  const before = hub.asked.length;
  hub.options = { fault: () => ({ kind: 'status', status: 503 }) };
  hub.drop();
  await expect(models.getByText('main is waiting for the connection')).toBeVisible();
  await models.locator('.import').scrollIntoViewIfNeeded();
  await picture(models, 'models-waiting');
  hub.options = {};
  hub.setRate(undefined);
  await models.getByRole('button', { name: 'Try now' }).click();
  await expect(card(models, 'main')).toBeVisible();
  expect(Math.min(...restartsAt(hub, before))).toBeGreaterThan(100_000);
});

test('a file that is not what the hub published is refused, with both hashes', { tag: '@rare' }, async ({
  linnet,
  hub,
}) => {
  const models = await linnet.open('models.html');
  await startDownload(models, hub, published(Buffer.from('another file')));
  const failed = models.locator('.import.failed');
  await expect(failed.getByRole('alert')).toContainText('Download the file again');
  await expect(failed.getByText(/^SHA-256 [0-9a-f]{64}$/)).toBeVisible();
  await expect(card(models, 'main')).toHaveCount(0);
  await failed.getByRole('button', { name: 'Dismiss' }).click();
  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(card(again, 'Linnet demo')).toBeVisible();
  await expect(again.locator('.import')).toHaveCount(0);
});

test('cancels, and leaves no files', { tag: '@rare' }, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  hub.setRate(50_000);
  await startDownload(models, hub);
  await expect.poll(() => percent(models)).toBeGreaterThan(20);
  await models.getByRole('button', { name: 'Cancel main' }).click();
  await expect(models.locator('.import')).toHaveCount(0);
  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(again.getByRole('heading', { name: 'Models', exact: true })).toBeVisible();
  await expect(card(again, 'Linnet demo')).toBeVisible();
  await expect(again.locator('.import')).toHaveCount(0);
});

test('a browser closed in mid-download: the import continues automatically where it stopped', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  hub.setRate(80_000);
  await startDownload(models, hub);
  await expect.poll(() => percent(models)).toBeGreaterThan(55);
  const before = hub.asked.length;
  await linnet.restart();
  hub.setRate(undefined);
  const again = await linnet.open('models.html');
  await expect(card(again, 'main')).toBeVisible();
  // Not from the beginning; how far the journal is depends on the speed of the machine.
  expect(Math.min(...restartsAt(hub, before))).toBeGreaterThan(0);
  expect(await ask(again, 'verify-model', { id: 'main' })).toMatchObject({ bytes: expect.any(Number) });
});

test('a paused import stays paused over a restart, until a person resumes it', { tag: '@rare' }, async ({
  linnet,
  hub,
}) => {
  const models = await linnet.open('models.html');
  hub.setRate(60_000);
  await startDownload(models, hub);
  await expect.poll(() => percent(models)).toBeGreaterThan(30);
  await models.getByRole('button', { name: 'Pause' }).click();
  await expect(models.getByText('main is paused')).toBeVisible();
  await linnet.restart();
  hub.setRate(undefined);
  const again = await linnet.open('models.html');
  await expect(again.getByText('main is paused')).toBeVisible();
  await again.getByRole('button', { name: 'Continue' }).click();
  await expect(card(again, 'main')).toBeVisible();
});

test('an import paused before its first byte is listed after a restart, and continues when resumed', {
  tag: '@rare',
}, async ({ linnet, hub }) => {
  const models = await linnet.open('models.html');
  await startDownload(models, hub, { fault: () => ({ kind: 'silent' }) });
  await models.getByRole('button', { name: 'Pause' }).click();
  await expect(models.getByText('main is paused')).toBeVisible();
  await linnet.restart();
  hub.options = {};
  const again = await linnet.open('models.html');
  await expect(again.getByText('main is paused')).toBeVisible();
  await again.getByRole('button', { name: 'Continue' }).click();
  await expect(card(again, 'main')).toBeVisible();
});

test('the first run: device, recommendation, and a first summary', { tag: '@phone-rare' }, async ({
  linnet,
}) => {
  const models = await linnet.open('models.html');
  await expect(models.getByRole('heading', { name: /three steps/ })).toBeVisible();
  await expect(models.getByText('Half precision').first()).toBeVisible();
  await expect(models.getByRole('button', { name: /^Get / })).toBeVisible();
  await expect(card(models, 'Linnet demo')).toBeVisible();
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }]) {
    await picture(models, 'first-run', look);
  }
  await models.locator('input[data-pick="folder"]').setInputFiles(assets(STORIES));
  await models.getByRole('button', { name: 'Summarise this text' }).click();
  await expect(models.locator('.answer-card')).not.toBeEmpty();
  await expect(models.getByRole('button', { name: 'Finish' })).toBeVisible();
  await picture(models, 'first-summary');
  await models.getByRole('button', { name: 'Finish' }).click();
  await expect(models.getByRole('heading', { name: /three steps/ })).toHaveCount(0);
  const again = await linnet.open('models.html');
  await expect(card(again, 'stories260K-hf-f32')).toBeVisible();
  await expect(again.getByRole('heading', { name: /three steps/ })).toHaveCount(0);
  expect(linnet.pageErrors).toEqual([]);
});

test('ten seconds of measuring give a picture, and the memory can be freed', {
  tag: ['@phone-rare', '@rare'],
}, async ({ linnet }) => {
  const models = await importStories(linnet);
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  const measure = models.getByRole('button', { name: 'Measure stories260K-hf-f32' });
  await measure.click();
  await models.getByRole('button', { name: 'Stop' }).click();
  await expect(measure).toBeEnabled();
  await expect(models.getByRole('img', { name: /reads .* tokens a second/ })).toHaveCount(0);
  await measure.click();
  await expect(models.getByRole('img', { name: /reads .* tokens a second/ })).toBeVisible();
  await models.getByRole('button', { name: 'Free the graphics memory' }).click();
  await expect(models.getByText('stories260K-hf-f32 is ready to load')).toBeVisible();
  await models.locator('.bench').evaluate((picture) => picture.scrollIntoView({ block: 'center' }));
  await picture(models, 'models-benchmark');
  await inEveryLook(models, 'Models, after a measurement');
});
