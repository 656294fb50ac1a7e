/** Shader parts that kernels share, and how a node chooses among them. */
import activation from '../../wgsl/lib/gate-activation.wgsl?raw';
import activationNone from '../../wgsl/lib/gate-activation-none.wgsl?raw';
import bias from '../../wgsl/matmul/bias.wgsl?raw';
import biasNone from '../../wgsl/matmul/bias-none.wgsl?raw';
import cacheRows from '../../wgsl/lib/cache-rows.wgsl?raw';
import cacheRowsRing from '../../wgsl/lib/cache-rows-ring.wgsl?raw';
import foldPlain from '../../wgsl/lib/fold-plain.wgsl?raw';
import foldSubgroup from '../../wgsl/lib/fold-subgroup.wgsl?raw';
import m0e4F16 from '../../wgsl/lib/weights/m0e4-unpack-f16.wgsl?raw';
import m0e4F32 from '../../wgsl/lib/weights/m0e4-unpack-f32.wgsl?raw';
import norm from '../../wgsl/matmul/norm.wgsl?raw';
import normNone from '../../wgsl/matmul/norm-none.wgsl?raw';
import weightsF16 from '../../wgsl/lib/weights/f16.wgsl?raw';
import weightsF16Scalar from '../../wgsl/lib/weights/f16-scalar.wgsl?raw';
import weightsF32 from '../../wgsl/lib/weights/f32.wgsl?raw';
import weightsF32Scalar from '../../wgsl/lib/weights/f32-scalar.wgsl?raw';
import weightsM0e4 from '../../wgsl/lib/weights/m0e4.wgsl?raw';
import weightsQ8 from '../../wgsl/lib/weights/q8.wgsl?raw';
import weightsScalar from '../../wgsl/lib/weights/scalar.wgsl?raw';
import xLane from '../../wgsl/matmul/x-lane.wgsl?raw';
import xScalar from '../../wgsl/matmul/x-scalar.wgsl?raw';
import xVec4 from '../../wgsl/matmul/x-vec4.wgsl?raw';
import { type Dim, floordiv, mul } from '../symbolic/dim.ts';
import { isCell } from '../tensor/cells.ts';
import { dimOf, hasGroup, type TensorType } from '../tensor/tensor.ts';
import { cellHeader, cellParts } from './cell-parts.ts';
import { fixed, type KernelInput, needsF16, numberIn, typeIn } from './kernel.ts';

/** The parts that read weights, by dtype, by whether K is a multiple of 4, and by shader-f16. */
export function weightParts(node: KernelInput, weight: string): string[] {
  const type = typeIn(node, weight);
  const wide = columns(node, weight) % 4 === 0;
  if (type.dtype === 'm0e4') return [weightsM0e4, node.caps.f16 ? m0e4F16 : m0e4F32];
  if (type.dtype === 'q8') return [weightsQ8];
  if (isCell(type.dtype)) return cellParts(type, node.caps.f16);
  if (type.dtype === 'f16') return wide ? [weightsF16] : [weightsF16Scalar, weightsScalar];
  return wide ? [weightsF32] : [weightsF32Scalar, weightsScalar];
}

/** Header lines that the parts of {@link weightParts} need. */
export function weightHeader(node: KernelInput, weight: string): Record<string, string> {
  return cellHeader(typeIn(node, weight), node.segment?.value === weight ? node.segment.first : 0);
}

/** Constants that the parts of {@link weightParts} need. */
export function weightConstants(type: TensorType): Record<string, number> {
  return hasGroup(type.dtype) ? { GROUP_SHIFT: Math.log2((type.group ?? 32) / 32) } : {};
}

/** M0E4 and cells are unpacked in f16 wherever the device has it, whatever dtype activations have. */
export function weightUsesF16(node: KernelInput, weight: string): boolean {
  const { dtype } = typeIn(node, weight);
  return node.caps.f16 && (dtype === 'm0e4' || isCell(dtype));
}

/** Chunks of 32 weights in a stored row; grouped rows are padded to whole groups. */
export function chunks(node: KernelInput, weight: string): number {
  const { dtype, group = 32 } = typeIn(node, weight);
  const k = columns(node, weight);
  return hasGroup(dtype) ? Math.ceil(k / group) * (group / 32) : Math.ceil(k / 32);
}

/** The activation function of feed-forward blocks. */
export const activationPart = activation;

/** The part and header of a product with an activation function, or without. */
export const activationPartOf = ({ attributes }: KernelInput): string =>
  attributes.activation === undefined ? activationNone : activation;

export function activationHeader({ attributes: { activation: act } }: KernelInput): Record<string, string> {
  return {
    GELU: String(act === 'gelu_tanh'),
    EXACT: String(act === 'gelu'),
    SQUARED: String(act === 'relu2'),
  };
}

export function columns(node: KernelInput, name: string): number {
  return fixed(node, name, dimOf(typeIn(node, name), -1));
}

/** The parts for x, norm and bias of matrix products, in fours of x or in numbers of a lane. */
export function productParts(node: KernelInput, x: 'fours' | 'lanes' = 'fours'): string[] {
  return [
    x === 'lanes' ? xLane : columns(node, 'x') % 4 === 0 ? xVec4 : xScalar,
    node.types.norm === undefined ? normNone : norm,
    node.types.bias === undefined ? biasNone : bias,
  ];
}

/** The part that maps a position to a row: of the ring that holds `value`, or of any other cache. */
export function cacheRowPart(node: KernelInput, value: string): string {
  return node.rings?.[value] === undefined ? cacheRows : cacheRowsRing;
}

/** Parameters that {@link cacheRowPart} needs. `lowest` is a lower bound of the run's positions. */
export function ringParams(node: KernelInput, value: string, lowest: Dim): { lap: Dim; ring: number } {
  const ring = node.rings?.[value];
  return ring === undefined ? { lap: 0, ring: 0 } : { lap: mul(ring, floordiv(lowest, ring)), ring };
}

/** The part that sums over lanes: by subgroups where that variant is enabled. */
export function foldPart(node: KernelInput): string {
  return node.caps.variants?.subgroups === true ? foldSubgroup : foldPlain;
}

/** How many numbers of a head rotate, the distance between pairs, and the distance within a pair. */
export function rotaryParams(node: KernelInput): Record<'rotary' | 'step' | 'apart', number> {
  const rotary = numberIn(node, 'rotary');
  return node.attributes.pairs === true
    ? { rotary, step: 2, apart: 1 }
    : { rotary, step: 1, apart: rotary / 2 };
}

/** As in wgsl/lib/kv8-pack.wgsl: the most that workgroup memory has room for. */
const WIDEST_KV8 = 512;

export function acceptsKv8(node: KernelInput, value: string): true | string {
  const { dtype, group = 0 } = typeIn(node, value);
  if (dtype === 'kv8' && group > WIDEST_KV8) return `needs heads of at most ${WIDEST_KV8}`;
  return needsF16(node, 'x');
}
