/** Calibration on a GPU within an import: interrupted, it gives the bytes of an undisturbed one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onDemand } from '../../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../../scripts/testing/gpu.ts';
import type { Calibrator } from '../../../calibrate/backend.ts';
import { gpuCalibrator } from '../../../calibrate/gpu/index.ts';
import { type Gpu, openGpu } from '../../../gpu/index.ts';
import { weightsOf } from '../../../testing/big-import.ts';
import { tinyFiles } from '../../../testing/tiny-checkpoint.ts';
import { TINY_FAMILIES, type TinyFamily } from '../../../testing/tiny-families.ts';
import { tinyFamilyFiles } from '../../../testing/tiny-family/files.ts';
import type { CheckpointFolder } from '../../../weights/sources/byte-source.ts';
import { memoryFolder } from '../../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../../weights/store/storage-memory.ts';
import { openStore } from '../../../weights/store/store.ts';
import { importModel } from '../import.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

function tagged(): CheckpointFolder {
  const folder = memoryFolder('tiny', tinyFiles());
  return {
    ...folder,
    async open(name, signal) {
      const source = await folder.open(name, signal);
      return source && { ...source, tag: 'one' };
    },
  };
}

/** An interruption does the same at any length of the text. */
const ofFewWindows = (calibrator: Calibrator): Calibrator => ({
  ...calibrator,
  open: (windows) => calibrator.open(windows.slice(0, 16)),
});

test('a pause between two pieces of work loses nothing, and the last product is rounded the same', async () => {
  const whole = memoryStorage();
  let pieces = 0;
  const counting = ofFewWindows(gpuCalibrator(gpu, { turn: async () => void pieces++ }));
  await importModel(tagged(), openStore(whole), {}, { calibrator: async () => counting });
  expect(pieces).toBeGreaterThan(100);
  const storage = memoryStorage();
  const pause = new AbortController();
  let left = Math.floor(pieces * 0.8);
  const turn = async () => {
    if (left-- === 0) pause.abort();
  };
  const calibrator = async () => ofFewWindows(gpuCalibrator(gpu, { turn }));
  const first = importModel(tagged(), openStore(storage), {}, { calibrator, pause: pause.signal });
  await expect(first).rejects.toMatchObject({ code: 'import-paused' });
  const [journal] = await openStore(storage).unfinished();
  expect(journal!.position.tensor).toBeGreaterThan(8); // of twelve tensors, those of the first products are stored
  const model = await importModel(tagged(), openStore(storage), {}, { calibrator });
  expect(model.weights).toBe('calibrated');
  expect(Buffer.compare(weightsOf(storage), weightsOf(whole))).toBe(0);
});

test('a layer whose cache is the rows of a convolution is a stage like any other', async (t) => {
  // On the CPU every run has it.
  if (onDemand !== undefined) return t.skip(onDemand);
  const family = TINY_FAMILIES.find(({ name }) => name === 'lfm2') as TinyFamily;
  const folder = memoryFolder('tiny', tinyFamilyFiles(family, 'BF16'));
  const storage = memoryStorage();
  const calibrator = async () => gpuCalibrator(gpu);
  const model = await importModel(folder, openStore(storage), {}, { calibrator });
  expect(model.weights).toBe('calibrated');
  const plain = memoryStorage();
  await importModel(folder, openStore(plain));
  expect(Buffer.compare(weightsOf(storage), weightsOf(plain))).not.toBe(0);
});
