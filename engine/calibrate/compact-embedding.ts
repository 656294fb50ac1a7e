/** Reduces the embedding of the first stage to the rows that the calibration text uses; the whole may be hundreds of MB. */
import { concatBytes } from '../base/bytes.ts';
import type { Graph } from '../graph/graph.ts';
import { tensorsOf } from '../graph/rows.ts';
import type { WeightSource } from '../runtime/index.ts';
import type { Window } from './backend.ts';
import type { CalibrationStage } from './stages.ts';

export interface CompactStages {
  readonly stages: readonly CalibrationStage[];
  /** Ids are indices of the rows that are left. */
  readonly windows: readonly Window[];
  readonly weights: WeightSource;
}

export function compactEmbedding(
  stages: readonly CalibrationStage[],
  windows: readonly Window[],
  weights: WeightSource,
): CompactStages {
  const [first, ...others] = stages;
  const table = first?.graph.nodes.find(({ op }) => op === 'embed')?.inputs.table;
  const origin = first?.graph.values.find(({ id }) => id === table)?.origin;
  if (first === undefined || origin?.kind !== 'weight') return { stages, windows, weights };
  const [tensor] = tensorsOf(origin.rows);
  const used = [...new Set(windows.flat())].sort((a, b) => a - b);
  const indexOf = new Map(used.map((id, i) => [id, i]));
  const graph: Graph = {
    ...first.graph,
    values: first.graph.values.map((value) =>
      value.id === table
        ? { ...value, type: { ...value.type, shape: [used.length, ...value.type.shape.slice(1)] } }
        : value,
    ),
  };
  return {
    stages: [{ ...first, graph }, ...others],
    windows: windows.map((ids) => ids.map((id) => indexOf.get(id) as number)),
    weights: {
      type(name) {
        const type = weights.type(name);
        if (name !== tensor || type === undefined) return type;
        return { ...type, shape: [used.length, ...type.shape.slice(1)] };
      },
      read: (name, from, count, signal) =>
        name === tensor
          ? readRows(weights, name, used.slice(from, from + count), signal)
          : weights.read(name, from, count, signal),
    },
  };
}

async function readRows(weights: WeightSource, name: string, rows: readonly number[], signal?: AbortSignal) {
  const data: Uint8Array[] = [];
  const scales: Uint8Array[] = [];
  for (const row of rows) {
    const read = await weights.read(name, row, 1, signal);
    data.push(read.data.slice());
    if (read.scales !== undefined) scales.push(read.scales.slice());
  }
  return { data: concatBytes(data), ...(scales.length > 0 ? { scales: concatBytes(scales) } : {}) };
}
