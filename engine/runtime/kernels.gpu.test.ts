/**
 * Every kernel against its op's CPU reference, over the op's table of cases, with f32 and f16 activations; the
 * same with weights in segments, and over shapes drawn at random.
 *
 * Tolerances. f32: sums of up to 2048 products around 1 in f32 instead of f64, and s·Σxv + b·Σx, whose two
 * parts cancel: 3e-5 of the largest result. f16: half an ulp of a half for the stored result, once more where
 * a residual is a half too: 2^-10 of the result, on top of the f32 part. kv8: a number that lies between two codes
 * may become either, so a few in a hundred may be off by one step.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { caseInputs, withActivations } from '../graph/ops/inputs.ts';
import { OPS } from '../graph/ops/index.ts';
import type { Op, OpCase, Tensors, Types } from '../graph/ops/op.ts';
import { ringRows } from '../graph/rings.ts';
import { dequantiseRows, quantiseRows } from '../quant/m0e4.ts';
import { dequantiseQ8, quantiseQ8 } from '../quant/q8.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { f16Array, f32ArrayFromF16 } from '../tensor/f16.ts';
import { packKv8, unpackKv8 } from '../tensor/kv8.ts';
import { seededRandom } from '../tensor/random.ts';
import { type ActivationDType, bytesOfRow, type HostTensor, type TensorType } from '../tensor/tensor.ts';
import { openTrial } from './trial.ts';
import { type KernelInput, narrowInput, selectKernel } from '../kernels/index.ts';

interface Machine {
  readonly gpu: Gpu;
  readonly f16: boolean;
  readonly name: string;
}

async function open(): Promise<Machine> {
  const { gpu: provider, f16, name } = await openTestGpu();
  return { gpu: await openGpu(provider), f16, name };
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
  if (type.dtype === 'q8') {
    const { bytes, scales } = quantiseQ8(numbers, t.shape[1]!, type.group!);
    const as = dequantiseQ8({ bytes, scales }, t.shape[1]!, type.group!);
    return {
      data: Uint32Array.from(bytes),
      scales: Uint32Array.from(scales),
      as: { shape: t.shape, data: as },
    };
  }
  if (type.dtype === 'kv8') {
    const words = packKv8(numbers, type.group!);
    return { data: words, as: { shape: t.shape, data: unpackKv8(words, type.group!) } };
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

interface Check {
  readonly op: Op;
  readonly row: OpCase;
  readonly scalar: ActivationDType;
  /** Rows of each segment of the weights. */
  readonly segments?: readonly number[];
  readonly seed?: number;
}

/** Runs a case and compares; returns the choice of kernel. */
async function check(m: Machine, { op, row, scalar, segments, seed = 1 }: Check): Promise<string> {
  const given = Object.entries(caseInputs(row, seed)).map(
    ([name, t]) => [name, stored(t, row.inputs[name]!)] as const,
  );
  const inputs: Tensors = Object.fromEntries(given.map(([name, { as }]) => [name, as]));
  const outputs = op.infer(row.inputs, row.attributes);
  const want = op.reference(inputs, row.attributes, row.binding);
  const node = narrowed(op, row, { ...row.inputs, ...outputs }, m.gpu.f16, segments);
  const { kernel, why } = selectKernel(node);

  const bytes: Record<string, ArrayBufferView<ArrayBuffer>> = {};
  for (const [name, { data, scales }] of given) {
    bytes[`${name} data`] = data;
    if (scales !== undefined) bytes[`${name} scales`] = scales;
  }
  const before = new Map<string, Float32Array>();
  for (const [name, type] of Object.entries(outputs)) {
    const row = evaluate(node.rows[name] ?? 0, {});
    if (type.dtype === 'kv8') {
      const words = (row + want[name]!.shape[0]!) * (bytesOfRow(type) / 4);
      bytes[`${name} data`] = new Uint32Array(words + MARGIN).fill(SENTINEL);
      continue;
    }
    const first = row * want[name]!.shape.at(-1)!;
    const numbers = new Float32Array(first + want[name]!.data.length + MARGIN).fill(SENTINEL);
    if (inputs.residual !== undefined) numbers.set(inputs.residual.data, first);
    before.set(name, numbers);
    bytes[`${name} data`] = stored({ shape: [numbers.length], data: numbers }, type).data;
  }
  const trial = await openTrial(m.gpu, kernel, node, bytes);
  await trial.run();
  for (const [name, type] of Object.entries(outputs)) {
    const got = await trial.read(name);
    if (type.dtype === 'kv8') compareKv8(name, new Uint32Array(got), type, want[name]!);
    else compare(name, got, type, want[name]!, before.get(name)!, scalar);
  }
  trial.destroy();
  return why;
}

function narrowed(
  op: Op,
  row: OpCase,
  types: Types,
  f16: boolean,
  heights: readonly number[] = [],
): KernelInput {
  const views = op.outputs.includes('k') ? { k: row.attributes.position, v: row.attributes.position } : {};
  const ring = op.inputs.includes('k') ? ringRows(types.k!) : undefined;
  const rings = ring === undefined ? {} : { k: ring };
  const node: KernelInput = {
    op: op.name,
    name: row.name,
    types,
    attributes: row.attributes,
    rows: views as KernelInput['rows'],
    rings: rings as KernelInput['rings'],
    caps: { f16 },
    segments: { [types.table !== undefined && op.name === 'embed' ? 'table' : 'weight']: heights },
  };
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

function compareKv8(name: string, words: Uint32Array, type: TensorType, want: HostTensor) {
  const width = type.group!;
  const length = (want.shape[0]! * bytesOfRow(type)) / 4;
  const first = words.length - MARGIN - length;
  const got = unpackKv8(words.slice(first, first + length), width);
  const off = got.map((x, i) => {
    const head = (want.data as Float32Array).subarray(i - (i % width), i - (i % width) + width);
    const step = head.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / 127;
    return Math.abs(x - want.data[i]!) / (step || 1);
  });
  expect(Math.max(...off), `${name}: steps`).toBeLessThan(1.5);
  expect(off.filter((steps) => steps > 0.5).length, `${name}: other codes`).toBeLessThan(
    3 + 0.03 * off.length,
  );
  const outside = [...words.subarray(0, first), ...words.subarray(first + length)];
  expect(new Set(outside), `${name}: a store out of place`).toEqual(new Set([SENTINEL]));
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
      await check(m, { op, row, scalar });
    });
  }
});

describe('weights in segments', () => {
  const named = (op: string, part: string) =>
    OPS[op]!.cases.filter((row) => row.heavy !== true && row.name.includes(part)).map((row) => ({ op, row }));
  const rows = [
    ...named('embed', 'm0e4'),
    ...named('embed', 'f16'),
    ...named('linear', 'm0e4 bias'),
    ...named('linear', 'm0e4 head'),
    ...named('linear', 'm0e4 prefill all'),
    ...named('linear', 'f32 odd'),
    ...named('gated', 'norm'),
    ...named('qkv', 'head 80'),
    ...named('qkv', 'prefill f32'),
  ];
  test.for(rows)('$op: $row.name', async ({ op, row }) => {
    const [height] = (row.inputs.weight ?? row.inputs.table)!.shape as readonly number[];
    const third = Math.ceil(height! / 6) * 2;
    const segments = [third, third, height! - 2 * third];
    await check(m, { op: OPS[op]!, row, scalar: 'f32', segments });
  });
});

/**
 * Shapes drawn at random, so that no size is special. The seed is fixed: a failure is found again by its name,
 * and the number of pipelines (the cost of this test on software adapters) is known.
 */
describe('drawn shapes', () => {
  const random = seededRandom(20);
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const attentionRow = (): OpCase => {
    const [headWidth, group, kvHeads, s, p] = [upTo(96), upTo(5), upTo(3), upTo(20), upTo(700) - 1];
    const like = (type: TensorType, cols: number): TensorType => ({ ...type, shape: [type.shape[0]!, cols] });
    const { inputs, attributes } = OPS.attention!.cases[0]!;
    const cache = like(inputs.k!, kvHeads * headWidth);
    return {
      name: `${s} rows after ${p}, ${group * kvHeads} heads of ${headWidth} on ${kvHeads}`,
      inputs: { q: like(inputs.q!, group * kvHeads * headWidth), k: cache, v: cache },
      attributes: {
        ...attributes,
        headWidth,
        scale: headWidth ** -0.5,
        window: random() < 0.5 ? 0 : upTo(p + s),
        softcap: random() < 0.7 ? 0 : 1 + random(),
      },
      binding: { S: s, P: p, C: p + s + upTo(4) },
    };
  };
  const productRow = (): OpCase => {
    const [s, k, n] = [upTo(40), 4 * upTo(80), upTo(150)];
    const x: TensorType = { dtype: 'f32', shape: [s, k] };
    const weight: TensorType = { dtype: 'm0e4', shape: [n, k], group: random() < 0.5 ? 32 : 64 };
    return {
      name: `${s} × ${k} → ${n}, groups of ${weight.group}`,
      inputs: { x, weight, norm: { dtype: 'f32', shape: [k] } },
      attributes: { eps: 1e-5 },
      binding: {},
    };
  };
  test.for(Array.from({ length: 10 }, productRow))('linear: $name', (row) =>
    check(m, { op: OPS.linear!, row, scalar: 'f32' }).then(() => {}),
  );
  const rows = Array.from({ length: 12 }, attentionRow);
  test.for(rows)('attention: $name', (row) =>
    check(m, { op: OPS.attention!, row, scalar: 'f32' }).then(() => {}),
  );
});
