/**
 * Ten answers in full: of each list the best and the worst by the passages found, of single sentences by ROUGE; each
 * beside the sentence of the page that says it. Pure.
 */
import { keyPoints } from '../../app/text/key-points.ts';
import { PassageSearch } from '../../app/text/passages.ts';
import type { ScoredAnswer } from './scored.ts';

/** The label of the present code. */
const PRESENT = 'linnet, asked';
/** Characters of a cell. */
const CELL = 600;
/** Answers of each of the two tasks; half of them the best, half the worst. */
const EACH = { 'key-points': 6, tldr: 4 } as const;

/** Of the present code; where that has no answers, of the writer that answered last. */
export function samplesOf(scored: readonly ScoredAnswer[]): string[] {
  const own = scored.filter(
    ({ record }) => record.model !== '' && record.writer !== 'llama.cpp' && record.task in EACH,
  );
  const writer = (own.find(({ record }) => record.writer === PRESENT) ?? own.at(-1))?.record.writer;
  const tasks = Object.keys(EACH) as (keyof typeof EACH)[];
  const shown = tasks.flatMap((task) => {
    const answers = own.filter(({ record }) => record.writer === writer && record.task === task);
    const ranked = [...answers].sort((one, other) => merit(other) - merit(one));
    const half = EACH[task] / 2;
    const best = ranked.slice(0, half);
    return [...best, ...ranked.slice(Math.max(half, ranked.length - half))].map(sampleOf);
  });
  return shown.length === 0 ? [] : [`### Answers in full (${writer})`, ...shown];
}

function merit({ scores }: ScoredAnswer): number {
  const [found, of] = scores.passages;
  const [invented] = scores.invented;
  return (of === 0 ? (scores.rouge1 ?? 0) : found / of) - invented;
}

function sampleOf({ record, item }: ScoredAnswer): string {
  const search = new PassageSearch(item.page.text);
  const lines = record.task === 'key-points' ? keyPoints(record.text) : [record.text];
  const rows = lines.map(
    (line) => `| ${cell(line)} | ${cell(search.find(line)?.text ?? 'no such sentence')} |`,
  );
  const reference = item.reference === undefined ? [] : [`| *its publisher:* | ${cell(item.reference)} |`];
  return [
    `**${cell(item.page.title || item.id)}** (${record.task}, \`${item.id}\`)\n`,
    '| the answer | the page |',
    '| --- | --- |',
    ...rows,
    ...reference,
  ].join('\n');
}

/** Text in a cell of a Markdown table: on one line, and without a meaning of its own. */
const cell = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(new RegExp(`^(.{${CELL}}).+`, 'u'), '$1 …')
    .replace(/[\\|<>*_`[\]]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
