import { expect, it } from 'vitest';
import { openTestGpu } from '../scripts/testing/gpu.ts';
import { compilationsDone } from './dawn.ts';

it('a program can wait until no pipeline compiles, also one that fails', async () => {
  const adapter = await (await openTestGpu()).gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const ended: string[] = [];
  for (const code of ['@compute @workgroup_size(1) fn main() {}', '@compute fn main() {}']) {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code });
    void device.popErrorScope();
    const pipeline = device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    void pipeline.then(() => ended.push('compiled')).catch(() => ended.push('failed'));
  }
  await compilationsDone();
  expect(ended.toSorted()).toEqual(['compiled', 'failed']);
  await compilationsDone();
  device.destroy();
});
