/** What calibrating a model takes of a device: the work, which `engine/calibrate/gpu/measure.ts` turns into time, and the memory. */
import type { Value, ValueId } from '../graph/graph.ts';
import { bytesOfRow } from '../tensor/tensor.ts';
import type { Window } from './backend.ts';
import type { CalibrationStage } from './stages.ts';

/** The products of one input. */
export interface ProductNeed {
  /** Width of the input, and of each row of the weights. */
  readonly width: number;
  /** Rows of all its weights. */
  readonly rows: number;
}

export interface CalibrationNeed {
  /** Ids of all windows. */
  readonly tokens: number;
  /** In the order of the pass. */
  readonly products: readonly ProductNeed[];
  /** Bytes of kept activations at most, of all windows. */
  readonly keptBytes: number;
}

/** `rowsOf` returns the rows of a tensor. */
export function needOf(
  stages: readonly CalibrationStage[],
  windows: readonly Window[],
  rowsOf: (tensor: string) => number,
): CalibrationNeed {
  const tokens = windows.reduce((sum, { length }) => sum + length, 0);
  const rowBytes = new Map<ValueId, number>();
  const products: ProductNeed[] = [];
  let most = 0;
  for (const { products: own, keeps, drops } of stages) {
    if (own !== undefined)
      products.push({ width: own.width, rows: own.tensors.reduce((sum, name) => sum + rowsOf(name), 0) });
    for (const { id, type } of keeps as readonly Value[]) rowBytes.set(id, bytesOfRow(type));
    most = Math.max(
      most,
      [...rowBytes.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    for (const id of drops) rowBytes.delete(id);
  }
  return { tokens, products, keptBytes: most * tokens };
}
