import { describe, expect, it } from 'vitest';
import type { WeightRows } from './graph.ts';
import { gatherRows } from './interpret.ts';
import { heightOfRows, printRows, rowRuns, tensorsOf } from './rows.ts';

const heights: Record<string, number> = { q: 16, k: 8, v: 8, gate: 3, up: 3, odd: 12 };
const heightOf = (tensor: string) => heights[tensor]!;
const pairs = (tensor: string, headWidth: number, rotary: number): WeightRows => ({
  kind: 'tensor',
  tensor,
  order: { kind: 'rope-pairs', headWidth, rotary },
});
const plain = (tensor: string): WeightRows => ({ kind: 'tensor', tensor });

/** The source of each row of the value. */
function sources(rows: WeightRows): string[] {
  const out: string[] = [];
  for (const run of rowRuns(rows, heightOf)) {
    for (let i = 0; i < run.count; i++) {
      const to = run.to + i * run.toStride;
      expect(out[to], `row ${to} is written once`).toBeUndefined();
      out[to] = `${run.tensor}${run.from + i * run.fromStride}`;
    }
  }
  expect(out).toHaveLength(heightOfRows(rows, heightOf));
  return out;
}

describe('rows of weight values', () => {
  it('as they are: one run', () => {
    expect([...rowRuns(plain('v'), heightOf)]).toEqual([
      { tensor: 'v', from: 0, to: 0, count: 8, fromStride: 1, toStride: 1, plus: 0, times: 1 },
    ]);
  });

  it('in rope-pairs order, head by head', () => {
    expect(sources(pairs('k', 4, 4))).toEqual(['k0', 'k2', 'k1', 'k3', 'k4', 'k6', 'k5', 'k7']);
  });

  it('with a part of the head that does not turn', () => {
    const expected = ['odd0', 'odd2', 'odd1', 'odd3', 'odd4', 'odd5'];
    expect(sources(pairs('odd', 6, 4)).slice(0, 6)).toEqual(expected);
  });

  it('q, k and v one below the other', () => {
    const rows: WeightRows = { kind: 'concat', parts: [pairs('q', 8, 8), pairs('k', 8, 8), plain('v')] };
    const all = sources(rows);
    expect(all.slice(0, 4)).toEqual(['q0', 'q4', 'q1', 'q5']);
    expect(all.slice(16, 20)).toEqual(['k0', 'k4', 'k1', 'k5']);
    expect(all.slice(24)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
    expect(tensorsOf(rows)).toEqual(['q', 'k', 'v']);
    expect(printRows(rows)).toBe('concat(q rope-pairs 8/8, k rope-pairs 8/8, v)');
  });

  it('gate and up alternate', () => {
    const rows: WeightRows = { kind: 'interleave', parts: [plain('gate'), plain('up')] };
    expect(sources(rows)).toEqual(['gate0', 'up0', 'gate1', 'up1', 'gate2', 'up2']);
  });

  it('slices of one matrix that holds several, each with its own order', () => {
    const slice = (from: number, count: number, more: object = {}): WeightRows => ({
      kind: 'tensor',
      tensor: 'q',
      slice: { from, count },
      ...more,
    });
    const order = { kind: 'rope-pairs', headWidth: 4, rotary: 4 } as const;
    const rows: WeightRows = { kind: 'concat', parts: [slice(4, 4, { order }), slice(12, 2)] };
    expect(sources(rows)).toEqual(['q4', 'q6', 'q5', 'q7', 'q12', 'q13']);
    expect(printRows(rows)).toBe('concat(q[4…8] rope-pairs 4/4, q[12…14])');
  });

  it('numbers that are added and multiplied', () => {
    const rows: WeightRows = { kind: 'tensor', tensor: 'v', plus: 1, times: 0.5 };
    expect([...rowRuns(rows, heightOf)].map(({ plus, times }) => [plus, times])).toEqual([[1, 0.5]]);
    expect(gatherRows(rows, () => ({ shape: [2], data: Float32Array.of(0.5, -1) })).data).toEqual(
      Float32Array.of(0.75, 0),
    );
    expect(printRows(rows)).toBe('(v + 1) · 0.5');
  });

  it('nests', () => {
    const both: WeightRows = { kind: 'concat', parts: [plain('gate'), plain('up')] };
    const rows: WeightRows = {
      kind: 'interleave',
      parts: [both, { kind: 'concat', parts: [plain('up'), plain('gate')] }],
    };
    expect(sources(rows).slice(0, 4)).toEqual(['gate0', 'up0', 'gate1', 'up1']);
    expect(sources(rows).slice(6, 8)).toEqual(['up0', 'gate0']);
  });

  it('refuses parts that do not fit', () => {
    const uneven: WeightRows = { kind: 'interleave', parts: [plain('gate'), plain('v')] };
    expect(() => [...rowRuns(uneven, heightOf)]).toThrow('differ in height');
    expect(() => [...rowRuns(pairs('gate', 4, 4), heightOf)]).toThrow('gate: 3 rows are not heads of 4');
  });
});
