/** Tests kernels without a GPU: every case has a kernel, and the kernel's record fits its shader. */
import { describe, expect, test } from 'vitest';
import { withActivations } from './lib/case-inputs.ts';
import { OPS } from './index.ts';
import type { Op, OpCase } from './op.ts';
import { symbol } from '../symbolic/dim.ts';
import { isCell } from '../tensor/cells.ts';
import { bindInput } from '../kernels/bind-dims.ts';
import { type KernelVariants, type KernelInput, specialise } from '../kernels/kernel.ts';
import { selectKernel } from './select-kernel.ts';

/** The limit of desktop GPUs and of most phones. With a lower limit, kernels with fewer bindings are selected. */
const BUFFERS = 10;

function input(op: Op, row: OpCase, f16: boolean): KernelInput {
  const types = { ...row.inputs, ...op.infer(row.inputs, row.attributes) };
  const caps = { f16, storageBuffers: BUFFERS };
  const node = { op: op.name, name: row.name, types, attributes: row.attributes, rows: {}, caps };
  const ranges = Object.entries(row.binding).map(([name, value]) => [name, { min: value, max: value }]);
  return bindInput(node, Object.fromEntries(ranges));
}

describe.each(Object.values(OPS))('$name', (op) => {
  test.each(op.cases)('$name', (row) => {
    for (const f16 of [false, true]) {
      const { kernel } = selectKernel(input(op, withActivations(row, f16 ? 'f16' : 'f32'), f16));
      const node = input(op, withActivations(row, f16 ? 'f16' : 'f32'), f16);
      const made = specialise(kernel, node);
      const hasHalves = Object.values(node.types).some(
        ({ dtype }) => dtype === 'f16' || dtype === 'm0e4' || isCell(dtype),
      );
      for (const { code } of made) expect(code.startsWith('enable f16;')).toBe(f16 && hasHalves);
      const names = Object.keys({ ...row.inputs, ...op.infer(row.inputs, row.attributes), params: 0 });
      const bound = new Set(made.flatMap(({ bindings }) => bindings.map((b) => b.value)));
      if (kernel.workspace !== undefined) names.push('workspace');
      for (const value of bound) expect(names).toContain(value);
      // These share the memory of a result, so the shader has no binding for them.
      const shared = ['residual', 'past', 'carried'];
      expect(names.filter((name) => !bound.has(name) && !shared.includes(name))).toEqual([]);
      const most = kernel.name === 'qkv_heads.gemv' ? BUFFERS : 9;
      for (const { bindings } of made) {
        expect(bindings.filter((b) => b.access !== 'uniform').length).toBeLessThanOrEqual(most);
      }
    }
  });
});

test('without shader-f16 no code needs it, and f16 activations are refused with the reason', () => {
  for (const op of Object.values(OPS)) {
    for (const row of op.cases) {
      const made = specialise(selectKernel(input(op, row, false)).kernel, input(op, row, false));
      for (const { code } of made) expect(code).not.toMatch(/enable f16|<f16>/);
    }
  }
  const row = withActivations(OPS.add!.cases[0]!, 'f16');
  expect(() => selectKernel(input(OPS.add!, row, false))).toThrow('add.element: needs shader-f16');
});

test('the choice follows the rows and explains itself', () => {
  const S = symbol('S', { min: 1, max: 64 });
  const types = {
    x: { dtype: 'f32', shape: [S, 64] },
    weight: { dtype: 'm0e4', shape: [172, 64], group: 32 },
    out: { dtype: 'f32', shape: [S, 172] },
  } as const;
  const node = { op: 'linear', name: 'layers.0.o', types, attributes: {}, rows: {}, caps: { f16: false } };
  const why = (min: number, max: number) => selectKernel(bindInput(node, { S: { min, max } })).why;
  expect(why(1, 1)).toBe(
    'linear layers.0.o f32[1, 64] × m0e4/32[172, 64] → linear.gemv (linear.gemm-int8: not on; linear.gemm-lanes: not on; linear.gemm: pays off from 9 rows)',
  );
  expect(why(2, 8)).toContain('→ linear.gemv-rows (linear.gemv: needs 1 row; ');
  expect(why(9, 64)).toContain('→ linear.gemm (');
  // No kernel takes a range over both: the caller must cut it.
  expect(() => why(1, 64)).toThrow('no kernel accepts this node');
});

test('kernel variants are used only where the GPU has them enabled', () => {
  const row = OPS.linear!.cases.find((c) => c.name.startsWith('m0e4 prefill, tiles cut'))!;
  const made = (variants: KernelVariants, f16 = false) => {
    const node = input(OPS.linear!, withActivations(row, f16 ? 'f16' : 'f32'), f16);
    const { kernel } = selectKernel({ ...node, caps: { f16, variants } });
    return { name: kernel.name, code: specialise(kernel, { ...node, caps: { f16, variants } })[0]!.code };
  };
  expect(made({}).name).toBe('linear.gemm');
  expect(made({ int8: true }).name).toBe('linear.gemm-int8');
  expect(made({ int8: true }).code).toContain('dot4I8Packed');
  expect(made({ lanes: true }).name).toBe('linear.gemm-lanes');
  expect(made({ lanes: true }).code).toMatch(/^enable subgroups;/);
  expect(made({ lanes: true, int8: true }).name).toBe('linear.gemm-int8');
  expect(made({ f16Math: true }, true).code).toContain('alias Math = f16;');
  // f32 activations are kept for their range, so they are never multiplied in f16.
  expect(made({ f16Math: true }).code).toContain('alias Math = f32;');

  const norm = input(OPS.rmsnorm!, OPS.rmsnorm!.cases[0]!, false);
  const sums = (variants: KernelVariants) =>
    specialise(selectKernel(norm).kernel, { ...norm, caps: { f16: false, variants } })[0]!.code;
  expect(sums({ subgroups: true })).toMatch(/^enable subgroups;/);
  expect(sums({})).not.toContain('enable subgroups');
});

/** Each pipeline costs a software adapter about a second to compile, and a GPU milliseconds in its first step. */
test.each(Object.values(OPS))('$name: lengths alone never make another pipeline', (op) => {
  for (const row of op.cases.filter(({ heavy }) => heavy !== true)) {
    const longer = Object.fromEntries(Object.entries(row.binding).map(([name, value]) => [name, value + 1]));
    const keys = [row, { ...row, binding: longer }].map((one) => {
      const node = input(op, one, false);
      const { kernel } = selectKernel(node);
      return { kernel: kernel.name, keys: new Set(specialise(kernel, node).map(({ key }) => key)) };
    });
    // More rows can select another kernel, and a longer past can add the dispatch that merges splits.
    if (keys[0]!.kernel !== keys[1]!.kernel) continue;
    expect([...keys[1]!.keys]).toEqual(expect.arrayContaining([...keys[0]!.keys]));
  }
});
