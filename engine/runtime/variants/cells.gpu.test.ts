/**
 * Rows of cells on a GPU are the numbers of the published formula, every bit of them: of GGUF's types random blocks, half of
 * them with subnormal scales, against what gguf-py makes of them; of the others random weights, against the CPU, whose
 * numbers are those of the producers' packages (engine/conformance/producers.test.ts).
 */
import { beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import type { KernelInput } from '../../kernels/kernel.ts';
import { OPS } from '../../ops/index.ts';
import { CELL_SAMPLE } from '../../ops/lib/cell-cases.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import { dequantiseCells } from '../../quant/cells/dequantise.ts';
import { encodeCells } from '../../quant/cells/encode.ts';
import { cellOf, ggmlToCells } from '../../quant/cells/ggml-cells.ts';
import type { CellRows } from '../../quant/cells/planes.ts';
import { GGML_TYPES } from '../../quant/ggml.ts';
import goldens from '../../quant/goldens/ggml-blocks.json' with { type: 'json' };
import type { CellName } from '../../tensor/cells.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { capsOf } from '../program/select-kernels.ts';
import { openSingleNode } from './run-single-node.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});

/** The numbers that the rows of a cell encode, as the GPU reads them. */
async function rowsOnGpu(dtype: CellName, { main, rest }: CellRows, rows: number, k: number) {
  const ids: TensorType = { dtype: 'u32', shape: [rows] };
  const table: TensorType = { dtype, shape: [rows, k] };
  const attributes = { scale: 1, dtype: 'f32' };
  const types = { ids, table, ...OPS.embed!.infer({ ids, table }, attributes) };
  const node: KernelInput = { op: 'embed', name: dtype, types, attributes, rows: {}, caps: capsOf(gpu) };
  const single = await openSingleNode(gpu, selectKernel(node).kernel, node, {
    'ids data': Uint32Array.from({ length: rows }, (_, n) => n),
    'table data': Uint32Array.from(main),
    'table scales': Uint32Array.from(rest),
    'out data': new Float32Array(rows * k),
  });
  await single.run();
  const got = new Float32Array(await single.read('out'));
  single.destroy();
  return got;
}

/** The first number that is another; by value, since a GPU may lose the sign of zero. */
const firstWrong = (got: Float32Array, want: Float32Array) => {
  const at = want.findIndex((w, i) => got[i] !== w);
  return at < 0 ? undefined : { at, got: got[at], want: want[at] };
};

test.each(Object.entries(goldens))('%s', async (name, { blocks, weights }) => {
  const type = [...GGML_TYPES.values()].find((t) => t.name === name)!;
  const dtype = cellOf(type)!;
  const want = new Float32Array(Uint8Array.from(Buffer.from(weights, 'base64')).buffer);
  const k = want.length / 2;
  const stored = ggmlToCells(dtype, type, Uint8Array.from(Buffer.from(blocks, 'base64')), k);
  expect(firstWrong(await rowsOnGpu(dtype, stored, 2, k), want)).toBeUndefined();
});

test.each(CELL_SAMPLE.filter((name) => /^(?:nf4|fp4|e4m3_.*|u\d_.*)$/.test(name)))('%s', async (dtype) => {
  const k = 3 * 128;
  const random = seededRandom(9);
  const weights = Float32Array.from({ length: 4 * k }, () => (random() - 0.5) * 2 ** (-8 * random()));
  const stored = encodeCells(dtype, weights, k);
  const want = dequantiseCells(dtype, stored, k);
  const got = await rowsOnGpu(dtype, stored, 4, k);
  if (!dtype.includes('_f32_')) expect(firstWrong(got, want)).toBeUndefined();
  // A product of two f32 is rounded before the sum, or not.
  else expect(Math.max(...got.map((w, i) => Math.abs(w - want[i]!)))).toBeLessThan(2 ** -23);
});
