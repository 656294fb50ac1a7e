import { describe, expect, it } from 'vitest';
import { evaluate } from '../symbolic/evaluate.ts';
import { dimOf, type HostTensor, type TensorType } from '../tensor/tensor.ts';
import { caseInputs, shapeOf, withActivations } from './lib/case-inputs.ts';
import { OPS, opNamed } from './index.ts';
import { S } from './lib/letters.ts';
import type { Op } from './op.ts';
import type { Attributes, Tensors, Types } from '../tensor/signature.ts';

const f32 = (...shape: TensorType['shape']): TensorType => ({ dtype: 'f32', shape });
const host = (shape: number[], ...data: number[]): HostTensor => ({ shape, data: Float32Array.from(data) });
const outOf = (op: string, inputs: Tensors, attributes: Attributes = {}, binding = {}) =>
  opNamed(op).reference(inputs, attributes, binding).out!;

describe.each(Object.values(OPS))('$name', (op) => {
  it('has cases with unique names and known inputs', () => {
    const names = op.cases.map((row) => row.name);
    expect(new Set(names).size, names.join('\n')).toBe(names.length);
    for (const row of op.cases) {
      expect([...op.inputs, ...(op.optional ?? [])]).toEqual(expect.arrayContaining(Object.keys(row.inputs)));
    }
  });

  it.each(op.cases)('infers f32 and f16: $name', (row) => {
    const [single, half] = (['f32', 'f16'] as const).map((dtype) => {
      const { inputs, attributes } = withActivations(row, dtype);
      return op.infer(inputs, attributes);
    });
    for (const types of [single!, half!]) expectOutputs(op, types);
    // An output has the dtype of the activations, or the same dtype whatever theirs is.
    for (const name of Object.keys(single!)) {
      const dtypes = [single![name]!.dtype, half![name]!.dtype];
      if (dtypes[0] !== dtypes[1]) expect(dtypes).toEqual(['f32', 'f16']);
    }
  });

  it.each(op.cases.filter((row) => row.heavy !== true))(
    'the reference returns the inferred shapes: $name',
    (row) => {
      const types = op.infer(row.inputs, row.attributes);
      const made = op.reference(caseInputs(row), row.attributes, row.binding);
      expectOutputs(op, made);
      expect(Object.keys(made)).toEqual(Object.keys(types));
      for (const [name, type] of Object.entries(types)) {
        const { shape, data } = made[name]!;
        expect(shape).toEqual(shapeOf(type, row.binding));
        expect(data).toHaveLength(shape.reduce((n, d) => n * d, 1));
        expect(data.every(Number.isFinite)).toBe(true);
      }
    },
  );
});

/** All outputs in order, then optional ones. */
function expectOutputs({ outputs, optionalOutputs = [] }: Op, made: object): void {
  const names = Object.keys(made);
  expect(names.slice(0, outputs.length)).toEqual(outputs);
  expect(optionalOutputs).toEqual(expect.arrayContaining(names.slice(outputs.length)));
}

describe('references by hand', () => {
  it('embed picks and scales rows', () => {
    const ids = { shape: [2], data: Uint32Array.of(2, 0) };
    expect([...outOf('embed', { ids, table: host([3, 2], 1, 2, 3, 4, 5, 6) }, { scale: 2 }).data]).toEqual([
      10, 12, 2, 4,
    ]);
  });

  it('rmsnorm of 3, 4', () => {
    const out = outOf('rmsnorm', { x: host([1, 2], 3, 4), weight: host([2], 1, 2) }, { eps: 0 });
    expect(out.data[0]).toBeCloseTo(3 / Math.sqrt(12.5), 6);
    expect(out.data[1]).toBeCloseTo(8 / Math.sqrt(12.5), 6);
  });

  it('linear: row, bias and residual', () => {
    const inputs = { x: host([2, 2], 9, 9, 1, 2), weight: host([2, 2], 1, 0, 1, 1), bias: host([2], 10, 20) };
    expect([...outOf('linear', inputs, { row: 1 }).data]).toEqual([11, 23]);
    const residual = host([1, 2], 100, 200);
    expect([...outOf('linear', { ...inputs, residual }, { row: 1 }).data]).toEqual([111, 223]);
  });

  it.each([
    [false, [0, 2, 1, 4]], // (1, 3) and (2, 4): the first pair turns by 90°, the second by 0°
    [true, [0, 1, 3, 4]],
  ])('rope, pairs %s', (pairs, turned) => {
    const table = host([2, 4], 7, 7, 7, 7, 0, 1, 1, 0);
    const x = pairs ? host([1, 4], 1, 0, 3, 4) : host([1, 4], 1, 2, 0, 4);
    const attributes = { headWidth: 4, rotary: 4, position: 1, pairs };
    expect([...outOf('rope', { x, table }, attributes).data]).toEqual(turned);
  });

  it('attention reads its past and no later rows', () => {
    const v = host([3, 1], 1, 3, 100);
    const q = host([2, 1], 0, 0); // equal scores: the mean of the visible rows
    const attributes = { headWidth: 1, position: 0, scale: 1 };
    expect([...outOf('attention', { q, k: host([3, 1], 1, 2, 3), v }, attributes).data]).toEqual([1, 2]);
  });

  it('attention through a window, and with bounded scores', () => {
    const inputs = { q: host([1, 1], 2), k: host([4, 1], 0, 0, 1, 3), v: host([4, 1], 50, 70, 1, 3) };
    const attributes = { headWidth: 1, position: 3, scale: 0.5 };
    const mean = (a: number, b: number) => {
      const [x, y] = [Math.exp(a), Math.exp(b)];
      return Math.fround((x * 1 + y * 3) / (x + y));
    };
    expect([...outOf('attention', inputs, { ...attributes, window: 2 }).data]).toEqual([mean(1, 3)]);
    const capped = (score: number) => 2 * Math.tanh(score / 2);
    expect([...outOf('attention', inputs, { ...attributes, window: 2, softcap: 2 }).data]).toEqual([
      mean(capped(1), capped(3)),
    ]);
    expect([...outOf('attention', inputs, { ...attributes, window: 1 }).data]).toEqual([3]);
  });

  it('gate_mul, add, last_row', () => {
    const out = outOf(
      'gate_mul',
      { gate: host([1, 2], 0, 1), up: host([1, 2], 5, 2) },
      { activation: 'silu' },
    );
    expect([out.data[0], out.data[1]]).toEqual([0, Math.fround(2 / (1 + Math.exp(-1)))]);
    expect([...outOf('add', { a: host([1, 2], 1, 2), b: host([1, 2], 3, 4) }).data]).toEqual([4, 6]);
    expect([...outOf('last_row', { x: host([2, 2], 1, 2, 3, 4) }).data]).toEqual([3, 4]);
  });

  it('argmax takes the smallest among equals', () => {
    expect([...outOf('argmax', { x: host([1, 4], 1, 5, 5, 2) }).data]).toEqual([1]);
  });
});

describe('inference refuses inputs that do not fit and names the op', () => {
  const rope = { headWidth: 8, rotary: 8, position: 0, pairs: false };
  const refused: [op: string, inputs: Types, attributes: Attributes, message: RegExp][] = [
    ['embed', { ids: f32(S), table: f32(4, 4) }, { scale: 1, dtype: 'f32' }, /embed, input ids.*u32\[S\]/],
    [
      'embed',
      { ids: { dtype: 'u32', shape: [S] }, table: f32(4, 4) },
      { scale: 1 },
      /embed, attribute dtype/,
    ],
    [
      'rmsnorm',
      { x: f32(S, 4), weight: f32(5) },
      { eps: 1 },
      /rmsnorm, input weight.*expected f32\[4\], got f32\[5\]/,
    ],
    ['rmsnorm', { x: f32(S, 4), weight: f32(4) }, {}, /rmsnorm, attribute eps.*got nothing/],
    ['linear', { x: f32(S, 4), weight: f32(3, 5) }, {}, /linear, columns of weight.*expected 4, got 5/],
    ['linear', { x: f32(S, 4), weight: f32(3, 4), bias: f32(4) }, {}, /linear, input bias/],
    ['linear', { x: f32(S, 4), weight: f32(3, 4), residual: f32(S, 4) }, {}, /linear, input residual/],
    ['linear', { x: f32(S, 4), weight: f32(3, 4), norm: f32(4) }, {}, /linear, attribute eps/],
    ['linear', { x: f32(S, 4) }, {}, /linear, input weight.*got nothing/],
    ['linear', { x: { dtype: 'm0e4', shape: [S, 4] }, weight: f32(3, 4) }, {}, /linear, input x.*got m0e4/],
    ['rope', { x: f32(S, 12), table: f32(9, 8) }, rope, /rope, columns of x.*multiple of headWidth 8/],
    ['rope', { x: f32(S, 16), table: f32(9, 4) }, rope, /rope, columns of table/],
    ['rope', { x: f32(S, 16), table: f32(9, 7) }, { ...rope, rotary: 7 }, /rope, attribute rotary/],
    [
      'attention',
      { q: f32(S, 24), k: f32(9, 16), v: f32(9, 16) },
      { headWidth: 8, position: 0, scale: 1 },
      /attention, heads/,
    ],
    [
      'attention',
      { q: f32(S, 16), k: f32(9, 16), v: f32(9, 8) },
      { headWidth: 8, position: 0, scale: 1 },
      /attention, input v/,
    ],
    [
      'attention',
      { q: f32(S, 8), k: f32(9, 8), v: f32(9, 8) },
      { headWidth: 8, position: 0, scale: 1, window: 1.5 },
      /attention, attribute window.*1\.5/,
    ],
    [
      'attention',
      { q: f32(S, 8), k: f32(9, 8), v: f32(9, 8) },
      { headWidth: 8, position: 0, scale: 1, softcap: -1 },
      /attention, attribute softcap.*-1/,
    ],
    ['gate_mul', { gate: f32(S, 4), up: f32(S, 5) }, {}, /gate_mul, input up/],
    ['add', { a: f32(S, 4), b: { dtype: 'f16', shape: [S, 4] } }, {}, /add, input b/],
    ['penalise', { x: f32(S, 4) }, {}, /penalise, rows of x.*expected 1, got S/],
    ['sample', { x: f32(1, 300), maxima: f32(1, 1) }, {}, /sample, columns of maxima.*expected 2, got 1/],
    [
      'qkv',
      { x: f32(S, 4), weight: f32(31, 4), table: f32(9, 8) },
      { ...rope, heads: 2, kvHeads: 1 },
      /qkv, rows of weight.*32.*31/,
    ],
    ['gated', { x: f32(S, 4), weight: f32(7, 4) }, {}, /gated, rows of weight.*even/],
  ];
  it.each(refused)('%s %#', (op, inputs, attributes, message) => {
    expect(() => opNamed(op).infer(inputs, attributes)).toThrow(message);
  });

  it('an unknown op', () => {
    expect(() => opNamed('softmax')).toThrow(/no such op.*got softmax/);
  });
});

it('symbolic sizes pass through inference', () => {
  const { out } = opNamed('linear').infer({ x: f32(S, 4), weight: f32(3, 4) }, {});
  expect(evaluate(dimOf(out!, 0), { S: 17 })).toBe(17);
});
