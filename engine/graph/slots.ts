/**
 * States of a fixed size that a layer updates as a whole: the matrix of a linear attention, the tail of a convolution.
 * Unlike rows by position they cannot be cut back. So such a state has several slots, and a row of it is the state after
 * some position. A run reads slot R and writes slot W, another one, in all layers: the state before the run remains, and
 * nothing is copied. Which slots these are, and which states are kept: `kv/snapshots.ts`.
 */
import { type Poly, symbol } from '../symbolic/dim.ts';
import type { Graph, Value } from './graph.ts';
import { ringRows } from './rings.ts';

/** Slots of a model with such states: two for a run, the others for earlier states. */
export const SLOTS = 6;

/** The symbols of the slots that a run reads and writes, for a graph whose states have `count` slots. */
export function slotSymbols(count: number): { R: Poly; W: Poly } {
  const bounds = { min: 0, max: count - 1 };
  return { R: symbol('R', bounds), W: symbol('W', bounds) };
}

export function hasSlots({ origin }: Value): boolean {
  return origin.kind === 'state' && origin.slots === true;
}

/** The number of slots; 0 for a graph without such states. */
export function slotsOf(graph: Graph): number {
  const [first] = graph.values.filter(hasSlots);
  return first === undefined ? 0 : (first.type.shape[0] as number);
}

/** The row count of a state that is a ring; undefined for one with a row for every position, and for slots. */
export function ringOf(state: Value): number | undefined {
  return hasSlots(state) ? undefined : ringRows(state.type);
}
