/**
 * Runs one case of an op with the kernel selected on this GPU and compares it with the op's CPU reference. Used by the
 * tests of kernels, and by `bench/check-kernels.ts` on machines without the test runner.
 *
 * Tolerances. f32: sums of up to 2048 products around 1 in f32 instead of f64, and s·Σxv + b·Σx, whose two parts
 * cancel: 3e-5 of the largest result. f16: half an ulp for the stored result, and the same again where a residual is
 * f16 too: 2^-10 of the result, on top of the f32 part. kv8: a number between two codes may become either, so a few in
 * a hundred may be off by one step.
 */
import type { Gpu } from '../../gpu/index.ts';
import { caseInputs, withActivations } from '../../ops/lib/case-inputs.ts';
import { OPS } from '../../ops/index.ts';
import type { Op, OpCase } from '../../ops/op.ts';
import type { Tensors, Types } from '../../tensor/signature.ts';
import { ringRows } from '../../graph/rings.ts';
import { bindInput } from '../../kernels/bind-dims.ts';
import type { Caps, KernelInput, KernelVariants } from '../../kernels/kernel.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import { dequantiseCells } from '../../quant/cells/dequantise.ts';
import { encodeCells } from '../../quant/cells/encode.ts';
import { rowOf } from '../../quant/cells/planes.ts';
import { dequantiseRows, quantiseRows } from '../../quant/m0e4.ts';
import { dequantiseQ8, quantiseQ8 } from '../../quant/q8.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { f16Array, f32ArrayFromF16 } from '../../tensor/f16.ts';
import { packKv8, unpackKv8 } from '../../tensor/kv8.ts';
import { isCell } from '../../tensor/cells.ts';
import {
  type ActivationDType,
  bytesOfRow,
  cellRowOf,
  type HostTensor,
  type TensorType,
  zonesOf,
} from '../../tensor/tensor.ts';
import { capsOf } from '../program/select-kernels.ts';
import { openSingleNode } from './run-single-node.ts';

export interface KernelCase {
  readonly op: Op;
  readonly row: OpCase;
  readonly scalar: ActivationDType;
  /** Rows of each segment of the weights. */
  readonly segments?: readonly number[];
  readonly seed?: number;
  /** Kernel variants that are on; none when absent. */
  readonly variants?: KernelVariants;
}

export interface KernelCheck {
  /** The reason for the choice of kernel. */
  readonly why: string;
  /** A sentence for each wrong output: its first wrong number, or stores out of bounds. */
  readonly wrong: readonly string[];
}

/** Fills the memory before and after what a kernel may write. */
const SENTINEL = 42;
const MARGIN = 64;

/** Every case of every op that is not `heavy`, in the dtypes that this GPU supports. */
export function kernelCases({ f16 }: Gpu): KernelCase[] {
  const scalars: readonly ActivationDType[] = f16 ? ['f32', 'f16'] : ['f32'];
  return Object.values(OPS).flatMap((op) =>
    op.cases
      .filter(({ heavy }) => heavy !== true)
      .flatMap((row) => scalars.map((scalar) => ({ op, row: withActivations(row, scalar), scalar }))),
  );
}

/** Throws `gpu-program` where a shader does not compile, `gpu-lost`. */
export async function checkKernel(
  gpu: Gpu,
  { op, row, scalar, segments, seed = 1, variants = {} }: KernelCase,
) {
  const given = Object.entries(caseInputs(row, seed)).map(
    ([name, t]) => [name, encoded(t, row.inputs[name] as TensorType)] as const,
  );
  const inputs: Tensors = Object.fromEntries(given.map(([name, { as }]) => [name, as]));
  const outputs = op.infer(row.inputs, row.attributes);
  const want = op.reference(inputs, row.attributes, row.binding);
  const node = narrowed(op, row, { ...row.inputs, ...outputs }, { ...capsOf(gpu), variants }, segments);
  const { kernel, why } = selectKernel(node);

  const bytes: Record<string, ArrayBufferView<ArrayBuffer>> = {};
  for (const [name, { data, scales }] of given) {
    bytes[`${name} data`] = data;
    if (scales !== undefined) bytes[`${name} scales`] = scales;
  }
  const before = new Map<string, Float32Array>();
  for (const [name, type] of Object.entries(outputs)) {
    const { data, shape } = want[name] as HostTensor;
    const row = evaluate(node.rows[name] ?? 0, {});
    if (type.dtype === 'kv8') {
      const words = ((row + (shape[0] as number)) * bytesOfRow(type)) / 4;
      bytes[`${name} data`] = new Uint32Array(words + MARGIN).fill(SENTINEL);
      continue;
    }
    const first = row * (shape.at(-1) as number);
    const numbers = new Float32Array(first + data.length + MARGIN).fill(SENTINEL);
    if (inputs.residual !== undefined) numbers.set(inputs.residual.data, first);
    // A state whose earlier rows the kernel reads where it writes its own.
    const earlier = name === 'tail' ? inputs.past : name === 'state' ? inputs.carried : undefined;
    if (earlier !== undefined) numbers.set(earlier.data.subarray(0, first));
    before.set(name, numbers);
    bytes[`${name} data`] = encoded({ shape: [numbers.length], data: numbers }, type).data;
  }
  const single = await openSingleNode(gpu, kernel, node, bytes);
  try {
    await single.run();
    const wrong: string[] = [];
    for (const [name, type] of Object.entries(outputs)) {
      const buffer = await single.read(name);
      if (type.dtype === 'kv8') {
        wrong.push(...differentBytes(name, new Uint32Array(buffer), type, want[name] as HostTensor));
        continue;
      }
      const got = numbersOf(buffer, type);
      const output = { name, got, want: want[name] as HostTensor, before: before.get(name) as Float32Array };
      wrong.push(...(type.dtype === 'u32' ? differentIds(output) : differences(output, scalar)));
    }
    return { why, wrong } satisfies KernelCheck;
  } finally {
    single.destroy();
  }
}

/** The bytes of a tensor in a buffer, its scales, and the numbers that they encode. */
interface EncodedTensor {
  readonly data: ArrayBufferView<ArrayBuffer>;
  readonly scales?: Uint32Array<ArrayBuffer>;
  readonly as: HostTensor;
}

function encoded(t: HostTensor, type: TensorType): EncodedTensor {
  const numbers = Float32Array.from(t.data);
  const { dtype } = type;
  const [k, group] = [t.shape[1] as number, type.group as number];
  if (dtype === 'm0e4') {
    const { nibbles, scales } = quantiseRows(numbers, k, group);
    const as = dequantiseRows({ nibbles, scales }, k, group);
    return stores(nibbles, scales, { shape: t.shape, data: as });
  }
  if (dtype === 'q8') {
    const { bytes, scales } = quantiseQ8(numbers, k, group);
    return stores(bytes, scales, { shape: t.shape, data: dequantiseQ8({ bytes, scales }, k, group) });
  }
  if (isCell(dtype)) return encodedCells(numbers, t.shape, type);
  if (dtype === 'kv8') {
    const words = packKv8(numbers, group);
    return { data: words, as: { shape: t.shape, data: unpackKv8(words, group) } };
  }
  if (dtype === 'f16') {
    const halves = new Uint16Array(Math.ceil(numbers.length / 2) * 2);
    halves.set(f16Array(numbers));
    const as = f32ArrayFromF16(halves).subarray(0, numbers.length);
    return { data: halves, as: { shape: t.shape, data: as } };
  }
  return dtype === 'u32' ? { data: Uint32Array.from(t.data), as: t } : { data: numbers, as: t };
}

/** Rows of one cell, or of two: then rows of each part have the room of the longer ones. */
function encodedCells(numbers: Float32Array, shape: readonly number[], type: TensorType): EncodedTensor {
  const k = shape[1] as number;
  const height = shape[0] as number;
  const room = cellRowOf(type);
  const main = new Uint32Array(height * room.main);
  const rest = new Uint32Array(height * room.rest);
  const data = new Float32Array(numbers.length);
  let first = 0;
  for (const { dtype, rows } of zonesOf(type)) {
    const stored = encodeCells(dtype, numbers.subarray(first * k, (first + rows) * k), k);
    data.set(dequantiseCells(dtype, stored, k), first * k);
    const row = rowOf(dtype, k);
    for (let n = 0; n < rows; n++) {
      main.set(stored.main.subarray(n * row.main, (n + 1) * row.main), (first + n) * room.main);
      rest.set(stored.rest.subarray(n * row.rest, (n + 1) * row.rest), (first + n) * room.rest);
    }
    first += rows;
  }
  return stores(main, rest, { shape, data });
}

/** Copies, since a GPU buffer cannot be written from shared memory. */
function stores(data: Uint32Array, scales: Uint32Array, as: HostTensor): EncodedTensor {
  return { data: Uint32Array.from(data), scales: Uint32Array.from(scales), as };
}

function narrowed(
  op: Op,
  row: OpCase,
  types: Types,
  caps: Caps,
  heights: readonly number[] = [],
): KernelInput {
  const views = Object.fromEntries(
    op.outputs
      .filter((name) => VIEWS.includes(name))
      .map((name) => [name, row.attributes.write ?? row.attributes.position]),
  );
  const ring = op.inputs.includes('k') ? ringRows(types.k as TensorType) : undefined;
  const node: KernelInput = {
    op: op.name,
    name: row.name,
    types,
    attributes: row.attributes,
    rows: views as KernelInput['rows'],
    rings: ring === undefined ? {} : { k: ring },
    caps,
    segments: { [types.table !== undefined && op.name === 'embed' ? 'table' : 'weight']: heights },
  };
  const ranges = Object.entries(row.binding).map(([name, value]) => [name, { min: value, max: value }]);
  return bindInput(node, Object.fromEntries(ranges));
}

/** Outputs that are rows of a state, from `position` on, or the slot `write` of the case. */
const VIEWS = ['k', 'v', 'tail', 'state'];

type Numbers = Float32Array | Uint32Array;

function numbersOf(bytes: ArrayBuffer, { dtype }: TensorType): Numbers {
  if (dtype === 'u32') return new Uint32Array(bytes);
  return dtype === 'f16' ? f32ArrayFromF16(new Uint16Array(bytes)) : new Float32Array(bytes);
}

interface CheckedOutput {
  readonly name: string;
  readonly got: Numbers;
  readonly want: HostTensor;
  /** What the buffer held before the run. */
  readonly before: Float32Array;
}

function differentIds({ name, got, want }: CheckedOutput): string[] {
  const i = want.data.findIndex((id, at) => got[at] !== id);
  return i < 0 ? [] : [`${name}[${i}] is ${got[i]} instead of ${want.data[i]}`];
}

function differences({ name, got, want, before }: CheckedOutput, scalar: ActivationDType): string[] {
  const first = before.length - MARGIN - want.data.length;
  const largest = Float32Array.from(want.data).reduce((a, b) => Math.max(a, Math.abs(b)), 1e-3);
  const allowed = (expected: number) =>
    3e-5 * largest + (scalar === 'f16' ? 2 ** -10 * Math.abs(expected) : 0);
  const found: string[] = [];
  // Not `>`, so that NaN fails too.
  const i = want.data.findIndex(
    (expected, at) => !(Math.abs((got[first + at] as number) - expected) <= allowed(expected)),
  );
  if (i >= 0) {
    const expected = want.data[i] as number;
    found.push(`${name}[${i}] is ${got[first + i]} instead of ${expected} ± ${allowed(expected)}`);
  }
  const outside = [...before.keys()].filter((at) => at < first || at >= before.length - MARGIN);
  if (outside.some((at) => got[at] !== before[at])) found.push(`${name}: a store out of bounds`);
  return found;
}

/** Compares keys or values in 8 bits; `words` is the whole buffer. */
function differentBytes(name: string, words: Uint32Array, type: TensorType, want: HostTensor): string[] {
  const width = type.group as number;
  const length = ((want.shape[0] as number) * bytesOfRow(type)) / 4;
  const first = words.length - MARGIN - length;
  const numbers = want.data as Float32Array;
  /** The error of each number, in steps of its head. */
  const off = unpackKv8(words.slice(first, first + length), width).map((x, i) => {
    const head = numbers.subarray(i - (i % width), i - (i % width) + width);
    const step = head.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / 127 || 1;
    return Math.abs(x - (numbers[i] as number)) / step;
  });
  const found: string[] = [];
  const i = off.findIndex((steps) => !(steps < 1.5));
  if (i >= 0) found.push(`${name}[${i}] is off by ${off[i]} steps`);
  const others = off.filter((steps) => steps > 0.5).length;
  if (others > 3 + 0.03 * off.length) found.push(`${name}: ${others} of ${off.length} have another code`);
  const outside = [...words.subarray(0, first), ...words.subarray(first + length)];
  if (outside.some((word) => word !== SENTINEL)) found.push(`${name}: a store out of bounds`);
  return found;
}
