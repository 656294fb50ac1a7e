/**
 * Caches of layers that look through a window. Such a layer's K and V need no row for every position: a state with
 * a fixed number of rows is a ring, in which position t has row t mod rows. All others have C rows, and position t
 * has row t.
 *
 * A run of S positions from P writes all of them before its queries read, so that its first query still finds the
 * window − 1 positions before P only where rows ≥ window + S − 1. What is beyond that is how far back a
 * conversation can be cut without reading it anew (`engine/kv/cache.ts`).
 */
import { isConstant } from '../symbolic/dim.ts';
import { bounds } from '../symbolic/relate.ts';
import { dimOf, type TensorType } from '../tensor/tensor.ts';
import { fail } from '../base/errors.ts';
import type { Graph, Value, ValueId } from './graph.ts';

export interface StateRing {
  /** Positions that a query sees, its own included. */
  readonly window: number;
  /** Positions that it holds. */
  readonly rows: number;
}

/** Rows of a state that is a ring; undefined for one that has a row for every position. */
export function ringRows(state: TensorType): number | undefined {
  const rows = dimOf(state, 0);
  return isConstant(rows) ? rows : undefined;
}

/**
 * The rows of a state that have to be set aside so that positions [first, first + count) can be put back: of a ring
 * all it holds, since what follows writes over what lies before `first` as well.
 */
export function rowsToKeep(ring: number | undefined, first: number, count: number): [number, number] {
  return ring === undefined ? [first, count] : [0, Math.min(ring, first + count)];
}

/** The rings of a graph, equal ones once. Throws `internal` for one that a run could write over while it is needed. */
export function ringsOf(graph: Graph): StateRing[] {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const found = new Map<string, StateRing>();
  for (const { op, name, inputs, attributes } of graph.nodes) {
    if (op !== 'attention') continue;
    const [q, k] = [inputs.q, inputs.k].map((id) => values.get(id as ValueId) as Value) as [Value, Value];
    const rows = ringRows(k.type);
    if (rows === undefined) continue;
    const { window = 0 } = attributes;
    const needed = Number(window) + bounds(dimOf(q.type, 0)).max - 1;
    if (window === 0 || rows < needed) {
      const expected = window === 0 ? 'a window' : `${needed} rows`;
      fail('internal', { who: name, message: 'the ring of its cache is too small', expected, got: rows });
    }
    found.set(`${window} ${rows}`, { window: Number(window), rows });
  }
  return [...found.values()];
}
