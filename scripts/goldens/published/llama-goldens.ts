/**
 * Makes `engine/conformance/published/*.llama.json`: what llama.cpp computes on the processor for the published models,
 * for the ids of the goldens of PyTorch. `node-llama-cpp` (700 MB) is no dependency of this project: install it in a
 * folder outside of this checkout and name that.
 *
 *     npm run weights
 *     npm run -s goldens:published -- FOLDER [MODEL_ID …]
 *
 * llama.cpp rounds activations to 8 bits before it multiplies them with quantised weights, so its numbers are less exact
 * than PyTorch's in f32.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { command, Missing } from '../../setup/machine.mjs';
import { PUBLISHED, publishedModel, weightsFile } from '../../weights/published.mjs';

/** The version that the goldens were made with. */
const VERSION = '3.22.1';
const FOLDER = fileURLToPath(new URL('../../../engine/conformance/published/', import.meta.url));
const WRITING = PUBLISHED.filter(({ kind }) => kind !== 'embeds');
/** Log-probabilities that are kept of each position after a prompt. */
const TOP = 32;

interface Evaluated {
  readonly next: { readonly probabilities?: ReadonlyMap<number, number> };
}

interface Sequence {
  controlledEvaluate(input: readonly unknown[]): Promise<readonly (Evaluated | undefined)[]>;
  clearHistory(): Promise<void>;
}

interface Llama {
  loadModel(options: object): Promise<{
    tokenize(text: string, specialTokens: boolean): readonly number[];
    readonly tokens: { readonly bos: number | null; readonly shouldPrependBosToken: boolean };
    createContext(options: object): Promise<{ getSequence(): Sequence }>;
    dispose(): Promise<void>;
  }>;
}

interface TorchGolden {
  readonly prompts: readonly { name: string; text: string; ids: number[]; greedy: number[] }[];
}

await command(async () => {
  const [folder, ...names] = process.argv.slice(2);
  if (folder === undefined) {
    throw new Missing(
      `Name the folder with node-llama-cpp: run \`npm install node-llama-cpp@${VERSION}\` in a folder outside of this checkout.`,
    );
  }
  const llama = await openLlama(folder);
  for (const { id } of WRITING.filter((model) => names.length === 0 || names.includes(model.id))) {
    await makeGolden(llama, id);
  }
  return 0;
});

async function openLlama(folder: string): Promise<Llama> {
  const entry = join(resolve(folder), 'node_modules/node-llama-cpp/dist/index.js');
  if (!existsSync(entry)) {
    throw new Missing(
      `There is no node-llama-cpp in ${folder}: run \`npm install node-llama-cpp@${VERSION}\` there.`,
    );
  }
  const { getLlama } = (await import(pathToFileURL(entry).href)) as {
    getLlama(options: object): Promise<Llama>;
  };
  return getLlama({ gpu: false, build: 'never', logLevel: 'error' });
}

async function makeGolden(llama: Llama, id: string): Promise<void> {
  const file = weightsFile(id);
  if (file === undefined)
    throw new Missing(`The weights of ${id} are absent: \`npm run weights\` brings them.`);
  const torch = JSON.parse(await readFile(`${FOLDER}${id}.torch.json`, 'utf8')) as TorchGolden;
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: 512, flashAttention: false, threads: 1 });
  const sequence = context.getSequence();
  const prompts = [];
  for (const { name, text, ids, greedy } of torch.prompts) {
    const tokens = [...model.tokenize(text, true)];
    if (model.tokens.shouldPrependBosToken && tokens[0] !== model.tokens.bos)
      tokens.unshift(model.tokens.bos!);
    await sequence.clearHistory();
    const { rows, answer } = await greedyRows(sequence, ids, greedy.length);
    const margin = Math.min(...rows.map(([best, second]) => best![1] - second![1]));
    prompts.push({ name, ids: tokens, greedy: answer, margin: rounded(margin), top: rows[0] });
    process.stdout.write(
      `${id} ${name}: ${sameLength(answer, greedy)} of ${greedy.length} tokens as PyTorch\n`,
    );
  }
  await model.dispose();
  const golden = {
    model: id,
    sha256: publishedModel(id).sha256,
    note: `llama.cpp in node-llama-cpp ${VERSION}, on the processor; remade by: npm run -s goldens:published -- FOLDER ${id}`,
    prompts,
  };
  await writeFile(`${FOLDER}${id}.llama.json`, `${JSON.stringify(golden)}\n`);
}

/** The likeliest tokens with their log-probabilities after the prompt and after each token of the greedy answer. */
async function greedyRows(
  sequence: Sequence,
  ids: readonly number[],
  steps: number,
): Promise<{ rows: [number, number][][]; answer: number[] }> {
  const rows: [number, number][][] = [];
  const answer: number[] = [];
  let input = ids;
  for (let step = 0; step < steps; step++) {
    const last = [input.at(-1), { generateNext: { probabilities: true } }];
    const got = await sequence.controlledEvaluate([...input.slice(0, -1), last]);
    const all = [...(got.at(-1)?.next.probabilities ?? [])].filter(([, p]) => p > 0);
    const row = all.sort(([, a], [, b]) => b - a).slice(0, TOP);
    rows.push(row.map(([id, p]) => [id, rounded(Math.log(p))]));
    answer.push(row[0]![0]);
    input = [row[0]![0]];
  }
  return { rows, answer };
}

function rounded(x: number): number {
  return Number(x.toFixed(5));
}

function sameLength(got: readonly number[], wanted: readonly number[]): number {
  const other = got.findIndex((id, i) => id !== wanted[i]);
  return other < 0 ? got.length : other;
}
