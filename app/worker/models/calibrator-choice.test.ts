/** When an import calibrates: by room, by time, by what a person asked for. */
import { expect, test } from 'vitest';
import type { CalibrationNeed, Gpu } from '../../../engine/index.ts';
import { calibratorChoice } from './calibrator-choice.ts';

const need: CalibrationNeed = { tokens: 5000, keptBytes: 100e6, products: [{ width: 2048, rows: 8192 }] };

function gpuOf({ software = false, binding = 128 << 20 } = {}): Gpu {
  const limits = { maxStorageBufferBindingSize: binding, maxBufferSize: 256 << 20 };
  const facts = { name: 'Test GPU', vendor: '', architecture: '', software, features: [], limits };
  return { facts } as unknown as Gpu;
}

const choice = (gpu: Gpu | Error, change: Partial<Parameters<typeof calibratorChoice>[0]> = {}) =>
  calibratorChoice({
    device: async () => {
      if (gpu instanceof Error) throw gpu;
      return gpu;
    },
    patient: false,
    memoryGiB: 8,
    now: () => 0,
    ...change,
  });

test('nobody asked for it: without a GPU, in software, without room it is plain', async () => {
  expect(await choice(new Error('no GPU'))(need)).toBeUndefined();
  expect(await choice(gpuOf({ software: true }))(need)).toBeUndefined();
  const wide = { ...need, products: [{ width: 8192, rows: 2048 }] };
  expect(await choice(gpuOf())(wide)).toBeUndefined();
  expect(await choice(gpuOf(), { memoryGiB: 1 })(need)).toBeUndefined();
});

test('a person asked for it: it takes as long as it takes, and what is in its way is said', async () => {
  let calibrates = 0;
  const patient = { patient: true, onCalibration: () => void calibrates++ };
  expect((await choice(gpuOf({ software: true }), patient)(need))?.damping).toBe(0.01);
  expect(calibrates).toBe(1);
  await expect(choice(new Error('no GPU'), patient)(need)).rejects.toThrow('no GPU');
  const wide = { ...need, products: [{ width: 8192, rows: 2048 }] };
  await expect(choice(gpuOf(), patient)(wide)).rejects.toMatchObject({ code: 'gpu-limit' });
  expect(calibrates).toBe(1);
});
