/** The id with the greatest logit, the smallest among equals: greedy sampling on the GPU. */
import { activation, sameDim } from './check.ts';
import type { Op, OpCase } from './op.ts';

export const argmax: Op = {
  name: 'argmax',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs) {
    const { rows } = activation('argmax', inputs, 'x');
    sameDim('argmax', 'rows of x', 1, rows);
    return { out: { dtype: 'u32', shape: [1] } };
  },

  reference({ x }) {
    let best = 0;
    x!.data.forEach((value, i) => {
      if (value > (x!.data[best] as number)) best = i;
    });
    return { out: { shape: [1], data: Uint32Array.of(best) } };
  },

  cases: [row(1), row(3), row(65), row(512), row(32000), row(128256)],
};

function row(vocab: number): OpCase {
  const x = { dtype: 'f32', shape: [1, vocab] } as const;
  return { name: `vocabulary ${vocab}`, inputs: { x }, attributes: {}, binding: {} };
}
