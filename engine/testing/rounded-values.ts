/** For tests: what rows that calibration rounded encode. */
import { GROUP, type GridName } from '../calibrate/grid.ts';
import { dequantiseCells } from '../quant/cells/dequantise.ts';
import type { CellRows } from '../quant/cells/planes.ts';
import { dequantiseRows } from '../quant/m0e4.ts';

/** f32[rows, k]. */
export function roundedValues(dtype: GridName, rows: CellRows, k: number): Float32Array {
  if (dtype !== 'm0e4') return dequantiseCells(dtype, rows, k);
  return dequantiseRows({ nibbles: rows.main, scales: rows.rest }, k, GROUP);
}
