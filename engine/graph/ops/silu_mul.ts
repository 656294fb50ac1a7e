/** silu(gate) · up, where silu(x) = x / (1 + e^−x): the middle of the SwiGLU block (arXiv 2002.05202). */
import { activation, alike, typeOf } from './check.ts';
import { S } from './letters.ts';
import type { Op, OpCase } from './op.ts';

export const siluMul: Op = {
  name: 'silu_mul',
  inputs: ['gate', 'up'],
  outputs: ['out'],

  infer(inputs) {
    const { dtype, rows, cols } = activation('silu_mul', inputs, 'gate');
    alike('silu_mul', inputs, 'up', typeOf('silu_mul', inputs, 'gate'));
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ gate, up }) {
    const out = new Float32Array(gate!.data.length);
    for (let i = 0; i < out.length; i++) {
      const g = gate!.data[i] as number;
      out[i] = (g / (1 + Math.exp(-g))) * (up!.data[i] as number);
    }
    return { out: { shape: gate!.shape, data: out } };
  },

  cases: [row('smallest', 1, 4), row('odd', 3, 65), row('ffn 172', 9, 172), row('Llama-3.2-1B', 2, 8192)],
};

function row(name: string, s: number, cols: number): OpCase {
  const type = { dtype: 'f32', shape: [S, cols] } as const;
  return { name, inputs: { gate: type, up: type }, attributes: {}, binding: { S: s } };
}
