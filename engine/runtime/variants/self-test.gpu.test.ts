/** Kernel variants on the adapter under test: those that it supports compute correctly. */
import { beforeAll, expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { testVariant, variantsFor } from './self-test.ts';

let gpu: Gpu;
let adapter = '';
beforeAll(async () => {
  const opened = await openTestGpu();
  adapter = opened.name;
  gpu = await openGpu(opened.gpu);
});

test.for(
  (['f32', 'f16'] as const).flatMap((scalar) => variantsFor(scalar).map((variant) => ({ variant, scalar }))),
)('$variant $scalar', async ({ variant, scalar }, t) => {
  // Software drivers take up to half a minute to compile the other forms in f16.
  if (scalar === 'f16' && variant !== 'f16Math' && onDemand !== undefined) return t.skip(onDemand);
  // SwiftShader has none.
  if (scalar === 'f16' && !gpu.f16) return t.skip(`${adapter} has no shader-f16`);
  const result = await testVariant(gpu, variant, scalar);
  if (result.state === 'absent') return t.skip(`${adapter} lacks what ${variant} needs`);
  // Its speed is not tested.
  expect(['on', 'slower'], JSON.stringify(result)).toContain(result.state);
  expect(result.error).toBeLessThanOrEqual(result.allowed!);
});
