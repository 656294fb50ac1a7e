import { expect, test } from 'vitest';
import { add, symbol } from '../symbolic/dim.ts';
import { withImmediates } from './immediates.ts';
import type { Specialised } from './kernel.ts';
import { parseBindings, parseParams } from './shader.ts';

const P = symbol('P', { min: 0, max: 1000 });

function step(fields: string, params: Specialised['params']): Specialised {
  const code = `enable f16;
struct Params {
${fields}
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
fn main() { out[params.rows] = f32(params.rows_more) + params.eps; }
`;
  const bindings = parseBindings(code, 'test').map(({ binding, access, name }) => ({
    binding,
    access,
    value: name,
    part: 'data' as const,
    segment: 0,
  }));
  const layout = parseParams(code, 'test');
  return { kernel: 'test', key: `{}\n${code}`, code, constants: {}, layout, params, bindings, workgroups: 1 };
}

const FIELDS = '  rows: u32,\n  // Comment.\n  rows_more: i32,\n  eps: f32,';

test('what changes becomes a word, equal parameters share it, constants stay', () => {
  const [a, b] = [step(FIELDS, [P, 7, 0.5]), step(FIELDS, [add(P, 1), P, 0.5])];
  const made = withImmediates([a, b]);
  expect(made?.words.map(({ type }) => type)).toEqual(['u32', 'u32', 'i32']);
  const [first, second] = made?.steps ?? [];
  expect(first?.layout.fields.map(({ name, offset }) => [name, offset])).toEqual([
    ['rows_more', 0],
    ['eps', 4],
  ]);
  expect(first?.params).toEqual([7, 0.5]);
  expect(first?.code).toContain('out[immediates.w0] = f32(params.rows_more) + params.eps;');
  expect(first?.immediates).toBe(4);
  expect(second?.code).toContain('out[immediates.w1] = f32(bitcast<i32>(immediates.w2)) + params.eps;');
  expect(second?.key).toBe(`{}\n${second?.code}`);
  expect(second?.immediates).toBe(12);
});

test('a dispatch without changes is left alone; one without constants needs no buffer', () => {
  const constant = step(FIELDS, [1, 7, 0.5]);
  expect(withImmediates([constant])?.steps[0]).toBe(constant);
  const [bare] = withImmediates([constant], true)?.steps ?? [];
  expect(bare?.bindings.map(({ value }) => value)).toEqual(['out']);
  expect(bare?.code).not.toContain('params');
  expect(bare?.code).toContain('bitcast<f32>(immediates.w2)');
});

test('more words than a device must have are refused', () => {
  const many = Array.from({ length: 17 }, (_, i) => step(FIELDS, [add(P, i), 0, 0.5]));
  expect(withImmediates(many.slice(0, 16))?.words).toHaveLength(16);
  expect(withImmediates(many)).toBeUndefined();
});
