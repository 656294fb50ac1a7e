/**
 * act(gate) · up, the middle of a gated feed-forward block (Shazeer, arXiv 2002.05202).
 *
 *   gate act[M,F], up act[M,U] → out act[M,F]   {activation: silu | gelu | gelu_tanh | relu2, column?}
 *
 * Of `up` the F columns from `column` on are read; all of them where there is no `column`.
 *
 * `silu` is x / (1 + e^−x); `gelu` is x/2 · (1 + erf(x/√2)); `gelu_tanh` is x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))
 * (Hendrycks and Gimpel, arXiv 1606.08415); `relu2` is max(x, 0)² (So et al., arXiv 2109.08668).
 */
import gateMulSource from '../../../wgsl/gate-mul/gate-mul.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { numberIn } from '../../kernels/kernel.ts';
import { activationHeader, activationPart, columns } from '../../kernels/wgsl-parts.ts';
import { activation, known, mismatch, numberAt, numberOr, sameTypeAs, typeOf } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';
import type { Attributes, Types } from '../../tensor/signature.ts';
import type { TensorType } from '../../tensor/tensor.ts';

export type Activation = 'silu' | 'gelu' | 'gelu_tanh' | 'relu2';

export const ACTIVATIONS: Readonly<Record<Activation, (x: number) => number>> = {
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  gelu_tanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu2: (x) => Math.max(x, 0) ** 2,
};

/** The error function: its power series near 0, beyond that the continued fraction of its complement. */
function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / (fraction * Math.sqrt(Math.PI)));
}

const gateMulKernel = elementwise('gate_mul.element', gateMulSource, 'gate', {
  parts: () => [activationPart],
  header: activationHeader,
  params: (node) => ({
    cols: columns(node, 'gate'),
    up_cols: columns(node, 'up'),
    column: numberIn(node, 'column', 0),
  }),
});

export const gateMul: Op = {
  name: 'gate_mul',
  inputs: ['gate', 'up'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('gate_mul', inputs, 'gate');
    checkUp('gate_mul', inputs, attributes, typeOf('gate_mul', inputs, 'gate'));
    activationAt('gate_mul', attributes);
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ gate, up }, attributes) {
    const act = ACTIVATIONS[activationAt('gate_mul', attributes)];
    const [cols, upCols] = [gate!.shape[1] as number, up!.shape[1] as number];
    const column = numberOr('gate_mul', attributes, 'column', 0);
    const out = new Float32Array(gate!.data.length);
    for (let i = 0; i < out.length; i++) {
      const from = Math.floor(i / cols) * upCols + column + (i % cols);
      out[i] = act(gate!.data[i] as number) * (up!.data[from] as number);
    }
    return { out: { shape: gate!.shape, data: out } };
  },

  cases: [
    row('smallest', 1, 4),
    row('odd', 3, 65),
    row('ffn 172', 9, 172),
    row('gelu', 3, 172, 'gelu_tanh'),
    row('exact gelu', 3, 172, 'gelu'),
    row('squared', 3, 65, 'relu2'),
    row('Llama-3.2-1B', 2, 8192),
    row('some columns of up', 3, 20, 'gelu_tanh', 24),
  ],

  kernels: [gateMulKernel],
};

/** Also used by gated. Throws for an unknown activation function. */
export function activationAt(op: string, attributes: Attributes): Activation {
  const { activation: value } = attributes;
  if (typeof value === 'string' && Object.hasOwn(ACTIVATIONS, value)) return value as Activation;
  return mismatch(op, 'attribute activation', Object.keys(ACTIVATIONS).join(' or '), String(value));
}

/** Also used by gated_by. `up` has the rows of `gate`, and its columns where the attribute `column` does not choose some. */
export function checkUp(op: string, inputs: Types, attributes: Attributes, gate: TensorType): void {
  if (attributes.column === undefined) {
    sameTypeAs(op, inputs, 'up', gate);
    return;
  }
  const column = numberAt(op, attributes, 'column');
  const up = activation(op, inputs, 'up');
  const end = column + known(op, 'columns of gate', gate.shape[1]!);
  const cols = known(op, 'columns of up', up.cols);
  if (!Number.isInteger(column) || column < 0 || end > cols)
    mismatch(op, 'attribute column', `columns up to ${cols}`, `${column} to ${end}`);
  sameTypeAs(op, inputs, 'up', { dtype: gate.dtype, shape: [gate.shape[0]!, cols] });
}

function row(name: string, s: number, cols: number, act: Activation = 'silu', column?: number): OpCase {
  const type = { dtype: 'f32', shape: [S, cols] } as const;
  const up = column === undefined ? type : { ...type, shape: [S, column + cols + 3] };
  const some: Attributes = column === undefined ? {} : { column };
  return { name, inputs: { gate: type, up }, attributes: { activation: act, ...some }, binding: { S: s } };
}
