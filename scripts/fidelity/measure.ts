/** Loads the forms of a model beside each other and lets them read the same texts. */
import {
  type ActivationDType,
  type Gpu,
  gpuCalibrator,
  importModel,
  type LoadedModel,
  loadModel,
  memoryStorage,
  openStore,
  type WeightProfile,
} from '../../engine/index.ts';
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
  readonly deviation: Deviation;
}

export interface MeasureSettings {
  readonly forms: readonly MeasuredForm[];
  readonly texts: readonly string[];
  /** Tokens of each text at most. */
  readonly tokens: number;
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

/** Returns the row of the own values first, and the ids that were read. */
export async function measureForms(
  model: FidelityModel,
  gpu: Gpu,
  settings: MeasureSettings,
): Promise<{ rows: FormRow[]; ids: number[][] }> {
  const { texts, tokens, forms } = settings;
  const loaded: { form: MeasuredForm; model: LoadedModel }[] = [];
  for (const form of ['f32', ...forms] as const)
    loaded.push({ form, model: await load(model, form, gpu, settings) });
  const meters = loaded.map(deviationMeter);
  const [own] = loaded as [(typeof loaded)[number]];
  // The own values are 32 bits each.
  const values = own.model.facts.weightBytes / 4;
  const rowsSoFar = () =>
    loaded.map(({ form, model: { facts } }, i) => ({
      form,
      weights: facts.model.weights,
      bitsPerWeight: (8 * facts.weightBytes) / values,
      deviation: meters[i]!.result(),
    }));
  const ids = texts.map((text) => own.model.encodeText(text).slice(0, tokens));
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
  return { rows, ids };
}

async function load(
  model: FidelityModel,
  form: MeasuredForm,
  gpu: Gpu,
  { tokens, activations, damping, windows }: MeasureSettings,
): Promise<LoadedModel> {
  const store = openStore(memoryStorage());
  const whole = gpuCalibrator(gpu, { damping });
  const calibrator: typeof whole = { ...whole, open: (all) => whole.open(all.slice(0, windows)) };
  const { id } = await importModel(model.folder, store, form === 'default' ? {} : { weights: form }, {
    calibrator: async () => calibrator,
  });
  return await loadModel(store, id, gpu, {
    capacity: tokens,
    activations: form === 'f32' ? 'f32' : activations,
  });
}
