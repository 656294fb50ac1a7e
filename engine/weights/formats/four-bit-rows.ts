/**
 * Combines 4-bit weights that a checkpoint splits into several tensors (nibbles, scales, zeros) row by row while they
 * are read, so that callers see one tensor of rows. GPTQ and AWQ: `gptq.ts`; MLC: `mlc.ts`.
 *
 * A row in bytes: columns/2 of nibbles in M0E4's order (engine/quant/m0e4.ts), then for each group an f32 scale
 * and an f32 zero: w = scale·(q − zero).
 */
import { fail } from '../../base/errors.ts';
import { M0E4_GROUPS, type M0e4Rows } from '../../quant/m0e4.ts';
import { nearestPair, sumsOf } from '../../quant/m0e4-pair.ts';
import type { CheckpointTensor } from './checkpoint-tensor.ts';
import type { RowFormat } from './row-format.ts';
import { type ByteSource, collect, PIECE } from '../sources/byte-source.ts';

/** Size of a 4-bit matrix and of its quantisation groups, in weights. */
export interface FourBitShape {
  readonly rows: number;
  /** A multiple of the group. */
  readonly columns: number;
  /** Number of neighbouring weights in a row that share scale and zero. */
  readonly group: number;
}

/** Writes rows [first, first + count) into `into`, whose arrays are large enough. */
export type FillRows = (first: number, count: number, into: FourBitBlock) => Promise<void>;

/** `count` rows, as words and as numbers. */
export interface FourBitBlock {
  /** u32[count, columns / 8] */
  readonly words: Uint32Array;
  /** f32[count, groups, 2]: scale, zero. */
  readonly pairs: Float32Array;
}

/**
 * Returns a tensor of shape [rows, columns] with its row format. `open` is called once per stream; the memory it holds
 * is released when the stream ends. Throws `model-unknown` for a group size that the store cannot hold.
 */
export function fourBitTensor(
  name: string,
  format: string,
  shape: FourBitShape,
  open: (signal?: AbortSignal) => Promise<FillRows>,
): CheckpointTensor {
  const { rows, columns } = shape;
  const source = rowSource(`${name} (${format})`, shape, open);
  return {
    name,
    dtype: format,
    shape: [rows, columns],
    offset: 0,
    bytes: source.size,
    source,
    rows: rowFormat(shape),
  };
}

function rowSource(
  name: string,
  { rows, columns, group }: FourBitShape,
  open: (signal?: AbortSignal) => Promise<FillRows>,
): ByteSource {
  const groups = columns / group;
  const rowBytes = columns / 2 + groups * 8;
  const perPiece = Math.max(1, Math.floor(PIECE / rowBytes));
  async function* stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const fill = await open(signal);
    const end = offset + length;
    for (let first = Math.floor(offset / rowBytes); first * rowBytes < end; first += perPiece) {
      const count = Math.min(perPiece, rows - first);
      const words = new Uint32Array((count * columns) / 8);
      const pairs = new Float32Array(count * groups * 2);
      await fill(first, count, { words, pairs });
      const piece = new Uint8Array(count * rowBytes);
      const [nibbles, numbers] = [new Uint8Array(words.buffer), new Uint8Array(pairs.buffer)];
      for (let i = 0; i < count; i++) {
        piece.set(nibbles.subarray((i * columns) / 2, ((i + 1) * columns) / 2), i * rowBytes);
        piece.set(numbers.subarray(i * groups * 8, (i + 1) * groups * 8), i * rowBytes + columns / 2);
      }
      const at = first * rowBytes;
      yield piece.subarray(Math.max(0, offset - at), Math.min(piece.length, end - at));
    }
  }
  return {
    name,
    size: rows * rowBytes,
    stream,
    read: (offset, length, signal) => collect(name, stream(offset, length, signal), length),
  };
}

/** The largest store group that divides this one; throws `model-unknown` if none does. */
function storeGroup(group: number): number {
  const fits = M0E4_GROUPS.findLast((g) => group % g === 0);
  if (fits !== undefined) return fits;
  return fail('model-unknown', {
    who: 'config.json',
    where: 'group_size',
    message: 'groups of this size cannot be stored',
    expected: `a multiple of ${M0E4_GROUPS[0]}`,
    got: group,
  });
}

function rowFormat({ columns, group }: FourBitShape): RowFormat {
  const groups = columns / group;
  const rowBytes = columns / 2 + groups * 8;
  const target = storeGroup(group);
  const parts = (bytes: Uint8Array, row: number) => ({
    words: new Uint32Array(bytes.slice(row * rowBytes, row * rowBytes + columns / 2).buffer),
    pairs: new Float32Array(bytes.slice(row * rowBytes + columns / 2, (row + 1) * rowBytes).buffer),
  });
  return {
    group: target,
    widen(bytes) {
      const rows = bytes.length / rowBytes;
      const out = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        const { words, pairs } = parts(bytes, row);
        for (let i = 0; i < columns; i++) {
          const at = 2 * Math.floor(i / group);
          out[row * columns + i] = (pairs[at] as number) * (nibbleAt(words, i) - (pairs[at + 1] as number));
        }
      }
      return out;
    },
    m0e4(bytes, k, asked): M0e4Rows | undefined {
      if (asked !== target) return undefined;
      const rows = bytes.length / rowBytes;
      const nibbles = new Uint32Array((rows * k) / 8);
      const scales = new Uint32Array((rows * k) / target);
      for (let row = 0; row < rows; row++) {
        const { words, pairs } = parts(bytes, row);
        nibbles.set(words, (row * k) / 8);
        for (let g = 0; g < k / target; g++) {
          const at = 2 * Math.floor((g * target) / group);
          const [scale, zero] = [pairs[at] as number, pairs[at + 1] as number];
          const sums = nibbleSums(words, g * target, target);
          // scale·(q − zero) = s·(1 + q/16) + b
          scales[(row * k) / target + g] = nearestPair(16 * scale, -(16 + zero) * scale, sums).scale;
        }
      }
      return { nibbles, scales };
    },
  };
}

function nibbleSums(words: Uint32Array, from: number, count: number) {
  let [sum, squares] = [0, 0];
  for (let i = from; i < from + count; i++) {
    const q = nibbleAt(words, i);
    sum += q;
    squares += q * q;
  }
  return sumsOf(count, sum, squares);
}

function nibbleAt(words: Uint32Array, i: number): number {
  return ((words[i >>> 3] as number) >>> (((i & 1) << 4) + ((i & 6) << 1))) & 15;
}

/** Reorders a word with element i in bits 4i into M0E4's order: even elements in the low half, odd in the high half. */
export function toM0e4Word(word: number): number {
  return (gathered(word & 0x0f0f0f0f) | (gathered((word >>> 4) & 0x0f0f0f0f) << 16)) >>> 0;
}

/** Nibbles at bits 0, 8, 16, 24 → 0, 4, 8, 12. */
function gathered(x: number): number {
  const pairs = (x | (x >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}
