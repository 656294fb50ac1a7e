/** Imports that calibrate: the order of bytes, interruptions, what is recorded, and when nothing is calibrated. */
import { describe, expect, test } from 'vitest';
import type { Calibrator } from '../../../calibrate/backend.ts';
import type { CalibrationNeed } from '../../../calibrate/need.ts';
import { bigFiles, bigTensors, mortal, weightsOf } from '../../../testing/big-import.ts';
import { cpuCalibrator } from '../../../testing/cpu-calibrator.ts';
import { seededRandom } from '../../../tensor/random.ts';
import { type TestTensor, TINY_CONFIG, tinyFiles, tinyTensors } from '../../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../../weights/sources/memory-source.ts';
import type { ByteSource, CheckpointFolder } from '../../../weights/sources/byte-source.ts';
import { memoryStorage } from '../../../weights/store/storage-memory.ts';
import { openStore } from '../../../weights/store/store.ts';
import type { ImportHooks } from '../../model.ts';
import { listModels, listUnfinished } from '../../stored-model.ts';
import { importModel } from '../import.ts';
import { previewModel } from '../preview.ts';
import { TINY_FAMILIES } from '../../../testing/tiny-families.ts';
import { tinyFamilyGguf } from '../../../testing/tiny-family/files.ts';

const LAYERS = 3;

/** A model of several layers, as a source with a tag and a published hash. */
function layered(): CheckpointFolder {
  const tensors: Record<string, TestTensor> = { ...tinyTensors() };
  const random = seededRandom(5);
  for (const [name, tensor] of Object.entries(tinyTensors())) {
    if (!name.includes('.layers.0.')) continue;
    for (let layer = 1; layer < LAYERS; layer++) {
      const values = tensor.values.map((v) => v * (0.7 + 0.6 * random()));
      tensors[name.replace('.0.', `.${layer}.`)] = { ...tensor, values };
    }
  }
  const config = JSON.stringify({ ...TINY_CONFIG, num_hidden_layers: LAYERS });
  return tagged(memoryFolder('layered', { ...tinyFiles(undefined, tensors), 'config.json': config }));
}

/** A hidden width of 64, and 44 in the feed-forward block. */
const WIDE = JSON.stringify({ ...TINY_CONFIG, hidden_size: 64 });

function widened(tensors: Record<string, TestTensor>): Record<string, TestTensor> {
  const size = (n: number) => (n === 20 ? 64 : n);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, dtype }]) => {
      // Of q, 20 is heads times their width.
      const wide = shape.map((n, axis) =>
        (name.includes('q_proj') && axis === 0) || (name.includes('o_proj') && axis === 1) ? n : size(n),
      );
      const values = new Float32Array(wide.reduce((a, b) => a * b)).map((_, i) => Math.sin(i) / 9);
      return [name, { dtype, shape: wide, values }];
    }),
  );
}

const tagged = (folder: CheckpointFolder): CheckpointFolder => ({
  ...folder,
  async open(name, signal) {
    const source = await folder.open(name, signal);
    return source && ({ ...source, tag: 'one' } satisfies ByteSource);
  },
});

const hooksOf = (calibrator: Calibrator = cpuCalibrator()): ImportHooks => ({
  calibrator: async () => calibrator,
});

async function imported(folder = layered(), hooks = hooksOf()) {
  const storage = memoryStorage();
  const store = openStore(storage);
  const model = await importModel(folder, store, { weights: 'calibrated' }, hooks);
  const { manifest } = await store.open(model.id);
  return { model, manifest, bytes: weightsOf(storage).slice() };
}

describe('what is written', () => {
  test('tensors have the places of a plain import, in other numbers, and the manifest says how', async () => {
    const { model, manifest, bytes } = await imported();
    const storage = memoryStorage();
    const plain = openStore(storage);
    const { id } = await importModel(layered(), plain, { weights: 'm0e4+q8-head' });
    const other = (await plain.open(id)).manifest;
    const places = ({ tensors }: typeof manifest) =>
      tensors.map(({ name, dtype, sections }) => [name, dtype, sections.map(({ offset }) => offset)]);
    expect(places(manifest)).toEqual(places(other));
    const inner = (name: string) => /\.layers\..*proj/.test(name);
    const sums = ({ tensors }: typeof manifest) =>
      new Map(tensors.map(({ name, sections }) => [name, sections.map(({ checksum }) => checksum).join()]));
    for (const [name, sum] of sums(manifest)) expect(sum === sums(other).get(name), name).toBe(!inner(name));
    expect(bytes.length).toBe(weightsOf(storage).length);
    expect(manifest.weights).toBe('calibrated');
    expect(manifest.calibration).toMatchObject({ method: 'gptq', damping: 0.01 });
    expect(manifest.calibration!.tokens).toBeGreaterThan(4000);
    expect(manifest.hashed).toBeUndefined();
    expect(model.calibration).toEqual(manifest.calibration);
  });

  test('in the form that an import chooses by itself', async () => {
    const store = openStore(memoryStorage());
    const needs: CalibrationNeed[] = [];
    const calibrator = async (need: CalibrationNeed) => {
      needs.push(need);
      return cpuCalibrator();
    };
    const model = await importModel(layered(), store, {}, { calibrator });
    expect(model.weights).toBe('calibrated');
    expect(needs).toHaveLength(1);
    const [need] = needs as [CalibrationNeed];
    expect(need.products).toHaveLength(4 * LAYERS);
    expect(need.products[0]).toEqual({ width: 20, rows: 40 });
    expect(need.keptBytes).toBeGreaterThan(need.tokens * 20 * 4);
  });

  test('plainly where the caller declines, and where nothing was handed in', async () => {
    for (const hooks of [{ calibrator: async () => undefined }, {}]) {
      const model = await importModel(layered(), openStore(memoryStorage()), {}, hooks);
      expect(model).toMatchObject({ weights: 'm0e4+q8-head', unquantised: true });
      expect(model.calibration).toBeUndefined();
    }
    const weights = { weights: 'calibrated' } as const;
    const declined = await importModel(layered(), openStore(memoryStorage()), weights, {
      calibrator: async () => undefined,
    });
    expect(declined.weights).toBe('m0e4+q8-head');
    const nothing = importModel(layered(), openStore(memoryStorage()), weights);
    await expect(nothing).rejects.toMatchObject({ code: 'request-invalid' });
  });

  test('the middle size has six bits, and eight where rows are not whole groups', async () => {
    const store = openStore(memoryStorage());
    const tensors: Record<string, TestTensor> = { ...tinyTensors() };
    const { id } = await importModel(
      memoryFolder('wide', { ...tinyFiles(undefined, widened(tensors)), 'config.json': WIDE }),
      store,
      { weights: 'u6+q8-head' },
    );
    const types = new Map((await store.open(id)).manifest.tensors.map(({ name, dtype }) => [name, dtype]));
    expect(types.get('model.layers.0.mlp.up_proj.weight')).toBe('u6_f16_32');
    expect(types.get('model.layers.0.mlp.down_proj.weight')).toBe('q8');
    expect(types.get('model.embed_tokens.weight')).toBe('q8');
  });

  test('a preview has the sizes with their bytes; a model that is quantised has none', async () => {
    const { sizes } = await previewModel(layered());
    expect(sizes.map(({ weights }) => weights)).toEqual(['calibrated', 'u6+q8-head', 'q8']);
    const bytes = sizes.map((size) => size.bytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    for (const size of sizes) {
      const { weights } = size;
      const store = openStore(memoryStorage());
      const { id } = await importModel(layered(), store, { weights }, hooksOf());
      const last = (await store.open(id)).manifest.tensors.at(-1)!.sections.at(-1)!;
      expect(size.bytes - last.offset - last.bytes).toBeLessThan(256);
    }
    const family = TINY_FAMILIES.find(({ name }) => name === 'llama')!;
    const gguf = memoryFolder('gguf', { 'model.gguf': tinyFamilyGguf(family, 'Q4_0') });
    expect((await previewModel(gguf)).sizes).toEqual([]);
  });

  test('other forms never ask for a device', async () => {
    const calibrator = async () => expect.unreachable();
    await importModel(layered(), openStore(memoryStorage()), { weights: 'q8' }, { calibrator });
  });
});

describe('interrupted', () => {
  test.each([15, 30, 45, 60])(
    'killed after %i percent of the file, which has gaps: the rest gives the bytes of an undisturbed import',
    async (percent) => {
      const { bytes } = await imported();
      const storage = memoryStorage();
      const weights = { weights: 'calibrated' } as const;
      const dead = mortal(storage, (bytes.length * percent) / 100);
      await expect(importModel(layered(), openStore(dead), weights, hooksOf())).rejects.toThrow('dead');
      const [left] = await openStore(storage).unfinished();
      expect(left?.head.weights).toBe('calibrated');
      const model = await importModel(layered(), openStore(storage), {}, hooksOf());
      expect(model.weights).toBe('calibrated');
      expect(Buffer.compare(weightsOf(storage), bytes)).toBe(0);
    },
  );

  test('paused in the second layer: stored rows are not rounded again, earlier stages are run', async () => {
    const { bytes } = await imported();
    const storage = memoryStorage();
    const pause = new AbortController();
    const onRun = (name: string) => name.endsWith('stage 5') && pause.abort();
    const first = importModel(
      layered(),
      openStore(storage),
      {},
      { ...hooksOf(cpuCalibrator({ onRun })), pause: pause.signal },
    );
    await expect(first).rejects.toMatchObject({ code: 'import-paused' });
    const [left] = await openStore(storage).unfinished();
    expect(left).toMatchObject({ paused: true, head: { weights: 'calibrated' } });
    const names: string[] = [];
    const done: number[] = [];
    const again = cpuCalibrator({ onRun: (name) => names.push(name) });
    await importModel(
      layered(),
      openStore(storage),
      {},
      {
        ...hooksOf(again),
        onProgress: (progress) => done.push(progress.done),
      },
    );
    expect(done[1]).toBe(left!.position.done);
    expect(names[0]).toMatch(/stage 0$/);
    expect(Buffer.compare(weightsOf(storage), bytes)).toBe(0);
  });

  test('begun plainly, it is finished plainly', async () => {
    const storage = memoryStorage();
    const folder = tagged(memoryFolder('big', bigFiles(bigTensors(2000))));
    await expect(importModel(folder, openStore(mortal(storage, 40_000)), {}, {})).rejects.toThrow('dead');
    const calibrator = async () => expect.unreachable();
    const model = await importModel(folder, openStore(storage), {}, { calibrator });
    expect(model.weights).toBe('m0e4+q8-head');
  });

  test('a lost GPU keeps what was written', async () => {
    const storage = memoryStorage();
    const broken: Calibrator = {
      damping: 0.01,
      open: async () => {
        const { fail } = await import('../../../base/errors.ts');
        return fail('gpu-lost', { who: 'test', message: 'lost' });
      },
    };
    const first = importModel(layered(), openStore(storage), {}, hooksOf(broken));
    await expect(first).rejects.toMatchObject({ code: 'gpu-lost' });
    const model = await importModel(layered(), openStore(storage), {}, hooksOf());
    expect(model.weights).toBe('calibrated');
    expect(Buffer.compare(weightsOf(storage), (await imported()).bytes)).toBe(0);
  });
});

test('an improved model replaces the one before, also if another call finishes it', async () => {
  const storage = memoryStorage();
  const store = openStore(storage);
  const first = await importModel(layered(), store, { origin: 'there' });
  expect(first.origin).toBe('there');
  const pause = new AbortController();
  const calibrator = async () =>
    cpuCalibrator({ onRun: (name) => name.endsWith('stage 5') && pause.abort() });
  const options = { id: first.id, name: first.name, weights: 'calibrated' } as const;
  const improving = importModel(layered(), store, options, { calibrator, pause: pause.signal });
  await expect(improving).rejects.toMatchObject({ code: 'import-paused' });
  expect((await store.list()).map(({ weights }) => weights)).toEqual(['m0e4+q8-head']);
  expect(await listUnfinished(store)).toMatchObject([
    { id: first.id, replaces: true, weights: 'calibrated' },
  ]);
  await importModel(layered(), store, {}, hooksOf());
  expect(await listModels(store)).toMatchObject([{ id: first.id, weights: 'calibrated' }]);
});
