/** Heads of attention: how many, how wide, and how a kernel reads their queries and keys. */
import keysKv8 from '../../../wgsl/attention/read/keys-kv8.wgsl?raw';
import keysScalar from '../../../wgsl/attention/read/keys-scalar.wgsl?raw';
import keysVec4 from '../../../wgsl/attention/read/keys-vec4.wgsl?raw';
import { type KernelInput, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';

export const headWidth = (node: KernelInput) => numberIn(node, 'headWidth');
export const heads = (node: KernelInput) => columns(node, 'q') / headWidth(node);
export const kvHeads = (node: KernelInput) => columns(node, 'k') / headWidth(node);

/** Slices (fours) of a head; the last may be partial. */
export const headSlices = (node: KernelInput) => Math.ceil(headWidth(node) / 4);

/** Query heads that read one key/value head. */
export const group = (node: KernelInput) => heads(node) / kvHeads(node);

/** The part with `q4` and `k4`. */
export function readKeys(node: KernelInput): string {
  if (typeIn(node, 'k').dtype === 'kv8') return keysKv8;
  return headWidth(node) % 4 === 0 ? keysVec4 : keysScalar;
}

/** Header of kernels that compute scores (attention/scores.wgsl). */
export function growthHeader(node: KernelInput): Record<string, string> {
  const growth = numberIn(node, 'growth', 0);
  const grown = { GROWTH: `f32(${growth})`, GROWTH_EACH: `${numberIn(node, 'growthEach', 1)}u` };
  return { ...scalarOf(typeIn(node, 'q')), ...(growth === 0 ? {} : grown) };
}
