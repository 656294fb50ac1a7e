/**
 * Linear attention whose memory is one matrix for each head, which decays: the gated delta rule and the scan of Mamba-2.
 *
 *   x act[S,2·G·N+H·D], z act[S,≥zAt+H·D], a act[S,≥aAt+H], b? act[S,≥bAt+H], weights f32[…], carried f32[slots,H·N·D]
 *     → out act[S,H·D], state f32[1,H·N·D] (view of carried)
 *   {rule: 'delta'|'ssm', heads: H, groups: G, keyWidth: N, headWidth: D, position: Dim, read: Dim, zAt?, aAt?, bAt?,
 *    tiled?, eps?, least?, most?, zScale?, aScale?, scale?}
 *
 * x has q and k of G heads of N and v of H heads of D (layout.ts). Head h uses q and k of head h·G/H, or with `tiled` of
 * h mod G. `weights` are log A of each head, the bias of its step, and for `delta` D weights of a norm, for `ssm` a factor
 * of v for each head. With Δ = clamp(softplus(aScale·a + bias), least, most), for each row in turn:
 *
 *   S ← exp(−A·Δ)·S,  S ← S + k·uᵀ,  y = Sᵀ·q          delta: u = sigmoid(b)·(v − Sᵀ·k), ssm: u = Δ·v
 *
 * For `delta` q and k are divided by their norms before, q also by √N, and out = scale·w·y/rms(y)·silu(zScale·z); for `ssm`
 * out = scale·(y + d·v)·silu(zScale·z). S before the run is that of slot `read`, and 0 at position 0; after it, it is
 * written to another slot (graph/slots.ts). Sources: Gated DeltaNet, arXiv 2412.06464; Mamba-2, arXiv 2405.21060;
 * transformers `models/qwen3_5/`, `models/mamba2/`.
 */
import { evaluate } from '../../symbolic/evaluate.ts';
import type { Attributes } from '../../tensor/signature.ts';
import {
  activation,
  dimAt,
  known,
  matrix,
  mismatch,
  numberAt,
  numberOr,
  sameDim,
  vector,
} from '../lib/guards.ts';
import { P, S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';
import { scanKernels } from './kernel.ts';
import { scanLayout } from './layout.ts';

const EPS_OF_KEYS = 1e-6;

export const scan: Op = {
  name: 'scan',
  inputs: ['x', 'z', 'a', 'weights', 'carried'],
  optional: ['b'],
  outputs: ['out', 'state'],

  infer(inputs, attributes) {
    const x = activation('scan', inputs, 'x');
    const { rule } = attributes;
    if (rule !== 'delta' && rule !== 'ssm') mismatch('scan', 'attribute rule', 'delta or ssm', String(rule));
    sameDim('scan', 'columns of x', scanLayout(attributes).all, x.cols);
    const { heads, width, size } = sizesOf(attributes);
    const part = (name: string, count: number) => {
      const { dtype, rows, cols } = activation('scan', inputs, name);
      if (dtype !== x.dtype) mismatch('scan', `input ${name}`, x.dtype, dtype);
      sameDim('scan', `rows of ${name}`, x.rows, rows);
      const end = numberOr('scan', attributes, `${name}At`, 0) + count;
      const all = known('scan', `columns of ${name}`, cols);
      if (all < end) mismatch('scan', `columns of ${name}`, `${end} or more`, String(all));
    };
    part('z', heads * width);
    part('a', heads);
    if (rule === 'delta') part('b', heads);
    else if (inputs.b !== undefined) mismatch('scan', 'input b', 'nothing', 'a gate');
    vector('scan', inputs, 'weights', 2 * heads + (rule === 'delta' ? width : heads));
    const carried = matrix('scan', inputs, 'carried');
    if (carried.dtype !== 'f32') mismatch('scan', 'input carried', 'f32', carried.dtype);
    sameDim('scan', 'columns of carried', size, carried.cols);
    dimAt('scan', attributes, 'position');
    dimAt('scan', attributes, 'read');
    if (rule === 'delta') numberAt('scan', attributes, 'eps');
    return {
      out: { dtype: x.dtype, shape: [x.rows, heads * width] },
      state: { dtype: 'f32', shape: [1, size] },
    };
  },

  reference({ x, z, a, b, weights, carried }, attributes, binding) {
    const [rows, all] = x!.shape as [number, number];
    const delta = attributes.rule === 'delta';
    const at = scanLayout(attributes);
    const { heads, groups, key, width, size } = sizesOf(attributes);
    const optional = (name: string, otherwise: number) => numberOr('scan', attributes, name, otherwise);
    const [least, most] = [optional('least', 0), optional('most', Number.POSITIVE_INFINITY)];
    const [zScale, aScale, scale] = [optional('zScale', 1), optional('aScale', 1), optional('scale', 1)];
    const eps = optional('eps', 0);
    const position = evaluate(dimAt('scan', attributes, 'position'), binding);
    const slot = evaluate(dimAt('scan', attributes, 'read'), binding);
    const number = (t: typeof x, row: number, first: string | number, c: number) => {
      const from = typeof first === 'number' ? first : optional(first, 0);
      return t!.data[row * (t!.shape[1] as number) + from + c] as number;
    };
    const w = (i: number) => weights!.data[i] as number;
    const state = Float64Array.from(
      position === 0 ? new Float32Array(size) : carried!.data.subarray(slot * size, (slot + 1) * size),
    );
    const out = new Float32Array(rows * heads * width);
    for (let h = 0; h < heads; h++) {
      const group = attributes.tiled === true ? h % groups : Math.floor((h * groups) / heads);
      const s = state.subarray(h * key * width, (h + 1) * key * width);
      for (let r = 0; r < rows; r++) {
        const vectorAt = (first: number, length: number) =>
          Float64Array.from({ length }, (_, i) => x!.data[r * all + first + i] as number);
        const [q, k] = [at.q, at.k].map((first) => vectorAt(first + group * key, key)) as [
          Float64Array,
          Float64Array,
        ];
        const v = vectorAt(at.v + h * width, width);
        if (delta) {
          divide(q, Math.sqrt((sumOfSquares(q) + EPS_OF_KEYS) * key));
          divide(k, Math.sqrt(sumOfSquares(k) + EPS_OF_KEYS));
        }
        const raw = number(a, r, 'aAt', h) * aScale + w(heads + h);
        const step = Math.min(Math.max(Math.log1p(Math.exp(-Math.abs(raw))) + Math.max(raw, 0), least), most);
        const decay = Math.exp(-Math.exp(w(h)) * step);
        for (let i = 0; i < s.length; i++) s[i] = (s[i] as number) * decay;
        const y = new Float64Array(width);
        for (let c = 0; c < width; c++) {
          let u = v[c] as number;
          if (delta) for (let n = 0; n < key; n++) u -= (s[n * width + c] as number) * (k[n] as number);
          u *= delta ? 1 / (1 + Math.exp(-number(b, r, 'bAt', h))) : step;
          let read = 0;
          for (let n = 0; n < key; n++) {
            const i = n * width + c;
            s[i] = (s[i] as number) + (k[n] as number) * u;
            read += (s[i] as number) * (q[n] as number);
          }
          y[c] = delta ? read : read + w(2 * heads + h) * (v[c] as number);
        }
        const rms = delta ? Math.sqrt(sumOfSquares(y) / width + eps) : 1;
        for (let c = 0; c < width; c++) {
          const open = number(z, r, 'zAt', h * width + c) * zScale;
          const weight = delta ? w(2 * heads + c) : 1;
          out[(r * heads + h) * width + c] =
            ((scale * weight * (y[c] as number)) / rms) * (open / (1 + Math.exp(-open)));
        }
      }
    }
    return {
      out: { shape: [rows, heads * width], data: out },
      state: { shape: [1, size], data: Float32Array.from(state) },
    };
  },

  cases: [
    row('delta, smallest', 'delta', 1, 0, [1, 1, 2, 2]),
    row('delta, decode', 'delta', 1, 9, [4, 2, 16, 24]),
    row('delta, decode, wide heads', 'delta', 1, 9, [2, 2, 128, 128]),
    row('delta, decode, heads of 256', 'delta', 1, 3, [1, 1, 256, 256]),
    row('delta, few rows', 'delta', 7, 5, [6, 2, 20, 12]),
    row('delta, few rows from the start', 'delta', 8, 0, [2, 2, 12, 33]),
    row('delta, merged with its gates', 'delta', 1, 4, [4, 2, 16, 8], { merged: true }),
    row('delta, a chunk', 'delta', 32, 0, [2, 1, 16, 16]),
    row('delta, chunks on a past', 'delta', 71, 12, [4, 2, 24, 40], { merged: true }),
    row('delta, tiled', 'delta', 40, 3, [6, 2, 8, 8], { tiled: true }),
    row('delta, tiled, decode', 'delta', 1, 3, [6, 2, 8, 8], { tiled: true }),
    row('delta, part of a chunk', 'delta', 9, 1, [2, 2, 128, 64]),
    row('ssm, smallest', 'ssm', 1, 0, [1, 1, 2, 2]),
    row('ssm, decode', 'ssm', 1, 9, [6, 2, 16, 20]),
    row('ssm, decode, Granite 4', 'ssm', 1, 9, [4, 1, 128, 64], { merged: true }),
    row('ssm, few rows', 'ssm', 5, 5, [4, 1, 33, 12]),
    row('ssm, chunks', 'ssm', 67, 0, [4, 2, 24, 40]),
    row('ssm, chunks on a past', 'ssm', 40, 8, [4, 1, 16, 8], { merged: true }),
    row('ssm, bounds and factors', 'ssm', 35, 4, [2, 1, 16, 8], {
      more: { least: 0.3, most: 0.8, zScale: 0.5, aScale: 2, scale: 1.5 },
    }),
    row('ssm, bounds and factors, decode', 'ssm', 1, 4, [2, 1, 16, 8], {
      more: { least: 0.3, most: 0.8, zScale: 0.5, aScale: 2, scale: 1.5 },
    }),
    { ...row('Qwen3.5-0.8B decode', 'delta', 1, 100, [16, 16, 128, 128]), heavy: true },
    { ...row('Qwen3.5-0.8B prefill', 'delta', 128, 128, [16, 16, 128, 128]), heavy: true },
  ],

  kernels: scanKernels,
};

/** Sizes of a scan: heads of v and of keys, widths of a key and of a value, numbers of the state. */
function sizesOf(attributes: Attributes) {
  const [heads, groups, key, width] = ['heads', 'groups', 'keyWidth', 'headWidth'].map((name) =>
    numberAt('scan', attributes, name),
  ) as [number, number, number, number];
  return { heads, groups, key, width, size: heads * key * width };
}

const sumOfSquares = (x: Float64Array) => x.reduce((sum, n) => sum + n * n, 0);

function divide(x: Float64Array, by: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / by;
}

interface Extras {
  /** z, a and b have columns before and after, as columns of one product have. */
  readonly merged?: boolean;
  readonly tiled?: boolean;
  readonly more?: Attributes;
}

function row(
  name: string,
  rule: 'delta' | 'ssm',
  s: number,
  p: number,
  [heads, groups, keyWidth, headWidth]: readonly [number, number, number, number],
  { merged = false, tiled = false, more = {} }: Extras = {},
): OpCase {
  const values = heads * headWidth;
  const part = (count: number) => ({ dtype: 'f32', shape: [S, count + (merged ? 8 : 0)] }) as const;
  const last = rule === 'delta' ? headWidth : heads;
  // Decays from about 0.5 to 0.95, so that what is carried counts.
  const weights = Float32Array.from({ length: 2 * heads + last }, (_, i) =>
    i < heads ? -2 + i / heads : i < 2 * heads ? 0.5 - (i - heads) / heads : 1 + (i % 5) / 5,
  );
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, 2 * groups * keyWidth + values] },
      z: part(values),
      a: part(heads),
      ...(rule === 'delta' ? { b: part(heads) } : {}),
      weights: { dtype: 'f32', shape: [2 * heads + last] },
      carried: { dtype: 'f32', shape: [3, heads * keyWidth * headWidth] },
    },
    attributes: {
      rule,
      heads,
      groups,
      keyWidth,
      headWidth,
      position: P,
      read: 1,
      write: 2,
      ...(rule === 'delta' ? { eps: 1e-6 } : {}),
      ...(merged ? { zAt: 3, aAt: 5, ...(rule === 'delta' ? { bAt: 1 } : {}) } : {}),
      ...(tiled ? { tiled } : {}),
      ...more,
    },
    binding: { S: s, P: p },
    given: { weights },
  };
}
