/**
 * `npm run -s bench:packing`: what packing a text's cache costs and gains (engine/session/packing). For each model the needle
 * test by share of rows; then a text that is read, packed, saved and answered, with the processor time of this process: on a
 * software adapter that is the work of the kernels. Prints Markdown.
 *
 *   npm run -s bench:packing -- [--model ID|FILE|FOLDER]… [--tokens 1000] [--steps 16] [--activations f32|f16]
 *                               [--adapter lavapipe|swiftshader|default]
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed } from '../../cli/adapter.ts';
import { adapterNamed } from '../../cli/dawn.ts';
import {
  type ActivationDType,
  type Gpu,
  importModel,
  loadModel,
  memoryStorage,
  type NeedleTest,
  openStore,
  type Prompt,
  storedPacking,
  storedVariants,
} from '../../engine/index.ts';
import { command, Missing } from '../setup/machine.mjs';
import { type FidelityModel, modelNamed, modelsAtHand } from './models.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    tokens: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '16' },
    activations: { type: 'string', default: 'f32' },
    adapter: { type: 'string' },
  },
});

const BRANCH = 'page';

async function openAdapter(): Promise<Gpu> {
  if (values.adapter === undefined) return (await openDefault()) ?? openNamed(adapterNamed('lavapipe')!);
  const adapter = adapterNamed(values.adapter);
  if (adapter === undefined) throw new Missing(`--adapter ${values.adapter}: unknown`);
  return openNamed(adapter);
}

async function measure(gpu: Gpu, { name, folder, texts }: FidelityModel): Promise<void> {
  const store = openStore(memoryStorage());
  const storage = memoryStorage();
  const { id } = await importModel(folder, store);
  const activations = values.activations as ActivationDType;
  const hooks = { packing: storedPacking(storage), variants: storedVariants(storage) };
  const model = await loadModel(store, id, gpu, { activations, capacity: 4096 }, hooks);
  const text = cutTo(Number(values.tokens), texts(10).join('\n\n'), (some) => model.encode(some).length);
  const asking = (content: string): Prompt => ({ kind: 'messages', messages: [{ role: 'user', content }] });
  const prompt = asking(`${text}\n\nWhat is this about?`);
  const step = async () => {
    const run = (maxTokens: number) =>
      spent(() => model.generate({ prompt, maxTokens, ignoreEos: true, branch: BRANCH, speculation: 'off' }));
    await run(2); // reads what is missing, and makes what an answer needs
    const [few, many] = [await run(2), await run(2 + Number(values.steps))];
    return (1000 * (many - few)) / Number(values.steps);
  };
  const reading = await spent(() => model.read(prompt, { branch: BRANCH }));
  const before = {
    step: await step(),
    file: await model.savePrefix(prompt, storage, 'plain', { branch: BRANCH }),
  };
  let test: NeedleTest | undefined;
  let testing = 0;
  const begun = process.cpuUsage();
  const onTested = (result: NeedleTest) => {
    test = result;
    testing = process.cpuUsage(begun).user / 1e6;
  };
  const { tokens, share } = await model.pack(prompt, asking(text), { branch: BRANCH, onTested });
  const packing = process.cpuUsage(begun).user / 1e6 - testing;
  const after = {
    step: await step(),
    file: await model.savePrefix(prompt, storage, 'packed', { branch: BRANCH }),
  };
  const rows = (test?.results ?? []).map(
    (result) =>
      `| ${percent(result.share)} | ${result.found} of ${test?.needles} | ${result.loss.toFixed(3)} |`,
  );
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  process.stdout.write(
    [
      `## ${name}, ${activations}, ${gpu.facts.name}`,
      '',
      '| rows | numbers found | nats a number |',
      '|--:|--:|--:|',
      ...rows,
      '',
      `Passes with ${percent(test?.share ?? 1)}; the test took ${testing.toFixed(0)} s.`,
      '',
      `| ${tokens} tokens | all rows | packed to ${percent(share)} |`,
      '|---|--:|--:|',
      `| saved, MB | ${mb(before.file.bytes)} | ${mb(after.file.bytes)} |`,
      `| ms a step | ${before.step.toFixed(1)} | ${after.step.toFixed(1)} |`,
      `| s to read, and to pack | ${reading.toFixed(1)} | ${packing.toFixed(1)} |`,
      '',
      '',
    ].join('\n'),
  );
  model.dispose();
}

/** User seconds of this process. */
async function spent(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return process.cpuUsage(before).user / 1e6;
}

/** The beginning of a text with at most `most` tokens, by whole words. */
function cutTo(most: number, text: string, count: (some: string) => number): string {
  const words = text.split(' ');
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (count(words.slice(0, middle).join(' ')) <= most) low = middle;
    else high = middle - 1;
  }
  return words.slice(0, low).join(' ');
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

await command(async () => {
  const gpu = await openAdapter();
  for (const model of values.model?.map(modelNamed) ?? modelsAtHand()) await measure(gpu, model);
  gpu.dispose();
  return 0;
});
