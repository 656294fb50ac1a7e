/** Failures are explained in a sentence, with a next step. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { article, assets, expect, test } from '../harness/index.ts';
import { card, demoModel, importStories, STORIES } from '../story.ts';

test.describe('without WebGPU', () => {
  test.use({ webgpu: false });

  test('says that no model can run, and how to change that', { tag: ['@phone', '@phone-rare'] }, async ({
    linnet,
    site,
  }) => {
    // The device check still shows the facts that it can determine.
    const first = await linnet.open('models.html');
    await expect(
      first.getByText('WebGPU is not available in this browser, so no model can run here'),
    ).toBeVisible();
    await expect(first.getByText(/free for models/)).toBeVisible();
    await importStories(linnet);
    const popup = await linnet.openPopup(
      await linnet.open(site.page('/', article('A', ['Text. '.repeat(40)]))),
    );
    const note = popup.getByRole('alert').first();
    await expect(note).toContainText('WebGPU is not available in this browser');
    await expect(note).toContainText('Chrome or Edge');
  });
});

test('a page that no extension may read', async ({ linnet }) => {
  await importStories(linnet);
  const popup = await linnet.openPopup(await linnet.open('chrome://version/'));
  await expect(popup.getByRole('alert')).toContainText('Linnet cannot read this page');
  await expect(popup.getByRole('alert')).toContainText('Open an ordinary web page');
  // Questions without a page still work.
  await expect(popup.getByRole('textbox', { name: 'Ask anything…' })).toBeEnabled();
});

test('a page without text', { tag: '@rare' }, async ({ linnet, site }) => {
  const popup = await linnet.openPopup(await linnet.open(site.page('/', '<title>x</title><img alt="">')));
  await expect(popup.getByRole('alert').filter({ hasText: 'hardly any text' })).toContainText(
    'Select the text',
  );
});

test('a page with too little text for a summary can be translated', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  await demoModel(linnet);
  const form = '<html lang="en"><title>Form</title><p>Iris works as a musician.</p><input>';
  const page = await linnet.open(site.page('/', form));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByRole('alert').filter({ hasText: 'hardly any text' })).toBeVisible();
  await popup.getByRole('button', { name: 'Translate this page' }).click();
  await expect(page.locator('p > linnet-translation')).toHaveText('Iris arbeitet als Musikerin.');
});

test('a damaged model says file, tensor, expected and got; what was stored before stays', async ({
  linnet,
}) => {
  const models = await importStories(linnet);
  const source = assets(STORIES);
  const folder = join(mkdtempSync(join(tmpdir(), 'linnet-damaged-')), 'damaged');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(folder);
  for (const name of readdirSync(source)) {
    const bytes = readFileSync(`${source}/${name}`);
    writeFileSync(`${folder}/${name}`, name === 'model.safetensors' ? bytes.subarray(0, 500_000) : bytes);
  }
  await models.locator('input[data-pick="folder"]').setInputFiles(folder);
  const note = models.getByRole('alert');
  await expect(note).toContainText('damaged');
  await expect(note).toContainText('model.safetensors');
  await expect(note).toContainText('Expected');
  await expect(note).toContainText('Got');
  await models.getByRole('button', { name: 'Dismiss' }).click();
  await expect(note).toHaveCount(0);
  await expect(card(models, 'stories260K-hf-f32')).toBeVisible();
});

test('a GPU that crashes: the answer fails with a next step, and the next one works', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  await linnet.slowGpu(200);
  const page = await linnet.open(site.page('/', article('Tom', ['Tom had a ball and a dog. '.repeat(6)])));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  const answer = popup.getByRole('article').last();
  await expect(answer.locator('.prose')).not.toBeEmpty();
  await linnet.crashGpu();
  await linnet.slowGpu(0);
  await expect(answer.getByRole('alert')).toContainText('graphics adapter was reset');
  await answer.getByRole('button', { name: 'Try again' }).click();
  await expect(answer.locator('.prose')).not.toBeEmpty();
});
