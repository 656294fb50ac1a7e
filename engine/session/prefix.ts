/**
 * Saves a prefix of the cache to disk, so that its rows can be read later instead of computed.
 *
 * File format: a u32 with the header's length, the header (JSON, padded to 4 bytes with spaces), then the rows as
 * returned by `CacheRows.read`. The header is written last, so an incomplete file has none. It contains the model's
 * identity, the layout of the rows, the ids and a checksum of all rows. A file that does not match is refused with code
 * `prefix-unusable` before a row reaches the cache.
 */
import { fail } from '../base/errors.ts';
import { type Cache, commonPrefix } from '../kv/cache.ts';
import type { Packed } from '../kv/packed.ts';
import type { CacheRows, Packer } from '../runtime/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import { checksum } from '../weights/integrity/checksum.ts';
import { formatTag, hasFormat } from '../weights/store/format-tag.ts';
import type { Manifest } from '../weights/store/manifest.ts';
import type { ByteSource } from '../weights/sources/byte-source.ts';
import type { Storage } from '../weights/store/storage.ts';

const FORMAT = formatTag('prefix');
/** Size limit of a header in bytes: the ids of 2^20 tokens fit. */
const MOST_HEADER = 16 << 20;

interface Header {
  readonly format: string;
  readonly model: string;
  readonly layout: string;
  readonly ids: readonly number[];
  /** The cache's floor (`kv/cache.ts`); 0 when absent. */
  readonly floor?: number;
  /** The text that the ids begin with, where it is packed (`kv/packed.ts`). */
  readonly packed?: Packed;
  /** Checksum of the rows; eight hexadecimal digits. */
  readonly checksum: string;
}

/**
 * Identifies what rows depend on: the weights by their checksums, the config, the type of activations, and the version of
 * the program (a corrected kernel or family computes other rows).
 */
export function modelIdentity(
  manifest: Manifest,
  config: Uint8Array,
  activations: ActivationDType,
  version: string,
): string {
  const sum = checksum();
  const tensors = manifest.tensors.map(({ name, dtype, group, shape, sections }) => [
    name,
    dtype,
    group ?? 0,
    shape,
    sections.map((section) => section.checksum),
  ]);
  sum.add(new TextEncoder().encode(JSON.stringify(tensors)));
  sum.add(config);
  sum.add(new TextEncoder().encode(version));
  return `${manifest.family} ${manifest.weights} ${activations} ${hex(sum.value())}`;
}

/** The cache of a loaded model. */
export interface Prefixed {
  readonly cache: Cache;
  readonly rows: CacheRows;
  readonly packer?: Pick<Packer, 'heads'> | undefined;
  /** {@link modelIdentity} */
  readonly identity: string;
}

/**
 * Writes the rows of `ids`, which the cache must contain. Returns the size of the file in bytes. Throws `store-full`.
 */
export async function writePrefix(
  { cache, rows, identity }: Prefixed,
  ids: readonly number[],
  storage: Storage,
  path: string,
): Promise<number> {
  const { minLength: floor, packed } = cache;
  const header = (sum: string) => {
    const described: Header = {
      format: FORMAT,
      model: identity,
      layout: rows.layout,
      ids,
      floor,
      ...(packed === undefined ? {} : { packed }),
      checksum: sum,
    };
    const text = new TextEncoder().encode(JSON.stringify(described));
    const length = Math.ceil(text.length / 4) * 4;
    const bytes = new Uint8Array(4 + length).fill(0x20);
    new DataView(bytes.buffer).setUint32(0, length, true);
    bytes.set(text, 4);
    return bytes;
  };
  const sum = checksum();
  const file = await storage.create(path);
  try {
    let at = header(hex(0)).length;
    for await (const piece of rows.read(ids.length, packed)) {
      sum.add(piece);
      await file.write(at, piece);
      at += piece.length;
    }
    await file.write(0, header(hex(sum.value())));
    return at;
  } catch (error) {
    await file.close();
    await storage.remove(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Tokens of a prompt that a file must have and the cache lack: fewer are read sooner than a file. */
const WORTH_LOADING = 64;

/**
 * Replaces the contents of the cache by a saved prefix and returns its ids. Calls `beforeWrite` once the file is
 * accepted, before the first row is written. Throws `prefix-unusable`; the cache is unchanged then. With the ids of a
 * prompt (`wanted`), of which the cache is to hold what it has already, rows are loaded only where that saves reading;
 * undefined otherwise.
 */
export async function readPrefix(
  { cache, rows, packer, identity }: Prefixed,
  storage: Storage,
  path: string,
  beforeWrite: () => void,
  wanted?: readonly number[],
): Promise<readonly number[] | undefined> {
  const source = await storage.open(path);
  if (source === undefined) unusable(path, 'there is no saved text', 'a file', 'nothing');
  const { header, start } = await readHeader(source, path);
  const requireSame = (what: string, expected: string, got: string) => {
    if (expected !== got) unusable(path, `the saved text belongs to another ${what}`, expected, got);
  };
  if (!hasFormat(header.format, 'prefix')) {
    unusable(path, 'the saved text has another form', FORMAT, header.format);
  }
  requireSame('model', identity, header.model);
  requireSame('form of cache', rows.layout, header.layout);
  const { length } = header.ids;
  if (wanted !== undefined) {
    const saved = commonPrefix(header.ids, wanted);
    const usable = saved < length && saved < (header.floor ?? 0) ? 0 : saved;
    if (usable < cache.keepable(cache.commonPrefix(wanted)) + WORTH_LOADING) return undefined;
  }
  if (length > cache.capacity) {
    unusable(
      path,
      'the saved text is longer than the cache',
      `at most ${cache.capacity} tokens`,
      `${length}`,
    );
  }
  const { packed } = header;
  if (packed !== undefined && packed.starts.length !== packer?.heads) {
    unusable(
      path,
      'the saved text is packed in another way',
      `${packer?.heads ?? 0} heads`,
      `${packed.starts.length}`,
    );
  }
  const size = start + rows.bytesOf(length, packed);
  if (source.size !== size) unusable(path, 'the file is truncated', `${size} bytes`, `${source.size} bytes`);
  // Check all rows before writing any, so that a damaged file does not cost the conversation in the cache.
  await checkRows(source, start, header.checksum, path);
  beforeWrite();
  cache.truncate(0);
  let at = start;
  const next = async (bytes: number) => {
    const piece = await source.read(at, bytes);
    at += bytes;
    return Uint8Array.from(piece);
  };
  await rows.write(length, next, packed);
  cache.restore(header.ids, header.floor ?? 0, packed);
  return header.ids;
}

async function readHeader(source: ByteSource, path: string): Promise<{ header: Header; start: number }> {
  const broken = (got: string): never => unusable(path, 'the file is damaged', `a header of ${FORMAT}`, got);
  if (source.size < 4) broken(`${source.size} bytes`);
  const first = await source.read(0, 4);
  const length = new DataView(first.buffer, first.byteOffset).getUint32(0, true);
  if (length === 0 || length > Math.min(MOST_HEADER, source.size - 4)) broken(`a header of ${length} bytes`);
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(await source.read(4, length))) as Partial<Header>;
  } catch {
    return broken('text that is not JSON');
  }
  const { format, model, layout, ids, floor = 0, packed, checksum: sum } = header;
  const strings = [format, model, layout, sum].every((x) => typeof x === 'string');
  const isCount = (x: unknown) => Number.isInteger(x) && (x as number) >= 0;
  if (!strings || !Array.isArray(ids) || !ids.every(isCount) || !isCount(floor) || floor > ids.length) {
    return broken('other fields');
  }
  if (packed !== undefined && !isPacked(packed, ids.length)) return broken('another form of packed rows');
  return { header: header as Header, start: 4 + length };
}

/** A header comes from the disk: its numbers become places in buffers. */
function isPacked(x: unknown, tokens: number): x is Packed {
  const { length, starts } = (x ?? {}) as Partial<Record<keyof Packed, unknown>>;
  const isRow = (row: unknown, end: number) =>
    Number.isInteger(row) && (row as number) >= 0 && (row as number) <= end;
  return (
    isRow(length, tokens) && Array.isArray(starts) && starts.every((row) => isRow(row, length as number))
  );
}

async function checkRows(source: ByteSource, start: number, expected: string, path: string): Promise<void> {
  const sum = checksum();
  for await (const piece of source.stream(start, source.size - start)) sum.add(piece);
  const got = hex(sum.value());
  if (got !== expected) unusable(path, 'the file is damaged', `checksum ${expected}`, got);
}

function hex(n: number): string {
  return n.toString(16).padStart(8, '0');
}

function unusable(who: string, message: string, expected: string, got: string): never {
  fail('prefix-unusable', { who, message, expected, got });
}
