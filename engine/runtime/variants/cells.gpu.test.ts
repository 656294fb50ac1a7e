/**
 * Rows of cells on a GPU are the numbers of the published formula, every bit of them: random blocks of each type, half of
 * them with subnormal scales, against what gguf-py makes of them.
 */
import { beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import type { KernelInput } from '../../kernels/kernel.ts';
import { OPS } from '../../ops/index.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import { cellOf, ggmlToCells } from '../../quant/cells/ggml-cells.ts';
import { GGML_TYPES } from '../../quant/ggml.ts';
import goldens from '../../quant/goldens/ggml-blocks.json' with { type: 'json' };
import type { TensorType } from '../../tensor/tensor.ts';
import { capsOf } from '../program/select-kernels.ts';
import { openSingleNode } from './run-single-node.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});

test.each(Object.entries(goldens))('%s', async (name, { blocks, weights }) => {
  const type = [...GGML_TYPES.values()].find((t) => t.name === name)!;
  const dtype = cellOf(type)!;
  const want = new Float32Array(Uint8Array.from(Buffer.from(weights, 'base64')).buffer);
  const [rows, k] = [2, want.length / 2];
  const { main, rest } = ggmlToCells(dtype, type, Uint8Array.from(Buffer.from(blocks, 'base64')), k);
  const ids: TensorType = { dtype: 'u32', shape: [rows] };
  const table: TensorType = { dtype, shape: [rows, k] };
  const attributes = { scale: 1, dtype: 'f32' };
  const types = { ids, table, ...OPS.embed!.infer({ ids, table }, attributes) };
  const node: KernelInput = { op: 'embed', name, types, attributes, rows: {}, caps: capsOf(gpu) };
  const single = await openSingleNode(gpu, selectKernel(node).kernel, node, {
    'ids data': Uint32Array.of(0, 1),
    'table data': Uint32Array.from(main),
    'table scales': Uint32Array.from(rest),
    'out data': new Float32Array(want.length),
  });
  await single.run();
  const got = new Float32Array(await single.read('out'));
  // By value, since a GPU may lose the sign of zero.
  const wrong = want.findIndex((w, i) => got[i] !== w);
  expect([wrong, got[wrong], want[wrong]]).toEqual([-1, undefined, undefined]);
  single.destroy();
});
