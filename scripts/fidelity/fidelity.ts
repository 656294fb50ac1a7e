/**
 * `npm run -s fidelity`: measures what the number formats cost, on real weights. The checkpoint's own values in f32 and
 * each form of them read the same texts on the engine; every row of logits is compared with that of the own values.
 * Prints a table in Markdown.
 *
 *   npm run -s fidelity -- [--model ID|FILE|FOLDER]… [--form NAME[,NAME…]] [--texts 10] [--tokens 490]
 *                          [--activations f32|f16] [--adapter lavapipe|swiftshader|default] [--damping 0.01] [--llama FOLDER]
 *
 * `--damping` is that of the form `calibrated`, by default the one of an import.
 *
 * Without options: the published models of `npm run weights` and stories260K, in the form that an import chooses by
 * itself (`default`), in every other profile and calibrated, on the first 490 tokens of ten articles of ../shared/assets/pages/readability
 * (stories260K: of ten stories). `--llama` is a folder in which `node-llama-cpp` is installed; llama.cpp then reads the
 * same ids from the same file.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../../cli/adapter.ts';
import { adapterNamed } from '../../cli/dawn.ts';
import { type ActivationDType, type Gpu, PROFILES, type WeightProfile } from '../../engine/index.ts';
import { command, Missing } from '../setup/machine.mjs';
import { llamaLosses } from './llama-losses.ts';
import { type FidelityModel, modelNamed, modelsAtHand } from './models.ts';
import { formTable } from './report.ts';
import { type MeasuredForm, measureForms } from './measure.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    form: { type: 'string', multiple: true },
    texts: { type: 'string', default: '10' },
    tokens: { type: 'string', default: '490' },
    activations: { type: 'string', default: 'f32' },
    adapter: { type: 'string' },
    llama: { type: 'string' },
    damping: { type: 'string' },
  },
});

await command(async () => {
  const gpu = await openAdapter();
  if (gpu === undefined) return await rerunOnSoftware();
  const models = values.model?.map(modelNamed) ?? modelsAtHand();
  if (models.length === 0) throw new Missing('no model is at hand: `npm run weights` brings two');
  for (const model of models) await measureModel(model, gpu);
  return 0;
});

async function openAdapter(): Promise<Gpu | undefined> {
  if (values.adapter === undefined) return await openDefault();
  const name = adapterNamed(values.adapter);
  if (name === undefined)
    throw new Missing(`--adapter ${values.adapter}: choose from lavapipe, swiftshader, default`);
  return await openNamed(name);
}

async function measureModel(model: FidelityModel, gpu: Gpu): Promise<void> {
  const texts = model.texts(count('texts'));
  const { rows, ids } = await measureForms(model, gpu, {
    forms: forms(),
    texts,
    tokens: count('tokens'),
    activations: activations(),
    ...(values.damping === undefined ? {} : { damping: Number(values.damping) }),
    onText: (done, rows) => {
      process.stderr.write(`${model.name}: ${done} of ${texts.length} texts\n`);
      if (done < texts.length) process.stderr.write(`${formTable(model.name, rows)}\n`);
    },
  });
  const other =
    values.llama !== undefined && model.path.endsWith('.gguf')
      ? await llamaLosses(values.llama, model.path, ids)
      : undefined;
  process.stdout.write(`${formTable(model.name, rows, other)}\n`);
}

/** The forms to measure: by itself, an import takes `default`. */
function forms(): readonly MeasuredForm[] {
  const named = values.form?.flatMap((value) => value.split(','));
  const all: MeasuredForm[] = [
    'default',
    ...(Object.keys(PROFILES) as WeightProfile[]).filter((f) => f !== 'f32' && f !== 'published'),
  ];
  const unknown = named?.find((name) => !all.includes(name as MeasuredForm));
  if (unknown !== undefined) throw new Missing(`--form ${unknown}: choose from ${all.join(', ')}`);
  return (named as MeasuredForm[] | undefined) ?? all;
}

function activations(): ActivationDType {
  if (values.activations === 'f32' || values.activations === 'f16') return values.activations;
  throw new Missing(`--activations ${values.activations}: choose from f32, f16`);
}

function count(option: 'texts' | 'tokens'): number {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Missing(`--${option} ${values[option]}: give a whole number above 0`);
}
