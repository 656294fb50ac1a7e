/**
 * Lays out the parameters of a program's dispatches in one uniform buffer. Equal blocks, which the layers of a model
 * have, share memory. Numbers are written once, dims by every step (`program.ts`): blocks with dims come first, so that a
 * step writes no others.
 */
import { invariant } from '../../base/errors.ts';
import { type Buffer, createBuffer, type Gpu, writeBuffer } from '../../gpu/index.ts';
import type { ImmediateWord } from '../../kernels/immediates.ts';
import type { Specialised } from '../../kernels/kernel.ts';
import type { ParamLayout, ParamType } from '../../kernels/shader.ts';
import { type Dim, isConstant, print } from '../../symbolic/dim.ts';

export interface Params {
  readonly buffer: Buffer;
  /** What a step writes, at the beginning of the buffer. Empty where all blocks are constant. */
  readonly staging: Uint8Array<ArrayBuffer>;
  /** What a pass sets as immediates; empty without that form. */
  readonly immediates: Uint32Array<ArrayBuffer>;
  /** The words that a step's dims go to: those of immediates where there are any, else those of the buffer. */
  readonly staged: Uint32Array<ArrayBuffer>;
  /** Byte offset of each dispatch's block. */
  readonly offsets: readonly number[];
  /** Dims that a step evaluates, and the index of each among the staged words. */
  readonly dims: readonly Dim[];
  readonly words: readonly number[];
}

/** `immediate`: the words that a pass sets in place of parameters in the buffer. */
export function layOut(
  gpu: Gpu,
  steps: readonly Specialised[],
  immediate: readonly ImmediateWord[] = [],
): Params {
  const alignment = gpu.facts.limits.minUniformBufferOffsetAlignment ?? 256;
  const keys = steps.map(({ layout, params }) =>
    layout.fields.map((field, i) => `${field.type} ${print(params[i] as Dim)}`).join(),
  );
  const distinct = [...new Map(steps.map((step, i) => [keys[i] as string, step]))];
  const constant = ({ params }: Specialised) => params.every(isConstant);
  const [varying, fixed] = [false, true].map((is) => distinct.filter(([, step]) => constant(step) === is));
  const blocks = new Map<string, { offset: number; layout: ParamLayout; params: readonly Dim[] }>();
  let size = 0;
  let written = 0;
  for (const [key, { layout, params }] of [...(varying ?? []), ...(fixed ?? [])]) {
    const offset = Math.ceil(size / alignment) * alignment;
    size = offset + layout.size;
    if (blocks.size < (varying?.length ?? 0)) written = size;
    blocks.set(key, { offset, layout, params });
  }
  const offsets = keys.map((key) => blocks.get(key)?.offset as number);
  const bytes = new Uint8Array(size);
  const immediates = new Uint32Array(immediate.length);
  const dims: Dim[] = [];
  const words: number[] = [];
  const put = (to: ArrayBuffer, offset: number, type: ParamType, value: Dim) => {
    if (!isConstant(value)) {
      dims.push(value);
      words.push(offset / 4);
    } else if (type === 'f32') new DataView(to).setFloat32(offset, value, true);
    else new DataView(to).setUint32(offset, value, true);
  };
  for (const [i, { type, value }] of immediate.entries()) put(immediates.buffer, i * 4, type, value);
  const moved = dims.length;
  for (const { offset, layout, params } of blocks.values()) {
    for (const [i, field] of layout.fields.entries())
      put(bytes.buffer, offset + field.offset, field.type, params[i] as Dim);
  }
  invariant(moved === 0 || dims.length === moved, 'parameters', 'a dim is neither here nor there');
  const buffer = createBuffer(gpu, 'parameters', size, 'params');
  writeBuffer(gpu, buffer, 0, bytes);
  return {
    buffer,
    staging: bytes.subarray(0, written),
    immediates,
    staged: moved > 0 ? immediates : new Uint32Array(bytes.buffer),
    offsets,
    dims,
    words,
  };
}
