/**
 * `npm run bench`: what the engine costs per prompt and per token, each technique on and off.
 *
 *   npm run -s bench -- [--shape NAME[,NAME…]|published|all] [--layers N] [--prompt 64,512] [--tokens 16]
 *                       [--weights m0e4|q8|f16|f32] [--activations f32|f16] [--adapter NAME] [--switches] [--json]
 *
 * Without --shape the tiny one alone, in seconds even on a software adapter. A figure of a software adapter says
 * nothing about a GPU's speed; its counts are a GPU's counts.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { printForms } from '../engine/index.ts';
import { measure } from './measure.ts';
import { OPTIONS, settingsOf, testedForms } from './settings.ts';
import { notes, type Row, table } from './table.ts';

const { values } = parseArgs({
  options: { ...OPTIONS, adapter: { type: 'string' }, json: { type: 'boolean', default: false } },
});

async function main(): Promise<number> {
  const name = values.adapter === undefined ? undefined : adapterNamed(values.adapter);
  if (values.adapter !== undefined && name === undefined)
    throw new Error(`--adapter ${values.adapter} is not known`);
  const gpu = name === undefined ? await openDefault() : await openNamed(name);
  if (gpu === undefined) return await rerunOnSoftware();
  const forms = await testedForms(gpu);
  const rows: Row[] = [];
  for (const { shape, label, setting } of settingsOf(gpu, values, forms)) {
    if (!values.json) process.stderr.write(`${shape}, prompt ${setting.prompt}: ${label}\n`);
    rows.push({ shape, setting: label, prompt: setting.prompt, measured: await measure(gpu, setting) });
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ adapter: gpu.facts, forms: forms.verdicts, rows })}\n`
      : `${gpu.facts.name}, ${printForms(forms)}\n\n${table(rows)}\n${notes(rows)}`,
  );
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
