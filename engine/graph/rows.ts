/**
 * Maps rows of checkpoint tensors to rows of a weight value, in run-length form. The one place that interprets {@link
 * WeightRows}; the uploader and the CPU interpreter both use it. A row of a vector (a bias) is one number, and its
 * height is its length.
 */
import { invariant } from '../base/errors.ts';
import type { RowOrder, RowSlice, WeightRows } from './graph.ts';

/** Rows `from + i·fromStride` of `tensor` go to rows `to + i·toStride` of the value, 0 ≤ i < count. */
export interface RowRun {
  readonly tensor: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly fromStride: number;
  readonly toStride: number;
  /** Added to each number, which is then multiplied by `times`. */
  readonly plus: number;
  readonly times: number;
}

/** Whether a run copies numbers as they are. */
export function unchanged({ plus, times }: Pick<RowRun, 'plus' | 'times'>): boolean {
  return plus === 0 && times === 1;
}

export type HeightOf = (tensor: string) => number;

/** The checkpoint tensors of a weight value, each once, in order of first use. */
export function tensorsOf(rows: WeightRows): string[] {
  return rows.kind === 'tensor' ? [rows.tensor] : [...new Set(rows.parts.flatMap(tensorsOf))];
}

/** Rows of the whole weight value. */
export function heightOfRows(rows: WeightRows, heightOf: HeightOf): number {
  if (rows.kind === 'tensor') return rows.slice?.count ?? heightOf(rows.tensor);
  return rows.parts.reduce((sum, part) => sum + heightOfRows(part, heightOf), 0);
}

/** Yields every row of the value exactly once. */
export function* rowRuns(rows: WeightRows, heightOf: HeightOf): Iterable<RowRun> {
  if (rows.kind === 'tensor') {
    const { tensor, slice = { from: 0, count: heightOf(rows.tensor) }, plus = 0, times = 1 } = rows;
    for (const run of tensorRuns(tensor, slice, rows.order)) yield { ...run, plus, times };
  } else if (rows.kind === 'concat') {
    let above = 0;
    for (const part of rows.parts) {
      for (const run of rowRuns(part, heightOf)) yield { ...run, to: run.to + above };
      above += heightOfRows(part, heightOf);
    }
  } else {
    const n = rows.parts.length;
    const heights = rows.parts.map((part) => heightOfRows(part, heightOf));
    invariant(new Set(heights).size === 1, 'rowRuns', `interleaved parts differ in height: ${heights}`);
    for (const [j, part] of rows.parts.entries()) {
      for (const run of rowRuns(part, heightOf)) {
        yield { ...run, to: run.to * n + j, toStride: run.toStride * n };
      }
    }
  }
}

function* tensorRuns(
  tensor: string,
  { from, count }: RowSlice,
  order: RowOrder | undefined,
): Iterable<Omit<RowRun, 'plus' | 'times'>> {
  if (order === undefined) {
    yield { tensor, from, to: 0, count, fromStride: 1, toStride: 1 };
    return;
  }
  const { headWidth, rotary } = order;
  invariant(count % headWidth === 0, 'rowRuns', `${tensor}: ${count} rows are not heads of ${headWidth}`);
  const half = rotary / 2;
  const rest = headWidth - rotary;
  for (let to = 0; to < count; to += headWidth) {
    const head = from + to;
    if (half > 0) {
      yield { tensor, from: head, to, count: half, fromStride: 1, toStride: 2 };
      yield { tensor, from: head + half, to: to + 1, count: half, fromStride: 1, toStride: 2 };
    }
    if (rest > 0) {
      yield { tensor, from: head + rotary, to: to + rotary, count: rest, fromStride: 1, toStride: 1 };
    }
  }
}

/**
 * Prints `kind(part, part …)`. The numbers of `rope-pairs` are head width and rotary width: `concat(q.weight rope-pairs
 * 64/64, k.weight rope-pairs 64/64, v.weight)`. A slice is `qkv.weight[64…96]`.
 */
export function printRows(rows: WeightRows): string {
  if (rows.kind !== 'tensor') return `${rows.kind}(${rows.parts.map(printRows).join(', ')})`;
  const { tensor, slice, order, plus = 0, times = 1 } = rows;
  const part = slice === undefined ? tensor : `${tensor}[${slice.from}…${slice.from + slice.count}]`;
  const sum = plus === 0 ? part : `${part} + ${plus}`;
  const more = times === 1 ? sum : `(${sum}) · ${times}`;
  return order === undefined ? more : `${more} ${order.kind} ${order.headWidth}/${order.rotary}`;
}
