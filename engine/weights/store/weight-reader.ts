/**
 * Reads rows of a stored model's tensors for upload. If a section is read in order from its first row, its checksum is
 * computed meanwhile and compared with the manifest after the last row. Rows read in another order are not checked.
 */
import { fail } from '../../base/errors.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { type Checksum, checksum } from '../integrity/checksum.ts';
import { matrix } from './manifest.ts';
import type { StoredTensor } from './manifest.ts';
import type { StoredFiles } from './open-model.ts';
import { pagedReads } from './paged-reads.ts';

/** The bytes of some rows. */
export interface StoredRows {
  /** Rows of f32, f16, m0e4 nibbles, q8 bytes or the main plane of cells. */
  readonly data: Uint8Array;
  /** Rows of scales, for m0e4 and q8; of the rest, for cells. */
  readonly scales?: Uint8Array;
}

/** Access to the weights of a stored model. */
export interface StoredWeights {
  /** Returns the type of a tensor; undefined if there is none of this name. */
  type(tensor: string): TensorType | undefined;
  /**
   * Reads `count` rows from `first`; a vector is one row. Throws `store-damaged` for a missing tensor or bad checksum.
   */
  read(tensor: string, first: number, count: number, signal?: AbortSignal): Promise<StoredRows>;
  /** Reads some rows of a matrix in their order, with one read for each range of neighbours; nothing is checked. */
  readRows(tensor: string, rows: readonly number[], signal?: AbortSignal): Promise<StoredRows>;
}

export const WEIGHTS_FILE = 'weights.bin';

/** Opens `weights.bin`. Throws `store-damaged` if it is missing or shorter than the manifest says. */
export async function storedWeights(model: StoredFiles): Promise<StoredWeights> {
  const file = await model.file(WEIGHTS_FILE);
  const tensors = new Map(model.manifest.tensors.map((t) => [t.name, t]));
  const last = model.manifest.tensors
    .flatMap((t) => t.sections)
    .reduce((n, s) => Math.max(n, s.offset + s.bytes), 0);
  if (file.size < last) {
    fail('store-damaged', {
      who: model.manifest.name,
      where: WEIGHTS_FILE,
      message: 'the file is truncated',
      expected: `${last} bytes`,
      got: `${file.size} bytes`,
    });
  }
  const checks = new Map<string, SectionCheck>();
  const paged = pagedReads((...at) => file.read(...at), file.size);
  const section: ReadSection = async (tensor, s, first, count, signal) => {
    const { offset, bytes, checksum: expected } = tensor.sections[s] as StoredTensor['sections'][number];
    const rowBytes = bytes / matrix(tensor.shape).rows;
    const data = await paged(offset + first * rowBytes, count * rowBytes, signal);
    const key = `${tensor.name}/${s}`;
    const check = checks.get(key) ?? { next: 0, sum: checksum() };
    if (first * rowBytes === check.next) {
      check.sum.add(data);
      check.next += data.length;
      if (check.next === bytes && check.sum.value() !== expected)
        damaged(model, tensor, expected, check.sum.value());
      checks.set(key, check);
    }
    return data;
  };
  return readerOf(tensors, model.manifest.name, section, (...at) => file.read(...at));
}

/** Weights of a file that is being written. Nothing is checked: the checksums are known when the file is complete. */
export function writtenWeights(
  name: string,
  tensors: readonly StoredTensor[],
  read: (offset: number, length: number) => Promise<Uint8Array>,
): StoredWeights {
  const byName = new Map(tensors.map((t) => [t.name, t]));
  return readerOf(byName, name, (tensor, s, first, count) => read(...placeOf(tensor, s, first, count)), read);
}

/** Offset and length of rows in the file. */
function placeOf(tensor: StoredTensor, section: number, first: number, count: number): [number, number] {
  const { offset, bytes } = tensor.sections[section] as StoredTensor['sections'][number];
  const rowBytes = bytes / matrix(tensor.shape).rows;
  return [offset + first * rowBytes, count * rowBytes];
}

type ReadPlace = (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;

/** All ranges are read at once. */
async function rowsOfSection(
  read: ReadPlace,
  tensor: StoredTensor,
  section: number,
  rows: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const [, rowBytes] = placeOf(tensor, section, 0, 1);
  const out = new Uint8Array(rows.length * rowBytes);
  const order = [...rows.keys()].sort((a, b) => (rows[a] as number) - (rows[b] as number));
  const ranges: { first: number; places: number[] }[] = [];
  for (const place of order) {
    const row = rows[place] as number;
    const last = ranges.at(-1);
    if (last !== undefined && row === last.first + last.places.length) last.places.push(place);
    else ranges.push({ first: row, places: [place] });
  }
  await Promise.all(
    ranges.map(async ({ first, places }) => {
      const bytes = await read(...placeOf(tensor, section, first, places.length), signal);
      for (const [i, place] of places.entries())
        out.set(bytes.subarray(i * rowBytes, (i + 1) * rowBytes), place * rowBytes);
    }),
  );
  return out;
}

type ReadSection = (
  tensor: StoredTensor,
  section: number,
  first: number,
  count: number,
  signal?: AbortSignal,
) => Promise<Uint8Array>;

function readerOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  model: string,
  section: ReadSection,
  readPlace: ReadPlace,
): StoredWeights {
  const named = (name: string): StoredTensor =>
    tensors.get(name) ??
    fail('store-damaged', {
      who: model,
      where: `tensor ${name}`,
      message: 'the store lacks a tensor',
      expected: name,
      got: 'nothing',
    });
  return {
    type(name) {
      const t = tensors.get(name);
      return t && { dtype: t.dtype, shape: t.shape, ...(t.group === undefined ? {} : { group: t.group }) };
    },
    async read(name, first, count, signal) {
      const tensor = named(name);
      const data = await section(tensor, 0, first, count, signal);
      return tensor.sections.length === 1
        ? { data }
        : { data, scales: await section(tensor, 1, first, count, signal) };
    },
    async readRows(name, rows, signal) {
      const tensor = named(name);
      const [data, scales] = await Promise.all(
        tensor.sections.map((_, s) => rowsOfSection(readPlace, tensor, s, rows, signal)),
      );
      return { data: data as Uint8Array, ...(scales === undefined ? {} : { scales }) };
    },
  };
}

/** How far a section was read in order: `next` is an offset in bytes. */
interface SectionCheck {
  next: number;
  readonly sum: Checksum;
}

function damaged(model: StoredFiles, tensor: StoredTensor, expected: number, got: number): never {
  fail('store-damaged', {
    who: model.manifest.name,
    where: `${WEIGHTS_FILE}, tensor ${tensor.name}`,
    message: 'the stored bytes have changed since the import',
    expected: `checksum ${expected.toString(16)}`,
    got: got.toString(16),
  });
}
