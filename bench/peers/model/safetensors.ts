/** Writes the model as a Hugging Face checkpoint. Every weight is a half, which holds (q − 8)·d exactly. */
import { f16FromF32 } from '../../../engine/bench.ts';
import type { Shape } from '../../shapes.ts';
import { asBytes, type FilePart, utf8 } from './file-parts.ts';
import { BLOCK, blocksOf, matricesOf, normsOf, type WeightBlocks } from './random-model.ts';

export function safetensorsOf(shape: Shape, layers: number): FilePart[] {
  const header: Record<string, object> = {};
  const parts: FilePart[] = [];
  let at = 0;
  const add = (name: string, dims: readonly number[], make: () => Uint8Array) => {
    const length = dims.reduce((n, d) => n * d, 2);
    header[name] = { dtype: 'F16', shape: dims, data_offsets: [at, at + length] };
    parts.push({ length, make });
    at += length;
  };
  for (const matrix of matricesOf(shape, layers))
    add(matrix.name, [matrix.rows, matrix.columns], () => halves(blocksOf(matrix)));
  for (const { name, width } of normsOf(shape, layers))
    add(name, [width], () => asBytes(new Uint16Array(width).fill(f16FromF32(1))));
  const json = utf8(JSON.stringify(header));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(json.length), true);
  return [size, json, ...parts];
}

function halves({ nibbles, scales }: WeightBlocks): Uint8Array {
  const out = new Uint16Array(nibbles.length);
  // There are only 64 different scales per power of two and 16 nibbles, so products are looked up in tables.
  const table = new Map<number, Uint16Array>();
  for (let block = 0; block < scales.length; block++) {
    const d = scales[block] as number;
    let values = table.get(d);
    if (values === undefined) {
      values = Uint16Array.from({ length: 16 }, (_, q) => f16FromF32((q - 8) * d));
      table.set(d, values);
    }
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) out[i] = values[nibbles[i] as number] as number;
  }
  return asBytes(out);
}
