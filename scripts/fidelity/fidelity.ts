/**
 * `npm run -s fidelity`: measures what the number formats cost, on real weights. The checkpoint's own values in f32 and
 * each form of them read the same texts on the engine; every row of logits is compared with that of the own values.
 * Prints a table in Markdown.
 *
 *   npm run -s fidelity -- [--model ID|FILE|FOLDER]… [--form NAME[,NAME…]] [--texts 10] [--tokens 490]
 *                          [--activations f32|f16] [--adapter lavapipe|swiftshader|default] [--damping 0.01]
 *                          [--llama PYTHON] [--llama-format NAME[,NAME…]]
 *
 * `--form none` leaves the engine out, so that llama.cpp reads alone. `--damping` is that of the form `calibrated`, by
 * default the one of an import.
 *
 * Without options: the published models of `npm run weights` and stories260K, in the form that an import chooses by
 * itself (`default`), in every other profile and calibrated, on the first 490 tokens of ten articles of ../shared/assets/pages/readability
 * (stories260K: of ten stories). `--llama` is a Python with `llama-cpp-python` and `gguf`: llama.cpp then quantises the
 * same weights to its own formats and reads the same ids (`llama_formats.py`). `--llama-format` names some of these:
 * file types of llama.cpp, with `+imatrix` weighted by an importance matrix of the texts that calibration reads,
 * or `published`, the file itself.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../../cli/adapter.ts';
import { adapterNamed } from '../../cli/dawn.ts';
import { type ActivationDType, type Gpu, PROFILES, type WeightProfile } from '../../engine/index.ts';
import { command, Missing } from '../setup/machine.mjs';
import { LLAMA_FORMATS, type LlamaRow, llamaRows } from './llama.ts';
import { type FidelityModel, modelNamed, modelsAtHand } from './models.ts';
import { formTable } from './report.ts';
import { type FormRow, type MeasuredForm, measureForms, readerOf, type TextReader } from './measure.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    form: { type: 'string', multiple: true },
    texts: { type: 'string', default: '10' },
    tokens: { type: 'string', default: '490' },
    activations: { type: 'string', default: 'f32' },
    adapter: { type: 'string' },
    llama: { type: 'string' },
    'llama-format': { type: 'string', multiple: true },
    damping: { type: 'string' },
  },
});

await command(async () => {
  const isAlone = values.form?.includes('none') === true;
  if (isAlone && values.llama === undefined)
    throw new Missing('--form none measures nothing without --llama');
  const gpu = isAlone ? 'none' : await openAdapter();
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

async function measureModel(model: FidelityModel, gpu: Gpu | 'none'): Promise<void> {
  const reader = await readerOf(model);
  const ids = reader.ids(model.texts(count('texts')), count('tokens'));
  const rows = gpu === 'none' ? [] : await engineRows(model, gpu, ids);
  if (rows.length > 0 && values.llama !== undefined) process.stderr.write(`${formTable(model.name, rows)}\n`);
  const others = values.llama === undefined ? [] : await otherRows(model, values.llama, reader, ids);
  process.stdout.write(`${formTable(model.name, rows, others)}\n`);
}

async function engineRows(model: FidelityModel, gpu: Gpu, ids: number[][]): Promise<FormRow[]> {
  return await measureForms(model, gpu, {
    forms: forms(),
    ids,
    activations: activations(),
    ...(values.damping === undefined ? {} : { damping: Number(values.damping) }),
    onText: (done, rows) => {
      process.stderr.write(`${model.name}: ${done} of ${ids.length} texts\n`);
      if (done < ids.length) process.stderr.write(`${formTable(model.name, rows)}\n`);
    },
  });
}

async function otherRows(
  { name, gguf }: FidelityModel,
  python: string,
  reader: TextReader,
  texts: number[][],
): Promise<LlamaRow[]> {
  if (gguf === undefined) throw new Missing(`--llama: llama.cpp reads GGUF files, and ${name} has none`);
  const formats = values['llama-format']?.flatMap((value) => value.split(',')) ?? LLAMA_FORMATS;
  const job = { file: gguf, texts, calibration: reader.calibration(), formats };
  return await llamaRows(python, job, (rows) => process.stderr.write(`${formTable(name, [], rows)}\n`));
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
