/**
 * Root-mean-square normalisation over the last axis: x / sqrt(mean(x²) + eps) · weight.
 *
 *   x act[M,E], weight? f32[E], residual? act[M,E], scale? f32[1] → out act[M,E]   {eps, headWidth?}
 *
 * With `headWidth` each head of that many columns is normalised separately, and the weight is f32[headWidth], or f32[E]
 * where each head has its own. Without `weight` it is 1. The result is added to `residual` in place, as in linear; `scale` multiplies that sum. Source: Zhang
 * and Sennrich 2019, arXiv 1910.07467; eps inside the root as in Llama.
 */
import plain from '../../../wgsl/rmsnorm/plain.wgsl?raw';
import rmsnormSource from '../../../wgsl/rmsnorm/rmsnorm.wgsl?raw';
import weighted from '../../../wgsl/rmsnorm/weighted.wgsl?raw';
import { kernel, type KernelInput, needsF16, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns, foldPart } from '../../kernels/wgsl-parts.ts';
import { type Dim, mul, print } from '../../symbolic/dim.ts';
import { rowsOf, type TensorType } from '../../tensor/tensor.ts';
import { add, scalePart } from '../add/index.ts';
import {
  activation,
  sameTypeAs,
  known,
  numberAt,
  numberOr,
  optionalVector,
  mismatch,
} from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

/** Rows of x, or of its heads. */
function normedRows(node: KernelInput): Dim {
  return mul(rowsOf(typeIn(node, 'x')), columns(node, 'x') / widthOf(node));
}

const widthOf = (node: KernelInput) => numberIn(node, 'headWidth', columns(node, 'x'));

/** Heads of a row that have weights of their own. */
function weightSets(node: KernelInput): number {
  const length = node.types.weight?.shape[0] as number | undefined;
  return length === undefined ? 1 : length / widthOf(node);
}

const rmsnormKernel = kernel('rmsnorm.row', {
  source: rmsnormSource,
  parts: (node) => [foldPart(node), scalePart(node), node.types.weight === undefined ? plain : weighted],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => ({
    ...scalarOf(typeIn(node, 'x')),
    RESIDUAL: String(node.types.residual !== undefined),
  }),
  params: (node) => ({
    rows: normedRows(node),
    cols: widthOf(node),
    eps: numberIn(node, 'eps'),
    sets: weightSets(node),
  }),
  workgroups: normedRows,
});

export const rmsnorm: Op = {
  name: 'rmsnorm',
  inputs: ['x'],
  optional: ['weight', 'residual', 'scale'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('rmsnorm', inputs, 'x');
    const width = attributes.headWidth === undefined ? cols : numberAt('rmsnorm', attributes, 'headWidth');
    if (width !== cols && known('rmsnorm', 'columns of x', cols) % (width as number) !== 0) {
      mismatch('rmsnorm', 'columns of x', `a multiple of headWidth ${print(width)}`, print(cols));
    }
    const ownWeights = inputs.weight?.shape[0] === cols;
    optionalVector('rmsnorm', inputs, 'weight', ownWeights ? cols : width);
    numberAt('rmsnorm', attributes, 'eps');
    optionalVector('rmsnorm', inputs, 'scale', 1);
    if (inputs.scale !== undefined && inputs.residual === undefined)
      mismatch('rmsnorm', 'input scale', 'with a residual', 'none');
    const out: TensorType = { dtype, shape: [rows, cols] };
    if (inputs.residual !== undefined) sameTypeAs('rmsnorm', inputs, 'residual', out);
    return { out };
  },

  reference({ x, weight, residual, scale }, attributes, binding) {
    const cols = numberOr('rmsnorm', attributes, 'headWidth', x!.shape[1] as number);
    const rows = x!.data.length / cols;
    const eps = numberAt('rmsnorm', attributes, 'eps');
    const weights = weight?.data.length ?? cols;
    const out = new Float32Array(rows * cols);
    for (let r = 0; r < rows; r++) {
      let squares = 0;
      for (let c = 0; c < cols; c++) squares += (x!.data[r * cols + c] as number) ** 2;
      const scale = 1 / Math.sqrt(squares / cols + eps);
      for (let c = 0; c < cols; c++) {
        const at = r * cols + c;
        out[at] = (x!.data[at] as number) * scale * (weight?.data[at % weights] ?? 1);
      }
    }
    const normed = { shape: x!.shape, data: out };
    return residual === undefined
      ? { out: normed }
      : add.reference({ a: residual, b: normed, ...(scale && { scale }) }, {}, binding);
  },

  cases: [
    row('smallest', 1, 4),
    row('odd', 3, 65),
    row('stories260K', 7, 64),
    row('ffn 172', 2, 172),
    row('large eps', 2, 96, { eps: 0.5 }),
    row('heads', 3, 96, { headWidth: 24 }),
    row('heads of 128', 2, 512, { headWidth: 128 }),
    row('groups with weights of their own', 3, 96, { headWidth: 48, ownWeights: true }),
    row('residual', 3, 65, { residual: true }),
    row('residual, scaled', 3, 65, { residual: true, scale: true }),
    row('no weight', 3, 65, { weight: false }),
    row('heads without weight', 2, 96, { headWidth: 24, weight: false }),
    row('Llama-3.2-1B', 5, 2048),
    { ...row('Llama-3.2-3B prefill', 512, 3072), heavy: true },
  ],

  kernels: [rmsnormKernel],
};

interface Extras {
  readonly eps?: number;
  readonly headWidth?: number;
  readonly ownWeights?: boolean;
  readonly residual?: boolean;
  readonly weight?: boolean;
  readonly scale?: boolean;
}

function row(
  name: string,
  s: number,
  cols: number,
  { eps = 1e-5, headWidth, ownWeights = false, residual, weight = true, scale = false }: Extras = {},
): OpCase {
  const x = { dtype: 'f32', shape: [S, cols] } as const;
  return {
    name,
    inputs: {
      x,
      ...(weight
        ? { weight: { dtype: 'f32', shape: [ownWeights ? cols : (headWidth ?? cols)] } as const }
        : {}),
      ...(residual === true ? { residual: x } : {}),
      ...(scale ? { scale: { dtype: 'f32', shape: [1] } as const } : {}),
    },
    attributes: { eps, ...(headWidth === undefined ? {} : { headWidth }) },
    binding: { S: s },
  };
}
