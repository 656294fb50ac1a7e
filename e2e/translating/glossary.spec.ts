/** A person's glossary: edited on its page, imported and exported, used in translations; missed terms are marked. */
import { readFileSync } from 'node:fs';
import { expect, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { ask, Bubble, callLinnet, demoModel, importTerms, select } from '../story.ts';

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A day</title></head><body><main>
<p id="kept">Iris met Max, a doctor.</p><p id="missed">Under a tree Iris found a red chair.</p><p>She came home at 5 o'clock.</p></main></body></html>`;

test('terms are added, changed, removed, imported and exported, and stay', async ({ linnet }) => {
  const page = await linnet.open('glossary.html');
  await expect(page.getByText('No terms yet.')).toBeVisible();
  await page.getByLabel('Term', { exact: true }).fill('gate');
  // The usual target language may become known, or change, while a person types.
  await ask(page, 'set-settings', { settings: { language: 'nl' } });
  await expect(page.getByLabel('Into')).toHaveValue('nl');
  await expect(page.getByLabel('Term', { exact: true })).toHaveValue('gate');
  await page.getByLabel('Translation', { exact: true }).fill('Tor');
  await page.getByLabel('Into').selectOption('de');
  await page.getByRole('button', { name: 'Add' }).click();
  const terms = page.getByRole('list', { name: 'Glossary' });
  await expect(terms.getByRole('listitem')).toHaveCount(1);

  await page.locator('input[type=file]').setInputFiles({
    name: 'terms.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('from;to;term;translation\nen;de;chair;Sessel\nen;nowhere!;x;y\n;ar;heath;أرض بور'),
  });
  await expect(page.getByText('2 terms were imported.')).toBeVisible();
  await expect(page.getByText('Line 3 of the file was skipped: en;nowhere!;x;y')).toBeVisible();
  for (const look of [{}, { dark: true }, { rtl: true, phone: true }]) await picture(page, 'glossary', look);

  await page.getByRole('button', { name: 'Edit “chair”' }).click();
  await terms.getByLabel('Translation', { exact: true }).fill('Lehnstuhl');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(terms.getByText('Lehnstuhl')).toBeVisible();
  await page.getByRole('button', { name: 'Remove “gate”' }).click();
  await expect(terms.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(terms.getByRole('listitem')).toHaveCount(3);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8');
  expect(csv).toBe(
    'from,to,term,translation\r\n,ar,heath,أرض بور\r\n,de,gate,Tor\r\nen,de,chair,Lehnstuhl\r\n',
  );
  await linnet.restart();
  const again = await linnet.open('glossary.html');
  await expect(again.getByRole('listitem')).toHaveCount(3);
});

test('no serious issue by axe, and no sideways scrolling', { tag: '@rare' }, async ({ linnet }) => {
  const page = await linnet.open('glossary.html');
  await page.getByLabel('Term', { exact: true }).fill('gate');
  await page.getByLabel('Translation', { exact: true }).fill('Tor');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('listitem')).toHaveCount(1);
  await inEveryLook(page, 'Glossary');
});

test('a term that the translation misses is marked, one that it has is not', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, site }) => {
  await demoModel(linnet);
  await importTerms(linnet, 'en,de,doctor,Arzt', 'en,de,chair,Sessel', 'en,fr,doctor,toubib');
  const page = await linnet.open(site.page('/day', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  await select(page, '#kept', '#missed');
  await bubble.press('Translate');
  await bubble.translated();
  // The demo model gets no glossary in its prompt: its answer does not change.
  expect(await bubble.text('text')).toBe(
    'Iris traf Max, einen Arzt.\n\nUnter einem Baum fand Iris einen roten Stuhl.',
  );
  expect(await bubble.text('missed')).toContain('chair');
  expect(await bubble.text('missed')).not.toContain('doctor');
  await picture(page, 'glossary-missed');
});
