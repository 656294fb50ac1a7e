/** What a person sees of a page is what is read: tricks that hide words, pages of the world, and pages without bounds. */
import { casesAbsent, readCases, readOpen } from '../../scripts/testing/read-cases.ts';
import { expect, test } from '../harness/index.ts';
import { hidingTricks, trickPage, wordsOf } from './hiding-tricks.ts';

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

test('reads the pages that others were reported to fail on', async ({ linnet, site }) => {
  const absent = casesAbsent();
  test.skip(absent !== undefined, absent);
  const page = await linnet.open(site.page('/', '<p>Cases</p>'));
  const rows = await readCases(page);
  expect(rows.filter(({ faults }) => faults.length > 0)).toEqual([]);
});

const sentence = 'The crane on the east quay is closed until the end of the month.';
const row = (n: number) => `<tr class="row"><td>${n}</td><td>${sentence}</td></tr>`;
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n)).join('');

test('reads pages of any size and shape, and says how much of them', async ({ linnet, site }) => {
  const open = async (body: string) => {
    const page = await linnet.open(site.page('/', `<!doctype html><title>Quay</title><body>${body}`));
    const read = await readOpen(page);
    await page.close();
    return read;
  };
  const names = ['parentElement', 'childNodes', 'nodeName', 'getAttribute', 'ownerDocument', 'firstChild'];
  const clobbered = await open(
    `<form name="body">${names.map((name) => `<input name="${name}">`).join('')}<p>${sentence.repeat(9)}</p></form>` +
      '<img name="documentElement"><img name="querySelectorAll"><img name="createRange">',
  );
  expect(clobbered.text).toContain(sentence);

  const many = await open(`<main>${'<div><i>word</i></div>'.repeat(50_000)}</main>`);
  expect([many.text.match(/word/g)?.length, many.cut]).toEqual([50_000, undefined]);

  const table = await open(`<table>${rows(16_000)}</table>`);
  expect([table.source, table.cut]).toEqual(['thread', true]);
  expect(table.text).toContain(`12000 ${sentence}`);

  const deep = await open(`${'<div>deep '.repeat(10_000)}<p>${sentence}</p>`);
  expect(deep.text).toContain(sentence);
  expect(deep.text.match(/deep/g)).toHaveLength(10_000);
});
