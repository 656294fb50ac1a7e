/**
 * The form `calibrated`, under trial: `m0e4+q8-head` whose matrices of 4 bits are rounded by the inputs that they get
 * (`engine/calibrate`). No import makes it yet.
 */
import {
  calibrate,
  createRuntime,
  gpuCalibration,
  loadWith,
  type M0e4Rows,
  type WeightSource,
  windowsOf,
} from '../../engine/bench.ts';
import {
  type ActivationDType,
  type Gpu,
  importModel,
  type LoadedModel,
  memoryStorage,
  openStore,
  type WeightProfile,
} from '../../engine/index.ts';
import type { FidelityModel } from './models.ts';

/** Loads the model with calibrated weights. `tokens`: the capacity of its cache. */
export async function loadCalibrated(
  model: FidelityModel,
  gpu: Gpu,
  { tokens, activations }: { tokens: number; activations: ActivationDType },
): Promise<LoadedModel> {
  const [own, converted] = [await stored(model, 'f32'), await stored(model, 'm0e4+q8-head')];
  const capacity = tokens;
  let values: WeightSource | undefined;
  const reader = await loadWith(
    own.store,
    own.id,
    { activations: 'f32', capacity },
    {},
    gpu.facts,
    (built, options) => {
      values = options.weights;
      return createRuntime(gpu, built.graph, options);
    },
  );
  const windows = windowsOf((text) => reader.encodeText(text));
  reader.dispose();
  return await loadWith(
    converted.store,
    converted.id,
    { activations, capacity },
    {},
    gpu.facts,
    async (built, options) => {
      const done = new Map<string, M0e4Rows>();
      const weights = overlaid(options.weights, done);
      const pass = calibrate({
        graph: built.graph,
        calibrated: (tensor) => weights.type(tensor)?.dtype === 'm0e4',
        windows,
        stored: weights,
        read: (tensor) => numbersOf(values!, tensor),
        open: async (all) => gpuCalibration(gpu, all),
      });
      for await (const { tensor, rows } of pass) done.set(tensor, rows);
      return await createRuntime(gpu, built.graph, { ...options, weights });
    },
  );
}

async function stored({ folder }: FidelityModel, weights: WeightProfile) {
  const store = openStore(memoryStorage());
  return { store, ...(await importModel(folder, store, { weights })) };
}

async function numbersOf(values: WeightSource, tensor: string): Promise<Float32Array> {
  const { data } = await values.read(tensor, 0, values.type(tensor)!.shape[0] as number);
  return new Float32Array(data.slice().buffer);
}

/** The source with the matrices that are done in place of its own. */
function overlaid(source: WeightSource, done: ReadonlyMap<string, M0e4Rows>): WeightSource {
  return {
    type: (tensor) => source.type(tensor),
    async read(tensor, first, count, signal) {
      const rows = done.get(tensor);
      if (rows === undefined) return await source.read(tensor, first, count, signal);
      const all = source.type(tensor)!.shape[0] as number;
      const part = (words: Uint32Array) => {
        const perRow = words.length / all;
        const chosen = words.subarray(first * perRow, (first + count) * perRow);
        return new Uint8Array(chosen.buffer, chosen.byteOffset, chosen.byteLength);
      };
      return { data: part(rows.nibbles), scales: part(rows.scales) };
    },
  };
}
