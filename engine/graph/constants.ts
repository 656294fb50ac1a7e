/** The numbers of a constant value, computed once on the CPU. */
import type { HostTensor } from '../tensor/tensor.ts';
import type { ConstantTable } from './graph.ts';

/** f32[rows, 2·frequencies]: `rows` is the value of C. In f64: cos(p·f) needs it where p·f is large. */
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
