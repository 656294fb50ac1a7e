/**
 * Measures how often the right passage of a page is found for a question, by words alone and mixed with meaning:
 *
 *   node --import ./scripts/raw-loader.mjs scripts/answers/passages/passages.ts [--model FOLDER] [--adapter NAME] [--page NAME,NAME] [--each]
 *
 * Questions are those of `questions.json`, pages those of ../shared/assets/pages/readability. The model is all-MiniLM-L6-v2 of
 * `npm run weights`, unless another folder is named. `--each` prints every question. A token is counted as four characters, so
 * that the figures are those of no single model.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { answersOf } from '../../../app/text/extract/answers.ts';
import type { PageText } from '../../../app/protocol/types.ts';
import type { Likeness } from '../../../app/text/meaning/likeness.ts';
import { PageMeaning } from '../../../app/worker/meaning/page-meaning.ts';
import { chooseExcerpts, excerptText } from '../../../app/worker/prompts/excerpts.ts';
import { openDefault, openNamed, rerunOnSoftware } from '../../../cli/adapter.ts';
import { nodeFolder } from '../../../cli/node-files.ts';
import {
  type Embedder,
  type Gpu,
  importModel,
  loadEmbedder,
  memoryStorage,
  openStore,
} from '../../../engine/index.ts';
import { command, Missing } from '../../setup/machine.mjs';
import { assets } from '../../testing/assets.ts';
import { weightsFile } from '../../weights/published.mjs';
import { readPages } from '../pages.ts';
import list from './questions.json' with { type: 'json' };

const BUDGETS = [256, 512, 1024];
const count = (text: string) => Math.ceil(text.length / 4);

interface Tally {
  found: number;
  of: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      adapter: { type: 'string' },
      page: { type: 'string' },
      each: { type: 'boolean' },
    },
  });
  const file = values.model ?? weightsFile('all-minilm-l6-v2');
  if (file === undefined)
    throw new Missing('the weights are absent: `npm run weights -- all-minilm-l6-v2` brings them');
  const folder = assets('pages/readability');
  if (folder === undefined) throw new Missing('the pages are absent: ../shared/assets/pages/readability');
  const gpu =
    values.adapter === undefined ? await openDefault() : await openNamed(values.adapter as 'lavapipe');
  if (gpu === undefined) return await rerunOnSoftware();
  const embedder = await open(statSync(file).isFile() ? dirname(file) : file, gpu);
  const wanted = values.page?.split(',');
  const isWanted = ([page]: readonly string[]) => wanted === undefined || wanted.includes(page!);
  const questions = list.questions.filter(isWanted);
  const absent = list.absent.filter(isWanted);
  const names = [...new Set([...questions, ...absent].map(([page]) => page!))];
  const pages = new Map(readPages(folder, names).map(({ name, page }) => [name, page]));
  const likenessOf = meaningOf(embedder);
  const rows = new Map<string, Tally>();
  const tally = (row: string, found: boolean) => {
    const now = rows.get(row) ?? { found: 0, of: 0 };
    rows.set(row, { found: now.found + Number(found), of: now.of + 1 });
  };
  for (const [name, question, fragment, language] of questions) {
    const page = pages.get(name!)!;
    const likeness = await likenessOf(page, question!);
    const found = (texts: readonly string[]) => texts.some((text) => text.includes(fragment!));
    const group = language === undefined ? 'the page’s language' : 'another language';
    const words = found(answersOf(page, [question!]));
    const mixed = found(answersOf(page, [question!], likeness));
    tally(`${group} | the page’s own answer | words`, words);
    tally(`${group} | the page’s own answer | mixed`, mixed);
    if (values.each === true) console.log(`${words ? '+' : '-'}${mixed ? '+' : '-'} ${name}: ${question}`);
    for (const budget of BUDGETS) {
      if (count(page.text) <= 2 * budget) continue;
      for (const [row, near] of [
        ['words', undefined],
        ['mixed', likeness],
      ] as const) {
        const options = { questions: [question!], budget, count, likeness: near };
        const { ranges } = chooseExcerpts(page, options);
        tally(`${group} | excerpts of ${budget} tokens | ${row}`, found([excerptText(page, ranges)]));
      }
    }
  }
  for (const [name, question] of absent) {
    const page = pages.get(name!)!;
    const likeness = await likenessOf(page, question!);
    tally('what the page does not say | no answer | words', answersOf(page, [question!]).length === 0);
    tally(
      'what the page does not say | no answer | mixed',
      answersOf(page, [question!], likeness).length === 0,
    );
  }
  for (const [row, { found, of }] of [...rows].sort(([one], [other]) => one.localeCompare(other)))
    console.log(`| ${row} | ${found} of ${of} | ${((100 * found) / of).toFixed(0)} % |`);
  embedder.dispose();
  return 0;
}

/** The page's vectors are made once, by the code of the extension. */
function meaningOf(embedder: Embedder): (page: PageText, question: string) => Promise<Likeness | undefined> {
  const { model } = embedder.facts;
  const service = {
    usable: () => model,
    ready: async () => embedder,
    fail: (_: unknown, error: unknown) => {
      throw error;
    },
  };
  const never = new AbortController();
  const meaning = new PageMeaning({ embedder: service, pace: () => 'full', limit: () => never.signal });
  return async ({ text }, question) => (await meaning.likeness(text, [question], { as: 'question' }))?.[0];
}

async function open(path: string, gpu: Gpu): Promise<Embedder> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(nodeFolder(path), store);
  return loadEmbedder(store, id, gpu);
}

await command(main);
// Dawn keeps the process alive.
process.exit(process.exitCode);
