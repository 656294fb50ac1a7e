/**
 * Ring caches for layers that look back over a few positions: a sliding window, or the taps of a convolution. Such a
 * layer does not need a row for every position: a state
 * with a fixed number of rows is a ring, in which position t has row t mod rows. All other states have C rows, and
 * position t has row t.
 *
 * A run of S positions from P writes all of them before its queries read. Its first query needs the window − 1
 * positions before P, so rows ≥ window + S − 1. Rows beyond that say how far a conversation can be cut back without
 * prefilling it again (`engine/kv/cache.ts`).
 */
import { isConstant } from '../symbolic/dim.ts';
import { bounds } from '../symbolic/relate.ts';
import { dimOf, type TensorType } from '../tensor/tensor.ts';
import { fail } from '../base/errors.ts';
import type { Graph, Value, ValueId } from './graph.ts';

export interface StateRing {
  /** Positions that a token's layer reads, including its own. */
  readonly window: number;
  /** Positions that the ring holds. */
  readonly rows: number;
}

/** The row count of a state that is a ring; undefined for a state with a row for every position. */
export function ringRows(state: TensorType): number | undefined {
  const rows = dimOf(state, 0);
  return isConstant(rows) ? rows : undefined;
}

/**
 * The [first row, row count] to save so that positions [first, first + count) can be restored. A ring is saved whole,
 * since later writes also overwrite positions before `first`.
 */
export function rowsToKeep(ring: number | undefined, first: number, count: number): [number, number] {
  return ring === undefined ? [first, count] : [0, Math.min(ring, first + count)];
}

/** Ops that read earlier rows of a state: the inputs with the rows of a run and with the state, and how far they look. */
const LOOKING_BACK: Readonly<Record<string, { run: string; state: string; window: string }>> = {
  attention: { run: 'q', state: 'k', window: 'window' },
  short_conv: { run: 'x', state: 'past', window: 'taps' },
};

/** The distinct rings of a graph. Throws `internal` for a ring that a run could overwrite while it is still needed. */
export function ringsOf(graph: Graph): StateRing[] {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const found = new Map<string, StateRing>();
  for (const { op, name, inputs, attributes } of graph.nodes) {
    const look = LOOKING_BACK[op];
    if (look === undefined) continue;
    const [run, state] = [look.run, look.state].map((input) => values.get(inputs[input] as ValueId) as Value);
    const rows = ringRows((state as Value).type);
    if (rows === undefined) continue;
    const { [look.window]: window = 0 } = attributes;
    const needed = Number(window) + bounds(dimOf((run as Value).type, 0)).max - 1;
    if (window === 0 || rows < needed) {
      const expected = window === 0 ? 'a window' : `${needed} rows`;
      fail('internal', { who: name, message: 'the ring of its cache is too small', expected, got: rows });
    }
    found.set(`${window} ${rows}`, { window: Number(window), rows });
  }
  return [...found.values()];
}
