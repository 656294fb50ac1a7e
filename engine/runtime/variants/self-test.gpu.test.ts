/** Kernel variants on the adapter under test: those that it supports compute correctly. */
import { beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { VARIANT_NAMES, testVariant } from './self-test.ts';

let gpu: Gpu;
let adapter = '';
beforeAll(async () => {
  const opened = await openTestGpu();
  adapter = opened.name;
  gpu = await openGpu(opened.gpu);
});

test.for(VARIANT_NAMES)('%s', async (variant, t) => {
  const result = await testVariant(gpu, variant);
  if (result.state === 'absent') return t.skip(`${adapter} lacks what ${variant} needs`);
  // Its speed is not tested.
  expect(['on', 'slower'], JSON.stringify(result)).toContain(result.state);
  expect(result.error).toBeLessThanOrEqual(result.allowed!);
});
