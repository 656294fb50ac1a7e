/**
 * `npm run bench`: measures the engine's cost per prompt and per token, with each technique on and off.
 *
 *   npm run -s bench -- [--shape NAME[,NAME…]|published|all] [--layers N] [--prompt 64,512] [--tokens 16]
 *                       [--weights m0e4|q8|f16|f32] [--activations f32|f16] [--cache plain|q8] [--adapter NAME]
 *                       [--switches] [--json]
 *
 * Without --shape it measures only the tiny shape, which takes seconds even on a software adapter. Times of a software
 * adapter say nothing about a GPU's speed, but its counts equal a GPU's counts. `--adapter null` computes nothing: JS
 * ms is then the time of the engine's own JavaScript and of the API, and the other times are meaningless.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { printVariants } from '../engine/bench.ts';
import { measure } from './measure.ts';
import { activationsOf, OPTIONS, settingsOf, testedVariants } from './settings.ts';
import { type BenchRow, tableHead, tableRow } from './table.ts';

const { values } = parseArgs({
  options: { ...OPTIONS, adapter: { type: 'string' }, json: { type: 'boolean', default: false } },
});

async function main(): Promise<number> {
  const name = values.adapter === 'null' ? 'null' : adapterNamed(values.adapter ?? '');
  if (values.adapter !== undefined && name === undefined)
    throw new Error(`--adapter ${values.adapter} is unknown`);
  const gpu = name === undefined ? await openDefault() : await openNamed(name);
  if (gpu === undefined) return await rerunOnSoftware();
  const variants = await testedVariants(gpu, activationsOf(gpu, values));
  const rows: BenchRow[] = [];
  const print = (text: string) => values.json || process.stdout.write(text);
  print(`${gpu.facts.name}, ${printVariants(variants)}\n\n${tableHead()}`);
  for (const { shape, label, setting } of settingsOf(gpu, values, variants)) {
    const row = { shape, setting: label, prompt: setting.prompt, measured: await measure(gpu, setting) };
    rows.push(row);
    print(tableRow(row));
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ adapter: gpu.facts, variants: variants.results, rows })}\n`);
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
