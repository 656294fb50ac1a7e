/** What a person sees of a page is what is read: tricks that hide words, pages of the world, and pages without bounds. */
import { casesAbsent, readCases, readOpen } from '../../scripts/testing/read-cases.ts';
import { isEnough, meanOf, scoreCases } from '../../scripts/extraction/shown-words.ts';
import { expect, type LinnetBrowser, type Site, test } from '../harness/index.ts';
import { hidingTricks, trickPage, wordsOf } from './hiding-tricks.ts';

const sentence = 'The crane on the east quay is closed until the end of the month.';

test('reads what is seen of each way to hide words, and nothing that is hidden', async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/tricks', trickPage()));
  const { text } = await readOpen(page);
  const kinds = hidingTricks.map(({ name }, index) => ({ name, index }));
  expect(kinds.length).toBeGreaterThanOrEqual(25);
  expect(
    kinds.filter(({ index }) => text.includes(wordsOf(index, false))),
    'hidden, but read',
  ).toEqual([]);
  expect(
    kinds.filter(({ index }) => !text.includes(wordsOf(index, true))),
    'seen, but not read',
  ).toEqual([]);
});

test('reads the words that the browser shows on these pages', async ({ linnet, site }) => {
  const absent = casesAbsent();
  test.skip(absent !== undefined, absent);
  const page = await linnet.open(site.page('/', '<p>Cases</p>'));
  const mean = meanOf(await scoreCases(page));
  expect([mean, isEnough(mean)]).toEqual([mean, true]);
});

test('reads the pages that others were reported to fail on', { tag: '@phone-rare' }, async ({
  linnet,
  site,
}) => {
  const absent = casesAbsent();
  test.skip(absent !== undefined, absent);
  const page = await linnet.open(site.page('/', '<p>Cases</p>'));
  const rows = await readCases(page);
  expect(rows.filter(({ faults }) => faults.length > 0)).toEqual([]);
});

test('reads the frames of a frameset', async ({ linnet, site }) => {
  const frames = `<frame src="${site.page('/frame', `<p>${sentence.repeat(3)}</p>`)}">`;
  const page = await linnet.open(site.page('/', `<!doctype html><frameset cols="*">${frames}</frameset>`));
  expect((await readOpen(page)).text).toContain(sentence);
});

async function readBody(linnet: LinnetBrowser, site: Site, body: string) {
  const page = await linnet.open(site.page('/', `<!doctype html><title>Quay</title><body>${body}`));
  const read = await readOpen(page);
  await page.close();
  return read;
}

test('reads a page whose fields have the names of the DOM, and one without end of elements in elements', async ({
  linnet,
  site,
}) => {
  const names = ['parentElement', 'childNodes', 'nodeName', 'getAttribute', 'ownerDocument', 'firstChild'];
  const fields = names.map((name) => `<input name="${name}">`).join('');
  const pictures = ['documentElement', 'querySelectorAll', 'createRange', 'host', 'head']
    .map((name) => `<img name="${name}">`)
    .join('');
  const pale = '<p style="color:#fff">secret</p>';
  const form = `<form name="body">${fields}<p>${sentence.repeat(9)}</p>${pale}</form>`;
  const { text } = await readBody(linnet, site, form + pictures);
  expect(text).toContain(sentence);
  expect(text).not.toContain('secret');
  const deep = `${'<div>deep '.repeat(2000)}<p>${sentence}</p>`;
  expect((await readBody(linnet, site, deep)).text).toContain(sentence);
});

test('takes pale words out of program text, and leaves its lines', async ({ linnet, site }) => {
  const code = 'let a = 1;\n<i style="color:#fff">secret\nsecret</i>\nlet b = 2;';
  const lines = await readBody(linnet, site, `<p>${sentence}</p><pre>${code}</pre>`);
  expect(lines.text).toMatch(/let a = 1;\n+let b = 2;/);
  const items = '<div>let a = 1;</div><div><i style="color:#fff">secret</i>let b = 2;</div>';
  const blocks = await readBody(linnet, site, `<p>${sentence}</p><pre>${items}</pre>`);
  expect(blocks.text).toMatch(/let a = 1;\nlet b = 2;/);
});

test('reads pages of any size, and says how much of them', { tag: '@rare' }, async ({ linnet, site }) => {
  test.slow();
  const many = await readBody(linnet, site, `<main>${'<div><i>word</i></div>'.repeat(50_000)}</main>`);
  expect([many.text.match(/word/g)?.length, many.cut]).toEqual([50_000, undefined]);
  const rows = Array.from(
    { length: 16_000 },
    (_, n) => `<tr class="row"><td>${n}</td><td>${sentence}</td></tr>`,
  );
  const table = await readBody(linnet, site, `<table>${rows.join('')}</table>`);
  expect([table.source, table.cut]).toEqual(['thread', true]);
  expect(table.text).toContain(`12000 ${sentence}`);
});
