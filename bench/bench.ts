/**
 * `npm run bench`: what the engine costs per prompt and per token, each technique on and off.
 *
 *   npm run -s bench -- [--shape NAME[,NAME…]|published|all] [--layers N] [--prompt 64,512] [--tokens 16]
 *                       [--weights m0e4|q8|f16|f32] [--activations f32|f16] [--cache plain|q8] [--adapter NAME]
 *                       [--switches] [--json]
 *
 * Without --shape the tiny one alone, in seconds even on a software adapter. A figure of a software adapter says
 * nothing about a GPU's speed; its counts are a GPU's counts. `--adapter null` computes nothing, so that JS ms is the
 * time of the engine's own JavaScript and of the API, and the other times say nothing.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { printForms } from '../engine/bench.ts';
import { measure } from './measure.ts';
import { OPTIONS, settingsOf, testedForms } from './settings.ts';
import { head, line, type Row } from './table.ts';

const { values } = parseArgs({
  options: { ...OPTIONS, adapter: { type: 'string' }, json: { type: 'boolean', default: false } },
});

async function main(): Promise<number> {
  const name = values.adapter === 'null' ? 'null' : adapterNamed(values.adapter ?? '');
  if (values.adapter !== undefined && name === undefined)
    throw new Error(`--adapter ${values.adapter} is not known`);
  const gpu = name === undefined ? await openDefault() : await openNamed(name);
  if (gpu === undefined) return await rerunOnSoftware();
  const forms = await testedForms(gpu);
  const rows: Row[] = [];
  const say = (text: string) => values.json || process.stdout.write(text);
  say(`${gpu.facts.name}, ${printForms(forms)}\n\n${head()}`);
  for (const { shape, label, setting } of settingsOf(gpu, values, forms)) {
    const row = { shape, setting: label, prompt: setting.prompt, measured: await measure(gpu, setting) };
    rows.push(row);
    say(line(row));
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ adapter: gpu.facts, forms: forms.verdicts, rows })}\n`);
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
