/** Plausible random weights that are cheap to generate: every row repeats one random block. */
import {
  encodeCells,
  isCell,
  m0e4Layout,
  q8Layout,
  seededRandom,
  type TensorType,
  type WeightSource,
} from '../engine/bench.ts';

/** Scale and bias of every group: 16 values around zero with a step of about 0.003. */
const S = 0x2a00; // 0.046875 as a half
const B = 0xac80; // −0.0703125 = −1.5·s as a half
/** Scale of signed bytes: weights in ±0.06. */
const S8 = 0x0fdf; // 0.00048 as a half

export function randomWeights(types: ReadonlyMap<string, TensorType>): WeightSource {
  const random = seededRandom(1);
  const noise = Uint8Array.from({ length: 1 << 20 }, () => random() * 256);
  return {
    type: (tensor) => types.get(tensor),
    async read(tensor, _first, count) {
      const type = types.get(tensor) as TensorType;
      const k = type.shape.at(-1) as number;
      if (type.shape.length === 1) return { data: new Uint8Array(new Float32Array(k).fill(1).buffer) };
      if (type.dtype === 'q8') {
        const { dataBytes, groups } = q8Layout(k, type.group ?? 32);
        const scales = new Uint32Array(count * groups).fill(S8);
        return { data: repeated(noise, count * dataBytes), scales: new Uint8Array(scales.buffer) };
      }
      if (type.dtype === 'm0e4') {
        const { nibbleBytes, groups } = m0e4Layout(k, type.group ?? 32);
        const scales = new Uint32Array(count * groups).fill(((B << 16) | S) >>> 0);
        return { data: repeated(noise, count * nibbleBytes), scales: new Uint8Array(scales.buffer) };
      }
      if (isCell(type.dtype)) {
        const rows = encodeCells(
          type.dtype,
          Float32Array.from({ length: 8 * k }, () => (random() - 0.5) * 0.1),
          k,
        );
        const [main, rest] = [rows.main, rows.rest].map((part) =>
          repeated(new Uint8Array(part.buffer as ArrayBuffer), (count * part.byteLength) / 8),
        ) as [Uint8Array, Uint8Array];
        return { data: main, scales: rest };
      }
      const numbers = Float32Array.from({ length: 4096 }, () => (random() - 0.5) * 0.1);
      if (type.dtype === 'f32') return { data: repeated(new Uint8Array(numbers.buffer), count * k * 4) };
      // Halves in ±[2^-6, 2^-4): only exponents 9 and 10, so none is NaN.
      const halves = Uint16Array.from(
        { length: 4096 },
        () => (random() * 0x800) | 0x2400 | (random() < 0.5 ? 0x8000 : 0),
      );
      return { data: repeated(new Uint8Array(halves.buffer), count * k * 2) };
    },
  };
}

function repeated(block: Uint8Array, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += block.length) out.set(block.subarray(0, bytes - at), at);
  return out;
}
