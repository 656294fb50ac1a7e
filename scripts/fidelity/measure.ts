/** Loads the forms of a model beside each other and lets them read the same ids. */
import {
  type ActivationDType,
  type Gpu,
  gpuCalibrator,
  importModel,
  type LoadedModel,
  loadModel,
  memoryStorage,
  type ModelStore,
  openStore,
  type WeightProfile,
} from '../../engine/index.ts';
import { buildModel, openCheckpoint, openText, windowsOf } from '../../engine/bench.ts';
import { type Deviation, deviationMeter } from './compare.ts';
import type { FidelityModel } from './models.ts';

/** A profile, or what an import takes by itself. */
export type MeasuredForm = WeightProfile | 'default';

export interface FormRow {
  readonly form: MeasuredForm;
  /** The stored profile's name. */
  readonly weights: string;
  /** Bytes on the GPU, in bits for each value that the checkpoint has. Norms are in f32 in every form. */
  readonly bitsPerWeight: number;
  /** The same of the matrices between embedding and head, as they are stored. */
  readonly bitsBetween: number;
  readonly deviation: Deviation;
}

export interface MeasureSettings {
  readonly forms: readonly MeasuredForm[];
  /** Ids of each text ({@link readerOf}). */
  readonly ids: readonly (readonly number[])[];
  readonly activations: ActivationDType;
  /** Of calibrated forms; by default that of an import. */
  readonly damping?: number;
  /** Pieces of the calibration text that calibrated forms are rounded by, 128 tokens each; all when absent. */
  readonly windows?: number;
  /** Gets the rows so far, which a run of an hour would otherwise not show. */
  readonly onText?: (done: number, rows: readonly FormRow[]) => void;
}

/** Tokens at a time; more would only need more memory. */
const PART = 8;

/** How a model reads texts; needs no GPU. */
export interface TextReader {
  /** The ids of each text, from BOS on, `tokens` at most. */
  ids(texts: readonly string[], tokens: number): number[][];
  /** The ids by which an import calibrates, in sequences. */
  calibration(): (readonly number[])[];
}

export async function readerOf({ folder }: FidelityModel): Promise<TextReader> {
  const { config, files } = await openCheckpoint(folder);
  // Weights and sizes do not matter: of the graph only its ids are used.
  const graph = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 1,
    capacity: 1,
  });
  const text = openText((name) => files.get(name), graph);
  return {
    ids: (texts, tokens) => texts.map((one) => text.encodeText(one).slice(0, tokens)),
    calibration: () => windowsOf((one) => text.encodeText(one)),
  };
}

/** Returns the row of the own values first. */
export async function measureForms(
  model: FidelityModel,
  gpu: Gpu,
  settings: MeasureSettings,
): Promise<FormRow[]> {
  const { ids, forms } = settings;
  const loaded: LoadedForm[] = [];
  for (const form of ['f32', ...forms] as const)
    loaded.push({ form, ...(await load(model, form, gpu, settings)) });
  const meters = loaded.map(deviationMeter);
  const [own] = loaded as [(typeof loaded)[number]];
  // The own values are 32 bits each.
  const values = own.model.facts.weightBytes / 4;
  const rowsSoFar = () =>
    loaded.map(({ form, bitsBetween, model: { facts } }, i) => ({
      form,
      weights: facts.model.weights,
      bitsPerWeight: (8 * facts.weightBytes) / values,
      bitsBetween,
      deviation: meters[i]!.result(),
    }));
  for (const [index, text] of ids.entries()) {
    for (let at = 0; at + 1 < text.length; at += PART) {
      const end = Math.min(at + PART, text.length - 1);
      const scored = [];
      for (const one of loaded) scored.push(await one.model.score(text.slice(0, end), at));
      for (const [i, reference] of scored[0]!.entries())
        for (const [j, meter] of meters.entries()) meter.add(scored[j]![i]!, reference, text[at + i + 1]!);
    }
    settings.onText?.(index + 1, rowsSoFar());
  }
  const rows = rowsSoFar();
  for (const one of loaded) one.model.dispose();
  return rows;
}

interface LoadedForm {
  readonly form: MeasuredForm;
  readonly model: LoadedModel;
  readonly bitsBetween: number;
}

async function load(
  model: FidelityModel,
  form: MeasuredForm,
  gpu: Gpu,
  { ids, activations, damping, windows }: MeasureSettings,
): Promise<Omit<LoadedForm, 'form'>> {
  const store = openStore(memoryStorage());
  const whole = gpuCalibrator(gpu, { damping });
  const calibrator: typeof whole = { ...whole, open: (all) => whole.open(all.slice(0, windows)) };
  const { id } = await importModel(model.folder, store, form === 'default' ? {} : { weights: form }, {
    calibrator: async () => calibrator,
  });
  const loaded = await loadModel(store, id, gpu, {
    capacity: Math.max(...ids.map(({ length }) => length)),
    activations: form === 'f32' ? 'f32' : activations,
  });
  return { model: loaded, bitsBetween: storedBits((await store.open(id)).manifest.tensors) };
}

type StoredTensors = Awaited<ReturnType<ModelStore['open']>>['manifest']['tensors'];

/** Bits of a weight in the matrices of layers, whose names have the layer's number. */
function storedBits(tensors: StoredTensors): number {
  const between = tensors.filter(({ name, shape }) => shape.length > 1 && /\.\d+\./.test(name));
  const sum = (of: (tensor: StoredTensors[number]) => number) =>
    between.reduce((n, tensor) => n + of(tensor), 0);
  const bytes = sum(({ sections }) => sections.reduce((n, section) => n + section.bytes, 0));
  return (8 * bytes) / sum(({ shape }) => shape.reduce((n, d) => n * d, 1));
}
