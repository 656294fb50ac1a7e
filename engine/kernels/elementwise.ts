/** Kernels that compute one number per thread. */
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

/** Workgroup size of kernels in which each thread computes its own piece of the result. */
export const THREADS = 64;

/**
 * Returns a kernel that computes one number per thread in the dtype of `input`. Its shader defines `element(i)`
 * (`wgsl/lib/elements.wgsl`). `count` is the number of results, by default the number of elements of `input`.
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
