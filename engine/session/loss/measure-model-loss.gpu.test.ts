/** The measurement on a GPU gives the figures of the references on the CPU. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { gpuCalibrator } from '../../calibrate/gpu/index.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { cpuCalibrator } from '../../testing/cpu-calibrator.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { measureModelLoss } from './measure-model-loss.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

test('of a tiny model, each size', async () => {
  const folder = memoryFolder('tiny', tinyFiles());
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights: 'm0e4' });
  const here = await measureModelLoss(folder, store, id, gpuCalibrator(gpu));
  const expected = await measureModelLoss(folder, store, id, cpuCalibrator({ most: 100 }));
  expect(here.tokens).toBe(expected.tokens);
  for (const [i, size] of here.sizes.entries()) {
    const { divergence, sameChoice } = expected.sizes[i]!;
    // Both sum in f32, in another order: two rows may prefer another of two near ids.
    expect(size.divergence, size.weights).toBeCloseTo(divergence, 5);
    expect(Math.abs(size.sameChoice - sameChoice)).toBeLessThan(2.5 / here.tokens);
  }
});
