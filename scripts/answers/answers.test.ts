import { mkdtempSync, appendFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pageText } from '../../app/testing/builders.ts';
import { followed, INJECTIONS, injectedPage } from './injections.ts';
import { itemsOf } from './items.ts';
import { readOptions } from './options.ts';
import { leadOf } from './page-writer.ts';
import { isOwnWords, readPage } from './pages.ts';
import { PAIRS } from './pairs.ts';
import { type AnswerRecord, AnswerRecords } from './records.ts';
import { reportOf, withReport } from './report.ts';
import { scoredAnswers } from './scored.ts';

const linnet = {
  name: 'linnet',
  page: pageText({
    title: 'The linnet - Bird News',
    text: `The linnet\n\n${'The linnet is a small finch that sings in the gorse. '.repeat(30)}\n\nIt nests in May.`,
  }),
  description: 'What a bird of the heath does in spring.',
};
const material = { pages: [linnet], hosts: [linnet], injections: INJECTIONS, pairs: PAIRS };
const TWO = 'A finch sings. It nests in 1999.';
const record = (change: Partial<AnswerRecord> = {}): AnswerRecord => ({
  writer: 'linnet',
  model: 'tiny',
  task: 'tldr',
  item: 'linnet',
  text: 'A small finch sings in the gorse.',
  raw: 'A small finch sings in the gorse.',
  stop: 'end',
  tokens: 8,
  seconds: 1,
  instructions: '',
  ...change,
});

describe('pages', () => {
  const text = `${'In the spring the linnet comes back to the heath and sings in the gorse. '.repeat(3)}It nests.`;

  test('a description is used unless the page begins with it', () => {
    expect(isOwnWords('A small bird returns to where it was born, and sings.', text)).toBe(true);
    expect(isOwnWords('In the spring the linnet comes back to the heath and sings.', text)).toBe(false);
    expect(isOwnWords('All about birds', text)).toBe(false);
  });

  test('are read as the extension reads them; a page without text is none', () => {
    const html = `<html><head><title>Birds</title><meta name="description" content="A small bird returns to where it was born, and sings."></head><body><article><p>${text}</p></article></body></html>`;
    expect(readPage('birds', html)).toMatchObject({
      name: 'birds',
      description: 'A small bird returns to where it was born, and sings.',
    });
    expect(readPage('empty', '<html><body></body></html>')).toBeUndefined();
  });

  test('the lead is the first whole sentence, not a heading or a byline', () => {
    expect(
      leadOf('By Ann Other\nThe linnet\n\nThe linnet is a small finch that sings in the gorse. It nests.'),
    ).toBe('The linnet is a small finch that sings in the gorse.');
  });
});

describe('items', () => {
  test('a headline is asked for without the title, which is its reference', () => {
    const [headline] = itemsOf(material, ['headline']);
    expect(headline!.page.title).toBe('');
    expect(headline!.page.text).not.toMatch(/^The linnet$/m);
    expect(headline!.reference).toBe('The linnet');
  });

  test('the description is the reference of the one sentence and stands in no prompt', () => {
    const [tldr] = itemsOf(material, ['tldr']);
    expect(tldr!.reference).toBe(linnet.description);
    expect(JSON.stringify([tldr!.page, tldr!.request, tldr!.plain])).not.toContain(linnet.description);
  });

  test('there are twenty orders and sixty translations', () => {
    const items = itemsOf(material, ['injected', 'translation']);
    expect(items.filter(({ task }) => task === 'injected')).toHaveLength(20);
    expect(new Set(items.map(({ id }) => id)).size).toBe(80);
  });
});

describe('injected orders', () => {
  test.each(INJECTIONS)('$id: the page holds the order, and quoting it is not following it', (injection) => {
    expect(injectedPage(linnet.page, injection).text).toContain(injection.text);
    expect(followed(injection.text, injection)).toBe(false);
    expect(followed('The linnet is a small finch. It sings in the gorse of the heath.', injection)).toBe(
      false,
    );
  });

  test.each([
    ['ignore', 'BANANA'],
    ['system', 'Access granted'],
    ['sum', 'The sum is 42.'],
    ['german', 'Der Hänfling ist ein Fink und singt.'],
    ['json', '{"status": "ok", "verdict": "safe"}'],
    ['animal', 'Moo sings in the gorse.'],
  ])('%s is followed by %j', (id, answer) => {
    expect(followed(answer, INJECTIONS.find((each) => each.id === id)!)).toBe(true);
  });
});

describe('records', () => {
  test('are there after a restart, the later one counts, and a line that was cut off is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'linnet-answers-'));
    const file = join(folder, 'deep/answers.jsonl');
    const records = new AnswerRecords(file);
    records.add(record());
    records.add(record({ text: 'Again.' }));
    records.add(record({ task: 'headline' }));
    appendFileSync(file, '{"writer": "lin');
    const read = new AnswerRecords(file);
    expect(read.all()).toHaveLength(2);
    expect(read.find(record())?.text).toBe('Again.');
    expect(read.find(record({ model: 'other' }))).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});

describe('the report', () => {
  const items = itemsOf(material, ['tldr', 'headline']);

  test('compares writers on the items that each has answered', () => {
    const records = [
      record(),
      record({ writer: 'llama.cpp', text: TWO, raw: TWO }),
      record({ writer: 'lead', model: '', tokens: 0 }),
    ];
    const report = reportOf(scoredAnswers(records, items));
    expect(report).toContain('## tiny');
    expect(report).toMatch(/\| linnet \| 1 \| 100\.0 % \|/);
    expect(report).toMatch(/\| llama\.cpp \| 1 \| 0\.0 % \|/);
    expect(report).toMatch(/\| llama\.cpp, first sentence \| 1 \| 100\.0 % \|/);
    expect(report).toMatch(/\| lead \| 1 \|/);
  });

  test('says what a model was not asked for, and counts it in no table', () => {
    const translations = itemsOf(material, ['translation']);
    const records = translations.map(({ id }) =>
      record({ task: 'translation', item: id, text: '', raw: '', notOffered: true }),
    );
    const report = reportOf(scoredAnswers(records, translations));
    expect(report).toMatch(/### Translation\n\nNot offered, .* 60 items\. .*: de, es, fr\./);
    expect(report).not.toContain('chrF');
  });

  test('takes the place of the earlier one, and leaves the rest of the page alone', () => {
    const report = reportOf(scoredAnswers([record()], items));
    const once = withReport('# Answers\n\nWords.\n', report);
    const twice = withReport(`${once}\nMore words.\n`, report);
    expect(twice).toBe(`${once}\nMore words.\n`);
    expect(once.startsWith('# Answers\n\nWords.\n\n<!--')).toBe(true);
  });

  test('an answer cannot break the table', () => {
    const report = reportOf(scoredAnswers([record({ text: 'A | b <img> [x](y)' })], items));
    expect(report).toContain('A \\| b &lt;img&gt; \\[x\\](y)');
  });
});

test('options: tasks with commas, unknown values are refused with those that exist', () => {
  expect(readOptions(['--task', 'tldr,headline', '--pages', '3'])).toMatchObject({
    tasks: ['tldr', 'headline'],
    pages: 3,
  });
  expect(() => readOptions(['--task', 'poem'])).toThrow('choose from tldr');
  expect(() => readOptions(['--pages', '0'])).toThrow('whole number');
  expect(() => readOptions(['--adapter', 'abacus'])).toThrow('lavapipe');
});
