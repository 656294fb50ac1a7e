/**
 * Lays out the parameters of a program's dispatches in one uniform buffer. Equal blocks, which the layers of a model
 * have, share memory. Numbers are written once, dims by every step (`program.ts`).
 */
import { type Buffer, createBuffer, type Gpu, writeBuffer } from '../../gpu/index.ts';
import type { Specialised } from '../../kernels/kernel.ts';
import type { ParamLayout } from '../../kernels/shader.ts';
import { type Dim, isConstant, print } from '../../symbolic/dim.ts';

export interface Params {
  readonly buffer: Buffer;
  readonly staging: Uint8Array<ArrayBuffer>;
  /** Byte offset of each dispatch's block. */
  readonly offsets: readonly number[];
  /** Dims that a step evaluates, and the indices of their words in the staging memory. */
  readonly dims: readonly Dim[];
  readonly words: readonly number[];
}

export function layOut(gpu: Gpu, steps: readonly Specialised[]): Params {
  const alignment = gpu.facts.limits.minUniformBufferOffsetAlignment ?? 256;
  const blocks = new Map<string, { offset: number; layout: ParamLayout; params: readonly Dim[] }>();
  let size = 0;
  const offsets = steps.map(({ layout, params }) => {
    const key = layout.fields.map((field, i) => `${field.type} ${print(params[i] as Dim)}`).join();
    const known = blocks.get(key);
    if (known !== undefined) return known.offset;
    const offset = Math.ceil(size / alignment) * alignment;
    size = offset + layout.size;
    blocks.set(key, { offset, layout, params });
    return offset;
  });
  const staging = new Uint8Array(size);
  const view = new DataView(staging.buffer);
  const dims: Dim[] = [];
  const words: number[] = [];
  for (const { offset, layout, params } of blocks.values()) {
    layout.fields.forEach((field, i) => {
      const value = params[i] as Dim;
      if (!isConstant(value)) {
        dims.push(value);
        words.push((offset + field.offset) / 4);
      } else if (field.type === 'f32') view.setFloat32(offset + field.offset, value, true);
      else view.setUint32(offset + field.offset, value, true);
    });
  }
  const buffer = createBuffer(gpu, 'parameters', size, 'params');
  writeBuffer(gpu, buffer, 0, staging);
  return { buffer, staging, offsets, dims, words };
}
