/**
 * Which row of which checkpoint tensor lands on which row of a weight value, in run-length form.
 * The one place that knows what {@link WeightRows} means: the uploader and the CPU interpreter both ask
 * here. For a vector (a bias) a row is one number, and the height is its length.
 */
import { invariant } from '../base/errors.ts';
import type { RowOrder, WeightRows } from './graph.ts';

/** Rows `from + i·fromStride` of `tensor` go to rows `to + i·toStride` of the value, 0 ≤ i < count. */
export interface RowRun {
  readonly tensor: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly fromStride: number;
  readonly toStride: number;
}

export type HeightOf = (tensor: string) => number;

/** The checkpoint tensors of a weight value, each once, in order of first use. */
export function tensorsOf(rows: WeightRows): string[] {
  return rows.kind === 'tensor' ? [rows.tensor] : [...new Set(rows.parts.flatMap(tensorsOf))];
}

/** Rows of the whole weight value. */
export function heightOfRows(rows: WeightRows, heightOf: HeightOf): number {
  if (rows.kind === 'tensor') return heightOf(rows.tensor);
  return rows.parts.reduce((sum, part) => sum + heightOfRows(part, heightOf), 0);
}

/** Every row of the value exactly once. */
export function* rowRuns(rows: WeightRows, heightOf: HeightOf): Iterable<RowRun> {
  if (rows.kind === 'tensor') {
    yield* tensorRuns(rows.tensor, heightOf(rows.tensor), rows.order);
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

function* tensorRuns(tensor: string, height: number, order: RowOrder | undefined): Iterable<RowRun> {
  if (order === undefined) {
    yield { tensor, from: 0, to: 0, count: height, fromStride: 1, toStride: 1 };
    return;
  }
  const { headWidth, rotary } = order;
  invariant(height % headWidth === 0, 'rowRuns', `${tensor}: ${height} rows are not heads of ${headWidth}`);
  const half = rotary / 2;
  for (let head = 0; head < height; head += headWidth) {
    yield { tensor, from: head, to: head, count: half, fromStride: 1, toStride: 2 };
    yield { tensor, from: head + half, to: head + 1, count: half, fromStride: 1, toStride: 2 };
    const rest = headWidth - rotary;
    const at = head + rotary;
    if (rest > 0) yield { tensor, from: at, to: at, count: rest, fromStride: 1, toStride: 1 };
  }
}

/**
 * `kind(part, part …)` for people. The numbers of `rope-pairs` are head width and rotary width:
 * `concat(q.weight rope-pairs 64/64, k.weight rope-pairs 64/64, v.weight)`.
 */
export function printRows(rows: WeightRows): string {
  if (rows.kind !== 'tensor') return `${rows.kind}(${rows.parts.map(printRows).join(', ')})`;
  const { tensor, order } = rows;
  return order === undefined ? tensor : `${tensor} ${order.kind} ${order.headWidth}/${order.rotary}`;
}
