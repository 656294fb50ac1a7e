/** Kernels that compute one number per thread, and the size of their workgroups. */
import elementsPart from '../../wgsl/lib/elements.wgsl?raw';
import { ceildiv, type Dim } from '../symbolic/dim.ts';
import { elements } from '../tensor/tensor.ts';
import {
  type Kernel,
  type KernelInput,
  type KernelSpec,
  kernel,
  needsF16,
  scalarOf,
  typeIn,
} from './kernel.ts';

/** Threads of a workgroup where each thread makes one piece of the result. */
export const THREADS = 64;

/**
 * A kernel with one number per thread in the dtype of `input`. Its shader implements `element(i)`
 * (`wgsl/lib/elements.wgsl`); `count` is how many numbers there are, by default as many as `input` has.
 */
export function elementwise(
  name: string,
  source: string,
  input: string,
  more: Partial<Pick<KernelSpec, 'parts' | 'header' | 'params'>> & { count?(node: KernelInput): Dim } = {},
): Kernel {
  const count = more.count ?? ((node) => elements(typeIn(node, input)));
  return kernel(name, {
    source,
    parts: (node) => [...(more.parts?.(node) ?? []), elementsPart],
    accepts: (node) => needsF16(node, input),
    header: (node) => ({ ...scalarOf(typeIn(node, input)), ...more.header?.(node) }),
    params: (node) => ({ count: count(node), ...more.params?.(node) }),
    workgroups: (node) => ceildiv(count(node), THREADS),
  });
}
