/** The table of rotary embedding, computed once on the CPU: cosines and sines for each position. */
import type { HostTensor } from '../../tensor/tensor.ts';

/**
 * f32[C, rotary]: row p holds cos(p·f_i)·scale at 2i and sin(p·f_i)·scale at 2i+1, where f_i are `frequencies`
 * (rotary/2 of them, radians per position).
 */
export interface ConstantTable {
  readonly kind: 'rope';
  readonly frequencies: readonly number[];
  readonly scale: number;
}

/**
 * f32[rows, 2·frequencies]; `rows` is the value of C. Computed in f64, since cos(p·f) loses digits where p·f is large.
 */
export function constantTable(table: ConstantTable, rows: number): HostTensor {
  const half = table.frequencies.length;
  const data = new Float32Array(rows * half * 2);
  for (let p = 0; p < rows; p++) {
    table.frequencies.forEach((f, i) => {
      data[(p * half + i) * 2] = Math.cos(p * f) * table.scale;
      data[(p * half + i) * 2 + 1] = Math.sin(p * f) * table.scale;
    });
  }
  return { shape: [rows, half * 2], data };
}
