/**
 * An activation function of each number, between the two products of a feed-forward block without a gate.
 *
 *   x act[M,N] → out act[M,N]   {activation}
 *
 * The functions are those of ops/gate-mul. passes/fuse-activation.ts puts it into the product before.
 */
import source from '../../../wgsl/activate/activate.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { activationHeader, activationPart } from '../../kernels/wgsl-parts.ts';
import type { HostTensor } from '../../tensor/tensor.ts';
import type { Attributes } from '../../tensor/signature.ts';
import { ACTIVATIONS, type Activation, activationAt } from '../gate-mul/index.ts';
import { activation } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

export const activate: Op = {
  name: 'activate',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('activate', inputs, 'x');
    activationAt('activate', attributes);
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ x }, attributes) {
    return { out: activated(x!, attributes) };
  },

  cases: [
    row('smallest', 1, 4, 'silu'),
    row('odd', 3, 65, 'gelu'),
    row('tanh form', 2, 172, 'gelu_tanh'),
    row('squared', 3, 65, 'relu2'),
  ],

  kernels: [
    elementwise('activate.element', source, 'x', {
      parts: () => [activationPart],
      header: activationHeader,
    }),
  ],
};

/** Also used by linear. */
export function activated(x: HostTensor, attributes: Attributes): HostTensor {
  const act = ACTIVATIONS[activationAt('activate', attributes)];
  return { shape: x.shape, data: Float32Array.from(x.data, act) };
}

function row(name: string, s: number, cols: number, act: Activation): OpCase {
  return {
    name,
    inputs: { x: { dtype: 'f32', shape: [S, cols] } },
    attributes: { activation: act },
    binding: { S: s },
  };
}
