/**
 * `npm run -s answers`: asks models for summaries, answers and translations of real pages, through the code of the
 * extension's worker, measures the answers, and writes the table of docs/ANSWERS.md.
 *
 *   npm run -s answers -- [--task tldr,key-points,question,headline,injected,translation] [--writer page,linnet,asked,llama]
 *                         [--model FILE]... [--page NAME,NAME] [--pages N] [--characters N] [--adapter lavapipe|swiftshader|default]
 *                         [--engine linnet|llama] [--llama FOLDER] [--threads N] [--label NAME] [--again]
 *
 * Without options: all tasks, on all pages of ../shared/assets/pages/readability, with the demo model and the models of
 * `.cache/weights`. Answers are kept in `.cache/answers/answers.jsonl`: what has an answer is not asked again, so a
 * measurement can be stopped and continued. `--label` names this version of the code, to compare it with another.
 * The writer `linnet` is what a person gets, `asked` what the model writes where it is not offered for a task.
 * `--llama` is a folder in which `node-llama-cpp` is installed. With `--engine llama` it computes the extension's answers
 * too, which is faster where there is no GPU.
 */
import { existsSync } from 'node:fs';
import { openDefault, openNamed, rerunOnSoftware } from '../../cli/adapter.ts';
import type { Gpu } from '../../engine/index.ts';
import { assets } from '../testing/assets.ts';
import { at, command, Missing } from '../setup/machine.mjs';
import { INJECTIONS } from './injections.ts';
import { type AnswerItem, itemsOf, type Material, TASKS } from './items.ts';
import { linnetWriters, openLinnet } from './linnet-writer.ts';
import { llamaModel } from './llama-model.ts';
import { llamaWriter } from './llama-writer.ts';
import { type MeasureOptions, readOptions } from './options.ts';
import { leadWriter, quotingWriter } from './page-writer.ts';
import { readPages } from './pages.ts';
import { PAIRS } from './pairs.ts';
import { AnswerRecords } from './records.ts';
import { writeReport } from './report.ts';
import { scoredAnswers } from './scored.ts';
import type { AnswerWriter } from './writer.ts';

const FOLDER = '.cache/answers';
/** Short articles. */
const HOSTS = ['buzzfeed-1', 'webmd-2'];

function materialOf({
  names,
  pages = Infinity,
  characters = Infinity,
}: Pick<MeasureOptions, 'names' | 'pages' | 'characters'>): Material {
  const folder = assets('pages/readability');
  if (folder === undefined || !existsSync(folder))
    throw new Missing('the pages are absent: ../shared/assets/pages/readability (or LINNET_ASSETS)');
  const short = readPages(folder, names).filter(({ page }) => page.text.length <= characters);
  const hosts = readPages(folder, HOSTS);
  return { pages: short.slice(0, pages), hosts, injections: INJECTIONS, pairs: PAIRS };
}

/** The writers one after the other: only one model is in memory at a time. */
async function* writersOf(options: MeasureOptions, gpu: Gpu | undefined): AsyncGenerator<AnswerWriter> {
  const { writers, engine, models, label, llama, threads } = options;
  const rows = (['linnet', 'asked'] as const).filter((row) => writers.includes(row));
  if (writers.includes('page')) yield* [quotingWriter(), leadWriter()];
  for (const path of models) {
    if (gpu !== undefined) yield* openLinnet({ name: label, path, gpu, store: at(FOLDER, 'models') }, rows);
    if (!path.endsWith('.gguf')) continue;
    if (rows.length > 0 && engine === 'llama')
      yield* linnetWriters(label, await llamaModel(llama, path, threads), rows);
    if (writers.includes('llama')) yield await llamaWriter(llama, path, threads);
  }
}

async function answerAll(
  writer: AnswerWriter,
  items: readonly AnswerItem[],
  records: AnswerRecords,
  again: boolean,
): Promise<void> {
  const { name, model } = writer;
  const left = items.filter(
    ({ task, id }) => again || records.find({ writer: name, model, task, item: id }) === undefined,
  );
  let tokens = 0;
  let seconds = 0;
  for (const [index, item] of left.entries()) {
    const begin = performance.now();
    const answer = await writer.write(item);
    if (answer === undefined) continue;
    const took = (performance.now() - begin) / 1000;
    records.add({ writer: name, model, task: item.task, item: item.id, seconds: took, ...answer });
    tokens += answer.tokens;
    seconds += took;
    if (answer.tokens > 0)
      process.stderr.write(
        `${name} ${model}: ${index + 1} of ${left.length}, ${item.task} of ${item.id}, ${answer.tokens} tokens in ` +
          `${took.toFixed(0)} s (${(tokens / seconds).toFixed(1)} tokens/s with reading)\n`,
      );
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const material = materialOf(options);
  const records = new AnswerRecords(at(FOLDER, 'answers.jsonl'));
  let gpu: Gpu | undefined;
  const { writers, engine } = options;
  if (engine === 'linnet' && (writers.includes('linnet') || writers.includes('asked'))) {
    gpu = options.adapter === undefined ? await openDefault() : await openNamed(options.adapter);
    if (gpu === undefined) return await rerunOnSoftware();
  }
  const items = itemsOf(material, options.tasks);
  for await (const writer of writersOf(options, gpu)) {
    await answerAll(writer, items, records, options.again);
    await writer.close();
  }
  writeReport(at('docs/ANSWERS.md'), scoredAnswers(records.all(), itemsOf(materialOf({}), TASKS)));
  return 0;
}

await command(main);
// Dawn keeps the process alive.
process.exit(process.exitCode);
