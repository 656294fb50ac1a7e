/**
 * Every kernel against its op's CPU reference, over the op's table of cases, with f32 and f16 activations.
 *
 * Tolerances. f32: sums of up to 2048 products around 1 in f32 instead of f64, and s·Σxv + b·Σx, whose two
 * parts cancel: 3e-5 of the largest result. f16: half an ulp of a half for the stored result, once more where
 * a residual is a half too: 2^-10 of the result, on top of the f32 part.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import {
  type Buffer,
  createBindGroup,
  createBuffer,
  openGpu,
  pipelineCache,
  readbackRing,
  submit,
  writeBuffer,
} from '../gpu/index.ts';
import { caseInputs, withActivations } from '../graph/ops/inputs.ts';
import { OPS } from '../graph/ops/index.ts';
import type { Op, OpCase, Tensors, Types } from '../graph/ops/op.ts';
import { dequantiseRows, quantiseRows } from '../quant/m0e4.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { f16Array, f32ArrayFromF16 } from '../tensor/f16.ts';
import type { ActivationDType, HostTensor, TensorType } from '../tensor/tensor.ts';
import { type KernelInput, narrowInput, selectKernel, specialise } from './index.ts';

type Machine = Awaited<ReturnType<typeof open>>;

async function open() {
  const { gpu: provider, f16, name } = await openTestGpu();
  const gpu = await openGpu(provider);
  return { gpu, f16, name, cache: pipelineCache(gpu), ring: readbackRing(gpu, 'results', 1 << 20, 1) };
}

/** Stands behind and before what a kernel may write. */
const SENTINEL = 42;
const MARGIN = 64;

/** The bytes of a tensor as a buffer holds it, its scales, and the numbers that they stand for. */
function stored(
  t: HostTensor,
  type: TensorType,
): { data: ArrayBufferView<ArrayBuffer>; scales?: Uint32Array<ArrayBuffer>; as: HostTensor } {
  const numbers = Float32Array.from(t.data);
  if (type.dtype === 'm0e4') {
    const { nibbles, scales } = quantiseRows(numbers, t.shape[1]!, type.group!);
    const as = dequantiseRows({ nibbles, scales }, t.shape[1]!, type.group!);
    return {
      data: Uint32Array.from(nibbles),
      scales: Uint32Array.from(scales),
      as: { shape: t.shape, data: as },
    };
  }
  if (type.dtype === 'f16') {
    const halves = new Uint16Array(Math.ceil(numbers.length / 2) * 2);
    halves.set(f16Array(numbers));
    return {
      data: halves,
      as: { shape: t.shape, data: f32ArrayFromF16(halves).subarray(0, numbers.length) },
    };
  }
  return type.dtype === 'u32' ? { data: Uint32Array.from(t.data), as: t } : { data: numbers, as: t };
}

function filled(m: Machine, label: string, bytes: ArrayBufferView<ArrayBuffer>, all: Buffer[]): Buffer {
  const buffer = createBuffer(m.gpu, label, bytes.byteLength);
  writeBuffer(m.gpu, buffer, 0, bytes);
  all.push(buffer);
  return buffer;
}

async function check(m: Machine, op: Op, row: OpCase, scalar: ActivationDType): Promise<string> {
  const given = Object.entries(caseInputs(row)).map(
    ([name, t]) => [name, stored(t, row.inputs[name]!)] as const,
  );
  const inputs: Tensors = Object.fromEntries(given.map(([name, { as }]) => [name, as]));
  const outputs = op.infer(row.inputs, row.attributes);
  const want = op.reference(inputs, row.attributes, row.binding);
  const views = op.name === 'qkv' ? { k: row.attributes.position, v: row.attributes.position } : {};
  const node = narrowed(op, row, { ...row.inputs, ...outputs }, views as KernelInput['rows'], m.gpu.f16);
  const { kernel, why } = selectKernel(node);
  const made = specialise(kernel, node);

  const all: Buffer[] = [];
  const buffers = new Map<string, Buffer>();
  for (const [name, { data, scales }] of given) {
    buffers.set(`${name} data`, filled(m, name, data, all));
    if (scales !== undefined) buffers.set(`${name} scales`, filled(m, `${name} scales`, scales, all));
  }
  const before = new Map<string, Float32Array>();
  for (const [name, type] of Object.entries(outputs)) {
    const first = evaluate(node.rows[name] ?? 0, {}) * want[name]!.shape.at(-1)!;
    const numbers = new Float32Array(first + want[name]!.data.length + MARGIN).fill(SENTINEL);
    if (inputs.residual !== undefined) numbers.set(inputs.residual.data, first);
    before.set(name, numbers);
    buffers.set(
      `${name} data`,
      filled(m, name, stored({ shape: [numbers.length], data: numbers }, type).data, all),
    );
  }
  const params = new DataView(new ArrayBuffer(made.layout.size));
  made.layout.fields.forEach(({ type, offset }, i) => {
    const value = evaluate(made.params[i]!, {});
    if (type === 'f32') params.setFloat32(offset, value, true);
    else params.setUint32(offset, value, true);
  });
  const uniform = createBuffer(m.gpu, 'params', made.layout.size, 'params');
  all.push(uniform);
  writeBuffer(m.gpu, uniform, 0, new Uint8Array(params.buffer));

  const pipeline = await m.cache.get({ ...made, label: made.kernel });
  const bound = made.bindings.map(({ binding, value, part }) => ({
    binding,
    buffer: value === 'params' ? uniform : buffers.get(`${value} ${part}`)!,
  }));
  const bindings = createBindGroup(m.gpu, pipeline, bound);
  for (const [i, name] of Object.keys(outputs).entries()) {
    const slot = m.ring.take();
    const from = buffers.get(`${name} data`)!;
    const runs = i === 0 ? [{ pipeline, bindings }] : [];
    submit(m.gpu, runs, [evaluate(made.workgroups, {})], [{ from, to: slot.buffer, bytes: from.bytes }]);
    compare(name, await slot.read(from.bytes), outputs[name]!, want[name]!, before.get(name)!, scalar);
  }
  for (const buffer of all) buffer.destroy();
  return why;
}

function narrowed(op: Op, row: OpCase, types: Types, rows: KernelInput['rows'], f16: boolean): KernelInput {
  const node = { op: op.name, name: row.name, types, attributes: row.attributes, rows, caps: { f16 } };
  const ranges = Object.entries(row.binding).map(([name, value]) => [name, { min: value, max: value }]);
  return narrowInput(node, Object.fromEntries(ranges));
}

function compare(
  name: string,
  bytes: ArrayBuffer,
  type: TensorType,
  want: HostTensor,
  before: Float32Array,
  scalar: ActivationDType,
) {
  if (type.dtype === 'u32') {
    expect([...new Uint32Array(bytes).subarray(0, want.data.length)]).toEqual([...want.data]);
    return;
  }
  const got = type.dtype === 'f16' ? f32ArrayFromF16(new Uint16Array(bytes)) : new Float32Array(bytes);
  const first = before.length - MARGIN - want.data.length;
  const largest = Float32Array.from(want.data).reduce((a, b) => Math.max(a, Math.abs(b)), 1e-3);
  want.data.forEach((expected, i) => {
    const error = Math.abs(got[first + i]! - expected);
    const allowed = 3e-5 * largest + (scalar === 'f16' ? 2 ** -10 * Math.abs(expected) : 0);
    if (!(error <= allowed)) expect(got[first + i], `${name}[${i}], ± ${allowed}`).toBe(expected);
  });
  const outside = (x: Float32Array) => [
    ...x.subarray(0, first),
    ...x.subarray(before.length - MARGIN, before.length),
  ];
  expect(new Set(outside(got)), `${name}: a store out of place`).toEqual(new Set([SENTINEL]));
}

let m: Machine;
beforeAll(async () => {
  m = await open();
});

describe.each(Object.values(OPS))('$name', (op) => {
  const rows = op.cases.filter((row) => row.heavy !== true);
  for (const scalar of ['f32', 'f16'] as const) {
    test.for(rows.map((row) => withActivations(row, scalar)))(`${scalar}: $name`, async (row, t) => {
      if (scalar === 'f16' && !m.f16) return t.skip(`${m.name} has no shader-f16`);
      await check(m, op, row, scalar);
    });
  }
});
