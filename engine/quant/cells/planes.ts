/** Packs and reads the planes of bits of a row cell (`tensor/cells.ts`). */
import { invariant } from '../../base/errors.ts';
import { type CellName, type CellRow, cellBlock, cellForm, cellRow } from '../../tensor/cells.ts';

/** Stored rows of a matrix. */
export interface CellRows {
  /** u32[rows, main]: the upper bits of each weight. */
  readonly main: Uint32Array;
  /** u32[rows, rest]: the lower bits of each weight, then the scales. */
  readonly rest: Uint32Array;
}

/** The sizes of a row of `k` weights. Throws `internal` where these are not whole blocks. */
export function rowOf(cell: CellName, k: number): CellRow {
  const row = cellRow(cell, k);
  invariant(row !== undefined, cell, `${k} weights are not whole blocks of ${cellBlock(cell)}`);
  return row;
}

/** Packs integers of a row: `q[i]` has main + extra bits. Words from `mainAt` and `restAt` on must be zero. */
export function packRow(
  cell: CellName,
  q: Uint8Array,
  { main, rest }: CellRows,
  mainAt: number,
  restAt: number,
): void {
  const form = cellForm(cell);
  packPlane(q, form.extra, form.main, main, mainAt);
  if (form.extra > 0) packPlane(q, 0, form.extra, rest, restAt);
}

/** Packs bits `from` … `from + bits − 1` of each q. */
function packPlane(q: Uint8Array, from: number, bits: number, words: Uint32Array, at: number): void {
  const perWord = 32 / bits;
  const mask = (1 << bits) - 1;
  for (let i = 0, word = at; i < q.length; word++) {
    let packed = 0;
    for (let shift = 0; shift < 16; shift += bits, i += 2) {
      packed |= (((q[i] as number) >> from) & mask) << shift;
      packed |= (((q[i + 1] as number) >> from) & mask) << (shift + 16);
    }
    words[word] = packed;
  }
  invariant(q.length % perWord === 0, 'cells', `${q.length} weights are not whole words of ${perWord}`);
}

/** The integer of weight `i` of a row. */
export function readCell(
  cell: CellName,
  { main, rest }: CellRows,
  mainAt: number,
  restAt: number,
  i: number,
): number {
  const form = cellForm(cell);
  const upper = readPlane(main, mainAt, form.main, i);
  return form.extra === 0 ? upper : (upper << form.extra) | readPlane(rest, restAt, form.extra, i);
}

function readPlane(words: Uint32Array, at: number, bits: number, i: number): number {
  const perWord = 32 / bits;
  const within = i % perWord;
  const shift = bits * (within >> 1) + 16 * (within & 1);
  return ((words[at + Math.floor(i / perWord)] as number) >>> shift) & ((1 << bits) - 1);
}
