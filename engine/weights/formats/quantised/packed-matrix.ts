/**
 * A matrix of few bits that a checkpoint splits into several tensors (integers, scales, zeros) is put together row by row
 * while it is read, so that callers see one tensor of rows. Its rows are those of a cell (tensor/cells.ts): every published
 * bit stays. Where no cell fits the shape, or the groups of a row are not in order, its rows are halves: each weight is the
 * formula's, rounded once to f16.
 */
import { dequantiseCells, scaleOf, valuesOf } from '../../../quant/cells/dequantise.ts';
import { type CellRows, packRow, rowOf } from '../../../quant/cells/planes.ts';
import { nearestPair, sumsOf } from '../../../quant/m0e4-pair.ts';
import { type M0e4Rows, nibbleShift } from '../../../quant/m0e4.ts';
import { f16Array, f16FromF32 } from '../../../tensor/f16.ts';
import {
  CELL_GROUPS,
  type CellBits,
  type CellName,
  cellForm,
  cellGroup,
  cellRow,
  integerCell,
  isCell,
} from '../../../tensor/cells.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import type { RowFormat } from '../row-format.ts';
import { type ByteSource, collect, PIECE } from '../../sources/byte-source.ts';

/** What a matrix is made of: w = s·(q − z), w = s·q + b, or w = s·value(q). */
export interface PackedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Bits of a whole number, or the type that its bits name. */
  readonly type: CellBits | 'nf4' | 'fp4' | 'e4m3';
  /** Type of the published scales, which are kept as they are. */
  readonly scales: 'F16' | 'BF16' | 'F32';
  /** Whether a group has a whole zero point, or an offset of the scales' type; types by name have neither. */
  readonly second: 'zero' | 'offset' | 'none';
  /** Neighbouring weights in a row that share a scale; the last group of a row may be shorter. */
  readonly group: number;
  /** The groups of a row are not neighbours: {@link PackedRows.order} tells them. */
  readonly unordered?: boolean;
}

/** Rows while they are filled. */
export interface PackedBlock {
  /** [count, columns] */
  readonly q: Uint8Array;
  /** [count, groups] */
  readonly s: Float32Array;
  /** z or b: [count, groups]. */
  readonly second: Float32Array;
}

/** Reads rows one after the other. */
export interface PackedRows {
  /** Writes rows [first, first + count). Calls follow one another without a gap. */
  fill(first: number, count: number, into: PackedBlock): Promise<void> | void;
  /** The group of each column, where groups are not in order. */
  readonly order?: Int32Array;
  close?(): Promise<void>;
}

/** Begins to read at a row. */
export type OpenRows = (first: number, signal?: AbortSignal) => Promise<PackedRows>;

/** Groups of a row. */
export const groupsOf = ({ columns, group }: Pick<PackedMatrix, 'columns' | 'group'>): number =>
  Math.ceil(columns / group);

/**
 * The tensor `name`, of shape [rows, columns]. `format` is for messages; `tags` those of the sources that it is made of, so
 * that an import can go on.
 */
export function packedTensor(
  name: string,
  format: string,
  matrix: PackedMatrix,
  tags: readonly (string | undefined)[],
  open: OpenRows,
): CheckpointTensor {
  const cell = cellOf(matrix);
  const source = rowSource(`${name} (${format})`, matrix, cell, tags, open);
  return {
    name,
    dtype: cell === undefined ? 'F16' : format,
    shape: [matrix.rows, matrix.columns],
    offset: 0,
    bytes: source.size,
    source,
    ...(cell === undefined ? { quantised: true } : { rows: rowFormat(cell, matrix.columns) }),
  };
}

/** The cell that keeps all bits; undefined where rows are not whole blocks of one. */
function cellOf({ columns, group, type, scales, second, unordered }: PackedMatrix): CellName | undefined {
  const fits = CELL_GROUPS.findLast((g) => columns % g === 0 && (group % g === 0 || group >= columns));
  if (fits === undefined || unordered === true) return undefined;
  if (typeof type === 'number') {
    const own = scales === 'F16' ? 'f16' : scales === 'BF16' ? 'bf16' : 'f32';
    return integerCell(type, second === 'zero' && own !== 'f32' ? `${own}z` : own, fits);
  }
  const name = type === 'e4m3' ? `e4m3_${fits}` : type;
  return isCell(name) && fits % cellGroup(name) === 0 ? name : undefined;
}

function rowSource(
  name: string,
  matrix: PackedMatrix,
  cell: CellName | undefined,
  tags: readonly (string | undefined)[],
  open: OpenRows,
): ByteSource {
  const { rows, columns } = matrix;
  const groups = groupsOf(matrix);
  const rowBytes = cell === undefined ? 2 * columns : bytesOfCells(cell, columns);
  const perPiece = Math.max(1, Math.floor(PIECE / Math.max(rowBytes, columns)));
  async function* stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    let first = Math.floor(offset / rowBytes);
    const end = offset + length;
    const from = await open(first, signal);
    try {
      for (; first * rowBytes < end; first += perPiece) {
        const count = Math.min(perPiece, rows - first);
        const block: PackedBlock = {
          q: new Uint8Array(count * columns),
          s: new Float32Array(count * groups),
          second: new Float32Array(count * groups),
        };
        await from.fill(first, count, block);
        const piece =
          cell === undefined ? halves(matrix, block, from.order) : cells(cell, matrix, block, count);
        const at = first * rowBytes;
        yield piece.subarray(Math.max(0, offset - at), Math.min(piece.length, end - at));
      }
    } finally {
      await from.close?.();
    }
  }
  const tagged = tags.every((tag) => tag !== undefined);
  return {
    name,
    size: rows * rowBytes,
    ...(tagged ? { tag: [...new Set(tags)].join(' ') } : {}),
    stream,
    read: (offset, length, signal) => collect(name, stream(offset, length, signal), length),
  };
}

function bytesOfCells(cell: CellName, columns: number): number {
  const { main, rest } = rowOf(cell, columns);
  return 4 * (main + rest);
}

/** Rows as the cell has them: its two parts, one after the other. */
function cells(cell: CellName, matrix: PackedMatrix, block: PackedBlock, count: number): Uint8Array {
  const { columns, group } = matrix;
  const row = rowOf(cell, columns);
  const width = cellGroup(cell);
  const groups = groupsOf(matrix);
  const words = new Uint32Array(count * (row.main + row.rest));
  const put = WRITERS[cellForm(cell).scales];
  for (let i = 0; i < count; i++) {
    const main = i * (row.main + row.rest);
    const rest = main + row.main;
    packRow(cell, block.q.subarray(i * columns, (i + 1) * columns), { main: words, rest: words }, main, rest);
    for (let g = 0; g < columns / width; g++) {
      const at = i * groups + Math.floor((g * width) / group);
      const [s, second] = [block.s[at] as number, block.second[at] as number];
      // A scale in f32 has its zero point multiplied in, which is exact to f32.
      const b = matrix.second === 'zero' && matrix.scales === 'F32' ? -s * second : second;
      put?.(words, rest + row.extra, g, s, b);
    }
  }
  return new Uint8Array(words.buffer);
}

type WriteScale = (words: Uint32Array, at: number, g: number, s: number, second: number) => void;

const asBits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] as number;

const WRITERS: Readonly<Record<string, WriteScale>> = {
  pair: (words, at, g, s, b) => {
    words[at + g] = f16FromF32(s) | (f16FromF32(b) << 16);
  },
  'pair-bf16': (words, at, g, s, b) => {
    words[at + g] = (asBits(s) >>> 16) | (asBits(b) & 0xffff0000);
  },
  'pair-f32': (words, at, g, s, b) => {
    words[at + 2 * g] = asBits(s);
    words[at + 2 * g + 1] = asBits(b);
  },
  zero: (words, at, g, s, z) => {
    words[at + g] = f16FromF32(s) | (z << 16);
  },
  'zero-bf16': (words, at, g, s, z) => {
    words[at + g] = (asBits(s) >>> 16) | (z << 16);
  },
  single: (words, at, g, s) => {
    words[at + g] = asBits(s);
  },
};

/** Rows as halves: the formula, rounded once. */
function halves(matrix: PackedMatrix, { q, s, second }: PackedBlock, order?: Int32Array): Uint8Array {
  const { columns, group, type } = matrix;
  const values = typeof type === 'number' ? undefined : valuesOf(type === 'e4m3' ? 'e4m3_32' : type);
  const groups = groupsOf(matrix);
  const out = new Float32Array(q.length);
  for (let i = 0; i < q.length; i++) {
    const column = i % columns;
    const at = ((i - column) / columns) * groups + (order?.[column] ?? Math.floor(column / group));
    const [scale, more] = [s[at] as number, second[at] as number];
    const value = values?.[q[i] as number] ?? (q[i] as number);
    out[i] = matrix.second === 'zero' ? scale * (value - more) : scale * value + more;
  }
  return new Uint8Array(f16Array(out).buffer);
}

function rowFormat(cell: CellName, columns: number): RowFormat {
  const { main, rest } = rowOf(cell, columns);
  const split = (bytes: Uint8Array): CellRows => {
    const words = new Uint32Array(bytes.slice().buffer);
    const rows = words.length / (main + rest);
    const stored = { main: new Uint32Array(rows * main), rest: new Uint32Array(rows * rest) };
    for (let n = 0; n < rows; n++) {
      const at = n * (main + rest);
      stored.main.set(words.subarray(at, at + main), n * main);
      stored.rest.set(words.subarray(at + main, at + main + rest), n * rest);
    }
    return stored;
  };
  const group = cellGroup(cell);
  const isNibble = /^u4_/.test(cell);
  return {
    ...(isNibble ? { group } : {}),
    cell,
    cells: split,
    widen: (bytes) => dequantiseCells(cell, split(bytes), columns),
    m0e4: (bytes, k, asked) =>
      isNibble && asked === group ? nibblesOf(cell, split(bytes), k, group) : undefined,
  };
}

/** The nibbles of M0E4, which a cell of four bits has in the same order, and the nearest pairs of halves. */
function nibblesOf(cell: CellName, stored: CellRows, k: number, group: number): M0e4Rows {
  const { rest } = cellRow(cell, k) as { rest: number };
  const rows = (8 * stored.main.length) / k;
  const scales = new Uint32Array((rows * k) / group);
  for (let n = 0; n < rows; n++) {
    for (let g = 0; g < k / group; g++) {
      const [s, b] = scaleOf(cellForm(cell).scales, stored.rest, n * rest, g);
      const sums = nibbleSums(stored.main, n * k + g * group, group);
      // s·q + b = 16·s·(1 + q/16) + b − 16·s
      scales[(n * k) / group + g] = nearestPair(16 * s, b - 16 * s, sums).scale;
    }
  }
  return { nibbles: stored.main, scales };
}

function nibbleSums(words: Uint32Array, from: number, count: number) {
  let [sum, squares] = [0, 0];
  for (let i = from; i < from + count; i++) {
    const q = ((words[i >>> 3] as number) >>> nibbleShift(i)) & 15;
    sum += q;
    squares += q * q;
  }
  return sumsOf(count, sum, squares);
}
