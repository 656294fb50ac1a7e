/**
 * How much each earlier row of a cache is worth to the rows of a run: the most attention that a head gives it.
 *
 *   q act[S,H·D], k act|kv8[C,G·D], starts? u32[G] → out f32[G,P]   {headWidth, position: P, scale, softcap?, growth?, growthEach?}
 *
 * out[g, t] is the largest softmax weight of position t over all rows of the run and all query heads of key/value head g, by
 * the scores of `attention`; 0 for rows before starts[g]. Each row of the run attends to the positions up to its own, those
 * of the run included, which have no worth here. Source: KVzip, arXiv 2505.23416, section 3.2.
 */
import { evaluate } from '../../symbolic/evaluate.ts';
import { activation, dimAt, known, matrix, mismatch, numberAt, numberOr, sameTypeAs } from '../lib/guards.ts';
import { C, P, S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';
import { worthKernels } from './kernel.ts';

export const worth: Op = {
  name: 'worth',
  inputs: ['q', 'k'],
  optional: ['starts'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const q = activation('worth', inputs, 'q');
    const k = matrix('worth', inputs, 'k');
    const headWidth = numberAt('worth', attributes, 'headWidth');
    const bytes = k.dtype === 'kv8' && inputs.k?.group === headWidth;
    if (k.dtype !== q.dtype && !bytes) mismatch('worth', 'input k', `${q.dtype} or kv8 by heads`, k.dtype);
    const heads = known('worth', 'columns of q', q.cols) / headWidth;
    const kvHeads = known('worth', 'columns of k', k.cols) / headWidth;
    if (!Number.isInteger(heads) || !Number.isInteger(kvHeads) || heads % kvHeads !== 0) {
      const expected = `whole heads of ${headWidth}, query heads a multiple of key heads`;
      mismatch('worth', 'heads', expected, `${heads} and ${kvHeads}`);
    }
    if (inputs.starts !== undefined)
      sameTypeAs('worth', inputs, 'starts', { dtype: 'u32', shape: [kvHeads] });
    numberAt('worth', attributes, 'scale');
    return { out: { dtype: 'f32', shape: [kvHeads, dimAt('worth', attributes, 'position')] } };
  },

  reference({ q, k, starts }, attributes, binding) {
    const [rows, cols] = q!.shape as [number, number];
    const kvCols = k!.shape[1] as number;
    const headWidth = numberAt('worth', attributes, 'headWidth');
    const scale = numberAt('worth', attributes, 'scale');
    const softcap = numberOr('worth', attributes, 'softcap', 0);
    const growth = numberOr('worth', attributes, 'growth', 0);
    const each = numberOr('worth', attributes, 'growthEach', 1);
    const position = evaluate(dimAt('worth', attributes, 'position'), binding);
    const kvHeads = kvCols / headWidth;
    const group = cols / kvCols;
    const out = new Float32Array(kvHeads * position);
    for (let g = 0; g < kvHeads; g++) {
      const first = starts?.data[g] ?? 0;
      for (let query = 0; query < rows * group; query++) {
        const [row, head] = [Math.floor(query / group), g * group + (query % group)];
        const grown = scale * (1 + growth * Math.log(1 + Math.floor((position + row) / each)));
        const scores = Float64Array.from({ length: position + row + 1 - first }, (_, i) => {
          const [from, at] = [row * cols + head * headWidth, (first + i) * kvCols + g * headWidth];
          let dot = 0;
          for (let d = 0; d < headWidth; d++)
            dot += (q!.data[from + d] as number) * (k!.data[at + d] as number);
          return softcap > 0 ? softcap * Math.tanh((dot * grown) / softcap) : dot * grown;
        });
        const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        const sum = scores.reduce((all, score) => all + Math.exp(score - largest), 0);
        for (let t = first; t < position; t++) {
          const share = Math.exp((scores[t - first] as number) - largest) / sum;
          out[g * position + t] = Math.max(out[g * position + t] as number, share);
        }
      }
    }
    return { out: { shape: [kvHeads, position], data: out } };
  },

  cases: [
    row('smallest', 1, 1, [1, 1, 8]),
    row('several heads on one', 9, 70, [6, 2, 16]),
    row('odd head', 11, 21, [3, 1, 33]),
    row('head 128, many rows', 40, 130, [4, 2, 128]),
    row('more rows than threads', 3, 300, [4, 4, 20]),
    row('soft cap and growth', 12, 37, [4, 2, 32], { softcap: 0.5, growth: 0.5, growthEach: 10 }),
    bytes(row('bytes', 10, 67, [4, 2, 20])),
    packed(row('packed', 17, 90, [6, 3, 16]), [90, 0, 31]),
  ],

  kernels: worthKernels,
};

function row(
  name: string,
  s: number,
  p: number,
  [h, g, headWidth]: readonly [number, number, number],
  extra: Record<string, number> = {},
): OpCase & { readonly attributes: { readonly headWidth: number } } {
  return {
    name,
    inputs: {
      q: { dtype: 'f32', shape: [S, h * headWidth] },
      k: { dtype: 'f32', shape: [C, g * headWidth] },
    },
    attributes: { headWidth, position: P, scale: 1 / Math.sqrt(headWidth), ...extra },
    binding: { S: s, P: p, C: p + s + 3 },
  };
}

function bytes(plain: ReturnType<typeof row>): OpCase {
  const k = { ...plain.inputs.k!, dtype: 'kv8', group: plain.attributes.headWidth } as const;
  return { ...plain, inputs: { ...plain.inputs, k } };
}

function packed(plain: OpCase, starts: readonly number[]): OpCase {
  const type = { dtype: 'u32', shape: [starts.length] } as const;
  return { ...plain, inputs: { ...plain.inputs, starts: type }, given: { starts: Uint32Array.from(starts) } };
}
