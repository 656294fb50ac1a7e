/** Dropped or chosen files: models that Linnet can read are imported, others are refused with a reason. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { at } from '../../scripts/setup/machine.mjs';
import { assets, expect, picture, test as base } from '../harness/index.ts';
import { card, STORIES } from '../story.ts';
import { drop } from './drop.ts';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'linnet-drop-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

test('a folder that linnet convert wrote is imported by a drop anywhere on the page', {
  tag: '@rare',
}, async ({ linnet, folder }) => {
  const out = join(folder, 'converted');
  const options = ['convert', '--model', assets(STORIES), '--out', out, '--weights', 'm0e4'];
  await promisify(execFile)(process.execPath, [at('scripts/linnet.mjs'), ...options]);
  const models = await linnet.open('models.html');
  await drop(models, out);
  await expect(models.getByRole('listitem').filter({ hasText: '512 tokens' })).toBeVisible();
  expect(models.url()).toContain('models.html');
  expect(linnet.pageErrors).toEqual([]);
});

test('files that are no model are refused with a next step, and the page stays', { tag: '@rare' }, async ({
  linnet,
  folder,
}) => {
  const models = await linnet.open('models.html');
  const zip = join(folder, 'model.zip');
  writeFileSync(zip, 'PK');
  await drop(models, zip);
  const note = models.getByRole('alert');
  await expect(note).toContainText('No model was found in your selection. Choose a folder with config.json');
  await picture(models, 'models-no-model');
  await note.getByText('Details').click();
  await expect(note).toContainText('model.zip');
  await models.locator('input[data-pick="files"]').setInputFiles(`${assets(STORIES)}/config.json`);
  await expect(models.locator('.card.rest')).toContainText('tokenizer.json');
  await models.getByRole('button', { name: 'Try without them' }).click();
  await expect(models.getByRole('heading', { name: /^Import failed/ })).toBeVisible();
});

test('a cache of the Hugging Face tools, which is made of links, is imported under the name of its repository', async ({
  linnet,
  folder,
}) => {
  const cache = join(folder, 'models--karpathy--stories');
  for (const below of ['refs', 'blobs', 'snapshots/0a1b']) mkdirSync(join(cache, below), { recursive: true });
  writeFileSync(join(cache, 'refs/main'), '0a1b');
  for (const [i, name] of readdirSync(assets(STORIES)).entries()) {
    const blob = `blobs/${i}`.padEnd(46, 'a');
    cpSync(join(assets(STORIES), name), join(cache, blob));
    symlinkSync(`../../${blob}`, join(cache, 'snapshots/0a1b', name));
  }
  const models = await linnet.open('models.html');
  await drop(models, cache);
  await expect(card(models, 'karpathy/stories')).toBeVisible();
});
