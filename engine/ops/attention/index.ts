/**
 * Attention with grouped queries: query head h reads key/value head h·G/H. Causal over the cache, or over passages.
 *
 *   q act[S,H·D], k act|kv8[C,G·D], v as k, sinks? f32[H], gate? act[S,H|H·D], spans? u32[S,2], starts? u32[G]
 *     → out act[S,H·D]
 *   {headWidth, position: Dim, scale, window?, softcap?, growth?, growthEach?}
 *
 * Row s is at position p = `position + s` and attends to cache positions 0 … p; with a `window` above 0 only to its own
 * and the window − 1 before it. Later rows are never read. Position t is in row t mod R of a cache of R rows
 * (graph/rings.ts). A score is q·k·`scale`; a `softcap` above 0 turns it into softcap·tanh(score / softcap) before the
 * softmax. With a `growth` the scale is multiplied by 1 + growth·ln(1 + ⌊p / growthEach⌋). A head's sink is one score more
 * in its softmax, as it is, without a value. A head's result is multiplied by the sigmoid of its gate, or each of its
 * numbers by that of its own. Source: Vaswani et al. 2017; grouping: Ainslie et al., arXiv 2305.13245; window: Jiang et al.,
 * arXiv 2310.06825; soft cap: Gemma 2, arXiv 2408.00118; sinks: gpt-oss, arXiv 2508.10925; gates by head: Qiu et al.,
 * arXiv 2505.06708; growth: Llama 4, transformers `models/ministral3/`.
 *
 * With `starts` the rows of key/value head g before starts[g] are not read: those that were dropped (kv/packed.ts).
 *
 * With `spans` k and v are those of this run, `position` is 0, and row s attends to rows spans[s,0] … spans[s,1] − 1: those of its
 * passage, before and after it. A window then counts on both sides: |s − t| < window. Rows of a passage are neighbours.
 */
import { evaluate } from '../../symbolic/evaluate.ts';
import {
  activation,
  sameTypeAs,
  dimAt,
  known,
  matrix,
  numberAt,
  numberOr,
  optionalVector,
  typeOf,
  mismatch,
} from '../lib/guards.ts';
import { C, P, S } from '../lib/letters.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import type { Op, OpCase } from '../op.ts';
import { passageRanges } from '../pool/index.ts';
import { attentionKernels } from './kernel.ts';

export const attention: Op = {
  name: 'attention',
  inputs: ['q', 'k', 'v'],
  optional: ['sinks', 'gate', 'spans', 'starts'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const q = activation('attention', inputs, 'q');
    const k = matrix('attention', inputs, 'k');
    sameTypeAs('attention', inputs, 'v', typeOf('attention', inputs, 'k'));
    const headWidth = numberAt('attention', attributes, 'headWidth');
    const bytes = k.dtype === 'kv8' && inputs.k?.group === headWidth;
    if (k.dtype !== q.dtype && !bytes)
      mismatch('attention', 'input k', `${q.dtype} or kv8 by heads`, k.dtype);
    const heads = known('attention', 'columns of q', q.cols) / headWidth;
    const kvHeads = known('attention', 'columns of k', k.cols) / headWidth;
    if (!Number.isInteger(heads) || !Number.isInteger(kvHeads) || heads % kvHeads !== 0) {
      const expected = `whole heads of ${headWidth}, query heads a multiple of key heads`;
      mismatch('attention', 'heads', expected, `${heads} and ${kvHeads}`);
    }
    optionalVector('attention', inputs, 'sinks', heads);
    if (inputs.gate !== undefined) {
      const wide = matrix('attention', inputs, 'gate').cols === q.cols;
      sameTypeAs('attention', inputs, 'gate', { dtype: q.dtype, shape: [q.rows, wide ? q.cols : heads] });
    }
    if (inputs.spans !== undefined)
      sameTypeAs('attention', inputs, 'spans', { dtype: 'u32', shape: [q.rows, 2] });
    if (inputs.starts !== undefined)
      sameTypeAs('attention', inputs, 'starts', { dtype: 'u32', shape: [kvHeads] });
    dimAt('attention', attributes, 'position');
    numberAt('attention', attributes, 'scale');
    const window = numberOr('attention', attributes, 'window', 0);
    if (!Number.isInteger(window) || window < 0) {
      mismatch('attention', 'attribute window', 'a number of rows, 0 for all', String(window));
    }
    const softcap = numberOr('attention', attributes, 'softcap', 0);
    if (!(softcap >= 0)) mismatch('attention', 'attribute softcap', 'a bound, 0 for none', String(softcap));
    if (numberOr('attention', attributes, 'growth', 0) !== 0) numberAt('attention', attributes, 'growthEach');
    return { out: { dtype: q.dtype, shape: [q.rows, q.cols] } };
  },

  reference({ q, k, v, sinks, gate, spans, starts }, attributes, binding) {
    const [rows, cols] = q!.shape as [number, number];
    const [cacheRows, kvCols] = k!.shape as [number, number];
    const headWidth = numberAt('attention', attributes, 'headWidth');
    const heads = cols / headWidth;
    const scale = numberAt('attention', attributes, 'scale');
    const window = numberOr('attention', attributes, 'window', 0);
    const softcap = numberOr('attention', attributes, 'softcap', 0);
    const growth = numberOr('attention', attributes, 'growth', 0);
    const each = numberOr('attention', attributes, 'growthEach', 1);
    const position = evaluate(dimAt('attention', attributes, 'position'), binding);
    const out = new Float32Array(rows * cols);
    const [qs, ks, vs] = [q!.data, k!.data, v!.data];
    const scoreOf = (from: number, at: number, scale: number) => {
      let dot = 0;
      for (let d = 0; d < headWidth; d++) dot += (qs[from + d] as number) * (ks[at + d] as number);
      return softcap > 0 ? softcap * Math.tanh((dot * scale) / softcap) : dot * scale;
    };
    for (let r = 0; r < rows; r++) {
      const [seen, end] = spans === undefined ? pastOf(position + r, window) : spanOf(spans, r, window);
      const grown = scale * (1 + growth * Math.log(1 + Math.floor((position + r) / each)));
      for (let h = 0; h < heads; h++) {
        const from = r * cols + h * headWidth;
        // Where position t has the key/value head of this query head.
        const kvHead = Math.floor((h * kvCols) / cols);
        const column = kvHead * headWidth;
        const first = Math.max(seen, starts?.data[kvHead] ?? 0);
        const place = (t: number) => (t % cacheRows) * kvCols + column;
        const sink = sinks?.data[h];
        const gates = gate === undefined ? 0 : (gate.shape[1] as number);
        const open = (d: number) =>
          gates === 0
            ? 1
            : sigmoid(gate!.data[r * gates + (gates === heads ? h : h * headWidth + d)] as number);
        const scores = new Float64Array(end - first);
        for (let i = 0; i < scores.length; i++) scores[i] = scoreOf(from, place(first + i), grown);
        const weights = softmax(scores, sink === undefined ? [] : [sink]);
        const sum = new Float64Array(headWidth);
        for (let i = 0; i < weights.length; i++) {
          const [at, weight] = [place(first + i), weights[i] as number];
          for (let d = 0; d < headWidth; d++) sum[d] = (sum[d] as number) + weight * (vs[at + d] as number);
        }
        for (let d = 0; d < headWidth; d++) out[from + d] = open(d) * (sum[d] as number);
      }
    }
    return { out: { shape: q!.shape, data: out } };
  },

  cases: [
    row('smallest', 1, 0, [1, 1, 8]),
    row('decode', 1, 37, [8, 4, 8]),
    row('decode, more heads on one than a workgroup takes', 1, 700, [7, 1, 8]),
    row('prefill', 7, 0, [8, 4, 8]),
    row('prefill on a past', 5, 12, [8, 4, 8]),
    row('head 64 grouped', 3, 20, [8, 2, 64]),
    row('head 80', 2, 5, [2, 2, 80]),
    row('head 96', 1, 66, [2, 1, 96]),
    row('head 128 grouped', 1, 130, [4, 2, 128]),
    row('head 256', 2, 3, [4, 1, 256]),
    row('one key head', 4, 9, [5, 1, 16]),
    row('long past', 1, 1030, [4, 2, 64]),
    row('prefill crosses tiles', 67, 3, [2, 1, 64]),
    row('head 6', 3, 9, [4, 2, 6]),
    row('head 33', 11, 4, [2, 2, 33]),
    row('split', 1, 2100, [4, 2, 16]),
    row('split, many heads on one', 3, 700, [9, 1, 20]),
    row('split, odd head', 2, 530, [2, 1, 7]),
    row('split in a window', 1, 1200, [4, 2, 16], { window: 1100 }),
    row('more heads than a workgroup takes', 2, 40, [40, 1, 8]),
    row('window', 9, 30, [4, 2, 16], { window: 7 }),
    row('window of one', 3, 5, [2, 1, 16], { window: 1 }),
    row('window not yet full', 4, 2, [2, 2, 16], { window: 64 }),
    row('window, decode', 1, 300, [4, 2, 64], { window: 70 }),
    row('window crosses tiles', 70, 50, [2, 1, 32], { window: 40 }),
    row('ring', 4, 50, [4, 2, 16], { window: 7 }, 12),
    row('ring, decode at its end', 1, 47, [4, 2, 64], { window: 24 }, 24),
    row('ring not yet full', 3, 9, [2, 1, 16], { window: 20 }, 30),
    row('ring crosses tiles, odd head', 70, 250, [2, 1, 33], { window: 40 }, 110),
    row('ring, split', 2, 2000, [2, 2, 16], { window: 600 }, 601),
    bytes(row('bytes', 1, 37, [8, 4, 8])),
    bytes(row('bytes, prefill, head 80', 40, 7, [2, 1, 80])),
    bytes(row('bytes, split, head 20', 2, 700, [3, 1, 20])),
    bytes(row('bytes, head 256', 2, 3, [4, 1, 256])),
    bytes(row('bytes in a ring', 5, 50, [4, 2, 16], { window: 7 }, 12)),
    row('soft cap', 3, 20, [4, 2, 32], { softcap: 0.5 }),
    row('grown queries, decode', 1, 37, [4, 2, 32], { growth: 0.5, growthEach: 10 }),
    row('grown queries, prefill', 40, 9, [2, 1, 64], { growth: 0.1, growthEach: 16 }),
    row('window and soft cap, prefill', 40, 9, [2, 1, 64], { window: 24, softcap: 2, scale: 0.25 }),
    sunk(row('sinks, decode', 1, 37, [8, 4, 8])),
    sunk(row('sinks, prefill', 40, 9, [6, 2, 20], { window: 7 })),
    sunk(row('sinks, odd head', 11, 4, [2, 2, 33])),
    sunk(row('sinks, split', 1, 2100, [6, 2, 16])),
    sunk(row('sinks, split, several rows', 3, 700, [9, 1, 20])),
    sunk(row('sinks above all scores', 3, 20, [4, 2, 16]), 300),
    sunk(row('sinks below all scores, split', 1, 1100, [4, 2, 16]), -300),
    sunk(bytes(row('sinks, bytes in a ring', 5, 50, [4, 2, 16], { window: 7 }, 12))),
    opened(row('gates, decode', 1, 37, [8, 4, 8])),
    opened(row('gates, prefill', 40, 9, [6, 2, 20], { window: 7 })),
    opened(row('gates, split', 1, 2100, [4, 2, 16])),
    opened(bytes(row('gates, bytes', 2, 12, [3, 1, 20]))),
    opened(sunk(row('gates and sinks', 3, 700, [6, 2, 16], { softcap: 2 }))),
    passages('passages', [7, 1, 12], [4, 2, 16]),
    passages('one row', [1], [2, 1, 8]),
    passages('a few rows', [3, 2], [6, 2, 24]),
    passages('passages cross tiles', [70, 67, 3], [2, 1, 64]),
    passages('passages, odd head', [40, 9], [2, 2, 33]),
    passages('passages, all-MiniLM-L6', [20, 33], [12, 12, 32]),
    passages('passages, window on both sides', [50, 2, 9], [3, 1, 16], { window: 7 }),
    passages('passages, heads of 256', [20, 6], [3, 1, 256], { window: 5 }),
    opened(row('gates of columns, decode', 1, 37, [8, 4, 8]), true),
    opened(row('gates of columns, prefill, odd head', 12, 9, [6, 2, 33]), true),
    opened(row('gates of columns, split', 1, 2100, [4, 2, 16]), true),
    packed(row('packed, decode', 1, 37, [8, 4, 8]), [0, 30, 12, 37]),
    packed(row('packed, split', 1, 2100, [6, 2, 16]), [1700, 3]),
    packed(row('packed, prefill', 40, 29, [6, 3, 20]), [29, 0, 11]),
    packed(row('packed, few rows on a long past', 3, 700, [4, 2, 64]), [650, 20]),
    packed(bytes(row('packed, bytes', 1, 130, [4, 2, 128])), [128, 5]),
    { ...row('Llama-3.2-1B decode', 1, 2047, [32, 8, 64]), heavy: true },
    { ...row('Llama-3.2-1B prefill', 256, 0, [32, 8, 64]), heavy: true },
  ],

  kernels: attentionKernels,
};

/** Positions [first, end) that a row at `at` attends to. */
function pastOf(at: number, window: number): [number, number] {
  return [window > 0 ? Math.max(0, at + 1 - window) : 0, at + 1];
}

function spanOf({ data }: HostTensor, row: number, window: number): [number, number] {
  const [begin, end] = [data[2 * row] as number, data[2 * row + 1] as number];
  return window > 0 ? [Math.max(begin, row + 1 - window), Math.min(end, row + window)] : [begin, end];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** In place, of scores and `others` that have no place. Subtracts the maximum first, so that nothing overflows. */
function softmax(x: Float64Array, others: readonly number[]): Float64Array {
  const largest = x.reduce((a, b) => Math.max(a, b), Math.max(...others));
  let sum = others.reduce((all, other) => all + Math.exp(other - largest), 0);
  for (let i = 0; i < x.length; i++) sum += x[i] = Math.exp((x[i] as number) - largest);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / sum;
  return x;
}

function row(
  name: string,
  s: number,
  p: number,
  heads: readonly [number, number, number],
  extra: Record<string, number> = {},
  ring?: number,
): OpCase & { readonly attributes: { readonly headWidth: number } } {
  const [h, g, headWidth] = heads;
  const cache = { dtype: 'f32', shape: [ring ?? C, g * headWidth] } as const;
  return {
    name,
    inputs: { q: { dtype: 'f32', shape: [S, h * headWidth] }, k: cache, v: cache },
    attributes: { headWidth, position: P, scale: 1 / Math.sqrt(headWidth), ...extra },
    binding: { S: s, P: p, C: p + s + 3 },
  };
}

/** Passages of these lengths, which do not see one another. */
function passages(
  name: string,
  lengths: readonly number[],
  heads: readonly [number, number, number],
  extra: Record<string, number> = {},
): OpCase {
  const ranges = passageRanges(lengths);
  const data = Uint32Array.from(
    lengths.flatMap((n, b) =>
      Array(n)
        .fill([...ranges.subarray(2 * b, 2 * b + 2)])
        .flat(),
    ),
  );
  const plain = row(name, data.length / 2, 0, heads, { ...extra, position: 0 });
  const { q, k } = plain.inputs as { q: TensorType; k: TensorType };
  const own = { ...k, shape: [S, k.shape[1] as number] };
  return {
    ...plain,
    inputs: { q, k: own, v: own, spans: { dtype: 'u32', shape: [S, 2] } },
    given: { spans: data },
  };
}

/** The same case with keys and values in 8 bits. */
function bytes(plain: ReturnType<typeof row>): OpCase {
  const { k } = plain.inputs as { k: TensorType };
  const cache = { ...k, dtype: 'kv8', group: plain.attributes.headWidth } as const;
  return { ...plain, inputs: { ...plain.inputs, k: cache, v: cache } };
}

/** The same case with a sink for each head, around 1 or around `centre`. */
function sunk(plain: OpCase, centre?: number): OpCase {
  const heads = headsOf(plain);
  const data = Float32Array.from({ length: heads }, (_, i) => (centre ?? 0) + i / heads);
  return {
    ...plain,
    inputs: { ...plain.inputs, sinks: { dtype: 'f32', shape: [heads] } },
    ...(centre === undefined ? {} : { given: { sinks: data } }),
  };
}

/** The same case with rows of each key/value head that are not read. */
function packed(plain: OpCase, starts: readonly number[]): OpCase {
  const type = { dtype: 'u32', shape: [starts.length] } as const;
  return {
    ...plain,
    inputs: { ...plain.inputs, starts: type },
    given: { starts: Uint32Array.from(starts) },
  };
}

/** The same case with a gate for each head, or for each column of it. */
function opened(plain: OpCase, wide = false): OpCase {
  const gates = wide ? (plain.inputs.q?.shape[1] as number) : headsOf(plain);
  return { ...plain, inputs: { ...plain.inputs, gate: { dtype: 'f32', shape: [S, gates] } } };
}

function headsOf({ inputs, attributes }: OpCase): number {
  return (inputs.q?.shape[1] as number) / (attributes.headWidth as number);
}
