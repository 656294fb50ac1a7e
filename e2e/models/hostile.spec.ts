/** Models that were made to harm: refused by name, or harmless; everything else answers meanwhile and after a restart. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assets, expect, type Page, picture, test as base } from '../harness/index.ts';
import { ask, card, say, STORIES } from '../story.ts';

/** Copies a model and changes its tokenizer. */
const test = base.extend<{ model: (name: string, tokenizer: (json: string) => string) => string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  model: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'linnet-hostile-'));
    await use((name, tokenizer) => {
      const copy = join(folder, name);
      cpSync(assets(STORIES), copy, { recursive: true });
      const file = join(copy, 'tokenizer.json');
      const changed = tokenizer(readFileSync(file, 'utf8'));
      rmSync(file);
      writeFileSync(file, changed);
      return copy;
    });
    rmSync(folder, { recursive: true, force: true });
  },
});

const pick = (page: Page, folder: string) => page.locator('input[data-pick="folder"]').setInputFiles(folder);

/** What must answer whatever a model does. */
async function everythingAnswers(page: Page): Promise<void> {
  expect(await ask(page, 'conversations', { limit: 5 })).toBeInstanceOf(Array);
  expect((await ask(page, 'settings', {})).pace).toBeDefined();
  await ask(page, 'diagnostics', {});
}

test('hostile models are refused by name, and everything else answers, also after a restart', {
  tag: '@rare',
}, async ({ linnet, model }) => {
  const models = await linnet.open('models.html');
  await pick(
    models,
    model('sixty-megabytes', () => `{"a":[${'{},'.repeat(20_000_000)}{}]}`),
  );
  await everythingAnswers(models);
  const failed = models.getByRole('article').filter({ hasText: 'Import failed' });
  await expect(failed).toContainText('This model’s files demand more work than any known model.');
  await picture(models, 'models-hostile');
  await failed.getByText('Details').click();
  await expect(failed).toContainText('tokenizer.json');
  await failed.getByRole('button', { name: 'Dismiss' }).click();
  await expect(failed).toHaveCount(0);

  await linnet.restart();
  const again = await linnet.open('models.html');
  await everythingAnswers(again);
  await expect(again.getByRole('article').filter({ hasText: /^Import/ })).toHaveCount(0);
  await ask(again, 'erase', { models: true });
  expect(linnet.pageErrors).toEqual([]);
});

test('a model with a catastrophic expression reads what would take it years elsewhere', {
  tag: '@rare',
}, async ({ linnet, model }) => {
  const models = await linnet.open('models.html');
  const hostile = (json: string) =>
    JSON.stringify({
      ...(JSON.parse(json) as object),
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: '(a+)+$|(a|a)*b' },
        behavior: 'Isolated',
        invert: false,
      },
    });
  await pick(models, model('catastrophic', hostile));
  await expect(card(models, 'catastrophic')).toBeVisible();
  // As a version without dry runs left it: it is tried in a worker of its own before it is loaded.
  expect(await models.evaluate(triedMark, true)).not.toBe('');
  const tab = await linnet.open('chat.html');
  await say(tab, `Once ${'a'.repeat(80)}! upon a time`);
  await expect(tab.getByRole('article').last().locator('.prose')).not.toBeEmpty();
  expect(await models.evaluate(triedMark, false)).not.toBe('');
  await everythingAnswers(tab);
  expect(linnet.pageErrors).toEqual([]);
});

/** In a page of the extension: the version whose dry run the model passed, by its file; empty if there is none. */
async function triedMark(remove: boolean): Promise<string> {
  let folder = await navigator.storage.getDirectory();
  for (const name of ['linnet', 'models', 'catastrophic~1']) folder = await folder.getDirectoryHandle(name);
  const handle = await folder.getFileHandle('tried.txt').catch(() => undefined);
  const text = (await (await handle?.getFile())?.text()) ?? '';
  if (remove) await folder.removeEntry('tried.txt');
  return text;
}

/** Leaves an import on the device in which Linnet ended as often as `attempts` says. */
async function leaveImport(page: Page, attempts: number): Promise<void> {
  const head = {
    format: 'model-import/1',
    ...{ id: 'half', name: 'org/half', weights: 'm0e4', identity: '', total: 0, bytes: 0, startedAt: 1 },
    origin: JSON.stringify({ kind: 'address', address: 'org/half' }),
  };
  const lines = [head, { attempts }].map((line) => `${JSON.stringify(line)}\n`).join('');
  await page.evaluate(async (journal) => {
    let folder = await navigator.storage.getDirectory();
    for (const name of ['linnet', 'models', 'half~1']) {
      folder = await folder.getDirectoryHandle(name, { create: true });
    }
    const file = await (await folder.getFileHandle('import.jsonl', { create: true })).createWritable();
    await file.write(journal);
    await file.close();
  }, lines);
}

test('an import in which Linnet ended twice waits for a person, and can be removed', {
  tag: '@rare',
}, async ({ linnet }) => {
  await leaveImport(await linnet.open('models.html'), 2);
  await linnet.restart();
  const models = await linnet.open('models.html');
  const stuck = models.getByRole('article').filter({ hasText: 'org/half' });
  await expect(stuck).toContainText(
    'This import stopped Linnet twice at the same place, so it was not started again.',
  );
  await expect(stuck.getByRole('button', { name: 'Continue' })).toBeVisible();
  await picture(models, 'models-import-stuck');
  await everythingAnswers(models);
  await stuck.getByRole('button', { name: /Cancel/ }).click();
  await expect(stuck).toHaveCount(0);
  await linnet.restart();
  const again = await linnet.open('models.html');
  await everythingAnswers(again);
  await expect(again.getByRole('article').filter({ hasText: 'org/half' })).toHaveCount(0);
});
