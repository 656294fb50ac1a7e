/**
 * The generated part of docs/ANSWERS.md: a table for each task and model, and answers in full beside what the page says.
 * Pure but for {@link writeReport}.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AnswerTask } from './items.ts';
import { meanOf, type MeanScores, type Share, scoresOf } from './metrics/score.ts';
import { samplesOf } from './samples.ts';
import type { ScoredAnswer } from './scored.ts';

const BEGIN = '<!-- Made by `npm run -s answers`; do not edit. -->';
const END = '<!-- The end of what `npm run -s answers` makes. -->';

const TITLES: Readonly<Record<AnswerTask, string>> = {
  tldr: 'One sentence (`tldr`)',
  'key-points': 'Key points',
  question: 'A question about the page',
  headline: 'Headline (the title is withheld)',
  injected: 'Pages with an injected order',
  translation: 'Translation',
};

export function reportOf(scored: readonly ScoredAnswer[]): string {
  const models = [...new Set(scored.map(({ record }) => record.model))].filter((model) => model !== '');
  const sections = models.flatMap((model) => {
    const own = scored.filter(({ record }) => record.model === model || record.model === '');
    const tables = (Object.keys(TITLES) as AnswerTask[]).flatMap((task) => tablesOf(task, own));
    return [`## ${model}`, ...tables, ...samplesOf(own)];
  });
  return [BEGIN, ...sections, END].join('\n\n');
}

interface Column {
  readonly title: string;
  show(mean: MeanScores): string;
}

const percent = ([count, of]: Share): string => (of === 0 ? '' : `${((100 * count) / of).toFixed(1)} %`);
const counts = ([count, of]: Share): string => (of === 0 ? '' : `${count} of ${of}`);
const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';

const COLUMNS: readonly Column[] = [
  { title: 'form kept', show: ({ form }) => percent(form) },
  { title: 'ended', show: ({ ended }) => percent(ended) },
  {
    title: 'not on the page',
    show: ({ invented }) => (invented[1] === 0 ? '' : `${percent(invented)} (${counts(invented)})`),
  },
  { title: 'repeated', show: ({ repeated }) => percent(repeated) },
  { title: 'language', show: ({ language }) => percent(language) },
  { title: 'passages', show: ({ passages }) => percent(passages) },
  { title: 'markup, prompt', show: ({ leaked }) => counts(leaked) },
  { title: 'followed', show: ({ followed }) => counts(followed) },
  { title: 'tokens', show: ({ tokens }) => (tokens === 0 ? '' : tokens.toFixed(0)) },
  { title: 'with a reference', show: ({ references }) => (references === 0 ? '' : String(references)) },
  { title: 'ROUGE-1', show: ({ rouge1 }) => fixed(rouge1, 3) },
  { title: 'ROUGE-L', show: ({ rougeL }) => fixed(rougeL, 3) },
  { title: 'chrF', show: ({ chrf }) => fixed(chrf, 1) },
];

/**
 * Writers are compared on the items that each of them has answered. One that has answered less than half as many as
 * another is left out of the first table, and has one of its own with all others on its items.
 */
function tablesOf(task: AnswerTask, scored: readonly ScoredAnswer[]): string[] {
  const all = scored.filter(({ record }) => record.task === task);
  const ofTask = all.filter(({ record }) => record.notOffered !== true);
  const refused = notOffered(all);
  const answered = (writer: string) => ofTask.filter(({ record }) => record.writer === writer);
  const counted = new Map(ofTask.map(({ record }) => [record.writer, answered(record.writer).length]));
  const own = [
    ...new Set(ofTask.filter(({ record }) => record.model !== '').map(({ record }) => record.writer)),
  ];
  if (own.length === 0) return refused === '' ? [] : [`### ${TITLES[task]}`, refused];
  const most = Math.max(...own.map((writer) => counted.get(writer)!));
  const many = [...counted.keys()].filter((writer) => counted.get(writer)! * 2 >= most);
  const few = own.filter((writer) => !many.includes(writer));
  const groups = [many, ...few.map((writer) => [...many, writer])];
  const tables = groups.map((writers) => comparison(task, ofTask, writers));
  return [`### ${TITLES[task]}`, ...tables, ...(refused === '' ? [] : [refused])];
}

/** Says for how many items, and into which languages, the model is not offered; empty where it is for all. */
function notOffered(ofTask: readonly ScoredAnswer[]): string {
  const refused = ofTask.filter(({ record }) => record.notOffered === true);
  if (refused.length === 0) return '';
  const languages = [
    ...new Set(
      refused.map(({ item: { request } }) => (request.kind === 'translation' ? request.language : '')),
    ),
  ];
  return (
    `Not offered, so \`${refused[0]!.record.writer}\` is not asked: ${refused.length} items. Its trial found that the model ` +
    `does not write these languages: ${languages.filter((tag) => tag !== '').join(', ')}.`
  );
}

function comparison(task: AnswerTask, ofTask: readonly ScoredAnswer[], writers: readonly string[]): string {
  const has = (writer: string, id: string) =>
    ofTask.some(({ record, item }) => record.writer === writer && item.id === id);
  const common = ofTask.filter(({ item }) => writers.every((writer) => has(writer, item.id)));
  const rows = writers.map((writer) => {
    const own = common.filter(({ record }) => record.writer === writer);
    return { writer, mean: meanOf(own.map(({ scores }) => scores)) };
  });
  if (task === 'tldr') rows.push(...firstSentences(common));
  return table(rows);
}

/** What remains of the other engine's answers if only their first sentence counts. */
function firstSentences(common: readonly ScoredAnswer[]): { writer: string; mean: MeanScores }[] {
  const own = common.filter(({ record }) => record.writer === 'llama.cpp');
  if (own.length === 0) return [];
  const scores = own.map(({ record, item }) => {
    const text = firstSentence(record.text);
    return scoresOf(item, { ...record, text, raw: text });
  });
  return [{ writer: 'llama.cpp, first sentence', mean: meanOf(scores) }];
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
const firstSentence = (text: string): string => [...segmenter.segment(text)][0]?.segment.trim() ?? '';

function table(rows: readonly { writer: string; mean: MeanScores }[]): string {
  const shown = COLUMNS.filter(({ show }) => rows.some(({ mean }) => show(mean) !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', 'answers', ...shown.map(({ title }) => title)]),
    line(['---', '---', ...shown.map(() => '---')]),
    ...rows.map(({ writer, mean }) =>
      line([writer, String(mean.answers), ...shown.map(({ show }) => show(mean))]),
    ),
  ].join('\n');
}

/** Replaces the generated part of the page, and leaves the rest as it is. */
export function withReport(page: string, report: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) return `${page.trimEnd()}\n\n${report}\n`;
  return page.slice(0, begin) + report + page.slice(end + END.length);
}

export function writeReport(file: string, scored: readonly ScoredAnswer[]): void {
  writeFileSync(file, withReport(readFileSync(file, 'utf8'), reportOf(scored)));
}
