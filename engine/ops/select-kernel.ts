/**
 * Selects a node's kernel: the first of its op's list that accepts the node. The choice includes its reason: `linear
 * layers.0.o f32[1, 64] × m0e4/32[64, 64] → linear.gemv (linear.gemm: pays off from 9 rows)`.
 */
import { fail } from '../base/errors.ts';
import type { Kernel, KernelInput } from '../kernels/kernel.ts';
import { printType } from '../tensor/tensor.ts';
import { OPS } from './index.ts';

export interface KernelChoice {
  readonly kernel: Kernel;
  /** One line that explains the choice. */
  readonly why: string;
}

/** Throws `gpu-program` with every kernel's reason when none accepts the node. */
export function selectKernel(node: KernelInput): KernelChoice {
  const list = OPS[node.op]?.kernels ?? [];
  const answers = list.map((kernel) => ({ kernel, answer: kernel.accepts?.(node) ?? true }));
  const chosen = answers.find(({ answer }) => answer === true);
  const others = answers
    .filter(({ answer }) => answer !== true)
    .map(({ kernel, answer }) => `${kernel.name}: ${answer}`)
    .join('; ');
  const matrix = node.types.weight ?? node.types.table;
  const [first] = Object.values(node.types);
  const shapes = [first, matrix === first ? undefined : matrix].filter((t) => t !== undefined);
  const who = `${node.op} ${node.name} ${shapes.map(printType).join(' × ')}`;
  if (chosen === undefined) {
    fail('gpu-program', {
      who,
      message: 'no kernel accepts this node',
      got: others === '' ? 'no kernels' : others,
    });
  }
  return {
    kernel: chosen.kernel,
    why: `${who} → ${chosen.kernel.name}${others === '' ? '' : ` (${others})`}`,
  };
}
