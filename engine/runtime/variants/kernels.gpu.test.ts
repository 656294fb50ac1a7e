/**
 * Every kernel against its op's CPU reference (tolerances in `check-kernel.ts`), over the cases of all ops, with f32
 * and f16 activations; the same with weights in segments, and over random shapes.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { withActivations } from '../../ops/lib/case-inputs.ts';
import { OPS } from '../../ops/index.ts';
import type { Op, OpCase } from '../../ops/op.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { checkKernel, type KernelCase } from './check-kernel.ts';

interface Machine {
  readonly gpu: Gpu;
  readonly f16: boolean;
  readonly name: string;
}

async function open(): Promise<Machine> {
  const { gpu: provider, f16, name } = await openTestGpu();
  return { gpu: await openGpu(provider), f16, name };
}

/** Runs a case and compares. */
async function check(m: Machine, row: KernelCase): Promise<void> {
  expect((await checkKernel(m.gpu, row)).wrong).toEqual([]);
}

/** `npm test` asks for f16 alone on an adapter that has it, since pipelines take a second each to compile. */
const onlyF16 = process.env.KERNEL_SCALARS === 'f16';

/**
 * Rows of two types of cells in one matrix, on demand: how the types are told apart is seen with q4_k and q6_k, which files
 * mix most, and what the blocks of each type mean in cells.gpu.test.ts. Each takes two to seven seconds to compile.
 */
const REPEATS = /^(?:q2_k and q4_k|q3_k and q5_k|iq4_xs and q5_k) |^q4_k decode /;

let m: Machine;
beforeAll(async () => {
  m = await open();
});

describe.each(Object.values(OPS))('$name', (op) => {
  const rows = op.cases.filter((row) => row.heavy !== true);
  for (const scalar of ['f32', 'f16'] as const) {
    test.for(rows.map((row) => withActivations(row, scalar)))(`${scalar}: $name`, async (row, t) => {
      if (scalar === 'f16' && !m.f16) return t.skip(`${m.name} has no shader-f16`);
      if (scalar === 'f32' && onlyF16 && m.f16) return t.skip('on demand: npm test -- --all');
      if (REPEATS.test(row.name) && onDemand !== undefined) return t.skip(onDemand);
      await check(m, { op, row, scalar });
    });
  }
});

describe('many rows by lanes', () => {
  const named = (op: string, part: string) =>
    OPS[op]!.cases.filter((row) => row.heavy !== true && row.name.includes(part)).map((row) => ({ op, row }));
  const rows = [
    ...named('linear', 'f32 prefill, tiles cut'),
    ...named('linear', 'm0e4 prefill'),
    ...named('linear', 'q8 prefill'),
    ...named('linear', 'q4_k and q6_k prefill'),
    ...named('gated', 'prefill'),
    ...named('qkv', 'prefill'),
    ...named('qkv_heads', 'prefill'),
    ...named('attention', 'prefill crosses'),
    ...named('attention', 'bytes, prefill'),
    ...named('attention', 'soft cap, prefill'),
    ...named('attention', 'sinks, prefill'),
    ...named('attention', 'gates, prefill'),
    ...named('attention', 'head 33'),
    ...named('attention', 'ring crosses tiles'),
  ].filter(({ row }) => (row.binding.S ?? 0) > 8);
  test.for(rows)('$op: $row.name', async ({ op, row }, t) => {
    if (m.gpu.subgroupSizes[0] < 8) return t.skip(`${m.name} has no subgroups of 8 lanes`);
    const given = {
      op: OPS[op]!,
      row,
      scalar: 'f32',
      variants: { lanes: true, laneAttention: true },
    } as const;
    const { why, wrong } = await checkKernel(m.gpu, given);
    expect(why).toMatch(/→ \S+lanes/);
    expect(wrong).toEqual([]);
  });
});

describe('products of one row, eight results a thread', () => {
  const rows = (['linear', 'gated', 'qkv'] as const)
    .flatMap((op) => OPS[op]!.cases.map((row) => ({ op, row })))
    .filter(({ row }) => row.heavy !== true && row.binding.S === 1);
  // A tail of columns, both ways to divide a workgroup, scales of each kind, zones, and each way to end a product;
  // the other cases choose the same forms with other sizes.
  const one =
    /^(f32 odd 1×|m0e4 wide 1×2048→96|q8_0 1×|q5_0 decode f32|head 96 f16|q4_k and q6_k decode f32)/;
  test.for(rows)('$op: $row.name', async ({ op, row }, t) => {
    if (!one.test(row.name) && onDemand !== undefined) return t.skip(onDemand);
    const { wrong } = await checkKernel(m.gpu, {
      op: OPS[op]!,
      row,
      scalar: 'f32',
      variants: { wide: true },
    });
    expect(wrong).toEqual([]);
  });
});

/** There the norms of heads are uniforms, so that a workgroup still computes a whole head. */
describe('eight storage buffers', () => {
  const rows = OPS.qkv_heads!.cases.filter(({ name }) =>
    /^decode, (?:Qwen3|bytes|norms after the turn) m0e4/.test(name),
  );
  test.for(rows)('$name', async (row, t) => {
    expect(rows).toHaveLength(3);
    // The other two choose the same form, with another cache and another order.
    if (!row.name.includes('Qwen3') && onDemand !== undefined) return t.skip(onDemand);
    const { gpu: provider } = await openTestGpu();
    const gpu = await openGpu(provider, { storageBuffers: 8 });
    const { why, wrong } = await checkKernel(gpu, { op: OPS.qkv_heads!, row, scalar: 'f32' });
    expect(why).toMatch(/→ qkv_heads\.gemv/);
    expect(wrong).toEqual([]);
  });
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
    ...named('embed', 'q6_k'),
    ...named('qkv', 'head 80'),
    ...named('qkv', 'prefill f32'),
  ];
  // Kernels that read their rows by the same functions as those above.
  const repeats = [...named('linear', 'q4_k and q6_k 1×'), ...named('gated', 'norm')];
  test.for([...rows, ...repeats])('$op: $row.name', async ({ op, row }, t) => {
    if (repeats.some((other) => other.row === row) && onDemand !== undefined) return t.skip(onDemand);
    const [height] = (row.inputs.weight ?? row.inputs.table)!.shape as readonly number[];
    const third = Math.ceil(height! / 6) * 2;
    const segments = [third, third, height! - 2 * third];
    await check(m, { op: OPS[op]!, row, scalar: 'f32', segments });
  });
});

/**
 * Random shapes, so that no size is special. The seed is fixed: a failure can be reproduced by its name, and the number
 * of pipelines (the cost of this test on software adapters) is known.
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
  const drawn = (make: () => OpCase) => Array.from({ length: 12 }, (_, i) => ({ ...make(), i }));
  // A third in every run, the rest on demand.
  const isDue = (i: number) => i < 4 || onDemand === undefined;
  test.for(drawn(productRow))('linear: $name', async ({ i, ...row }, t) => {
    if (!isDue(i)) return t.skip(onDemand);
    await check(m, { op: OPS.linear!, row, scalar: 'f32' });
  });
  test.for(drawn(attentionRow))('attention: $name', async ({ i, ...row }, t) => {
    if (!isDue(i)) return t.skip(onDemand);
    await check(m, { op: OPS.attention!, row, scalar: 'f32' });
  });
});

test('a wrong number and a store out of bounds are found', async () => {
  const { add } = OPS as { add: Op };
  const row = add.cases.find(({ name }) => name === 'stories260K')!;
  /** Scales the op's numbers by `by` and removes `fewer` rows of its result. */
  const other = (by: number, fewer: number): Op => ({
    ...add,
    reference(...given) {
      const { shape, data } = add.reference(...given).out!;
      const [rows, cols] = [shape[0]! - fewer, shape[1]!];
      return {
        out: { shape: [rows, cols], data: Float32Array.from(data.slice(0, rows * cols), (x) => by * x) },
      };
    },
  });
  const wrong = async (op: Op) => (await checkKernel(m.gpu, { op, row, scalar: 'f32' })).wrong;
  expect(await wrong(add)).toEqual([]);
  expect((await wrong(other(1.001, 0))).join()).toMatch(/^out\[\d+\] is \S+ instead of \S+ ± \S+$/);
  expect(await wrong(other(1, 1))).toEqual(['out: a store out of bounds']);
});
