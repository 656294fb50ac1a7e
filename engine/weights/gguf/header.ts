/**
 * GGUF, the file format of llama.cpp: magic, version, metadata (key, type, value), tensor infos, padding, tensor
 * data. Format: "GGUF" in ggml's docs (`docs/gguf.md`). Reads versions 2 and 3, little-endian; they do not differ in
 * anything used here.
 *
 * The header is untrusted: every length, count and offset in it is checked before it is used and before memory is
 * allocated for it, so the memory for a header is at most a few times its size.
 * Not here: the meaning of keys (`config.ts`, `tokenizer.ts`), tensor names (`names.ts`).
 */
import { GGML_TYPES, type GgmlType } from '../../quant/ggml.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { HeaderReader } from './reader.ts';
import { type GgufValue, readValue } from './value.ts';

/** Limits on a header's contents; a file above one is refused. */
export const LIMITS = {
  /** The largest vocabularies (260,000 tokens with scores or merges) take 10 to 20 MB. */
  headerBytes: 128 * 1024 * 1024,
  /** Files have 20 to 60 entries. */
  entries: 16_384,
  /** The largest published models have fewer than 3,000. */
  tensors: 65_536,
  /** The format's limit: "at most 2^16 − 1 bytes". */
  keyBytes: 65_535,
  /** The format's limit is 64; some converters write more. */
  nameBytes: 1024,
  /** The format's limit. */
  axes: 4,
  /** Files use 32; the largest plausible value is a memory page. */
  alignment: 65_536,
} as const;

/** A tensor info of the header. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Rows first, as in the whole engine; the file lists the contiguous axis first. */
  readonly shape: readonly number[];
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** A file with its parsed header. */
export interface GgufFile {
  readonly source: ByteSource;
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Sorted by offset. */
  readonly tensors: readonly GgufTensor[];
}

/** "GGUF" as a little-endian number. */
const MAGIC = 0x46554747;
const VERSIONS = [2, 3];
const ALIGNMENT = 'general.alignment';

/** Reads and checks the header of a GGUF file. Throws `checkpoint-damaged`, and the source's errors. */
export async function openGguf(source: ByteSource, signal?: AbortSignal): Promise<GgufFile> {
  const reader = new HeaderReader(source, LIMITS.headerBytes, signal);
  const version = await readVersion(reader);
  await reader.ensure(16);
  const tensorCount = reader.count(LIMITS.tensors, 'the number of tensors');
  const entryCount = reader.count(LIMITS.entries, 'the number of entries');
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    reader.where = `entry ${i}`;
    const key = await reader.string(LIMITS.keyBytes, 'the key');
    reader.where = `key ${key.slice(0, 80)}`;
    if (metadata.has(key)) reader.damaged('the key occurs twice', 'one value', 'two values');
    await reader.ensure(4);
    metadata.set(key, await readValue(reader, reader.u32()));
  }
  const alignment = alignmentOf(metadata, reader);
  const infos: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    reader.where = `tensor ${i}`;
    const info = await readTensor(reader, alignment);
    if (names.has(info.name)) reader.damaged('the tensor is listed twice', 'one entry', 'two entries');
    names.add(info.name);
    infos.push(info);
  }
  const start = Math.ceil(reader.position / alignment) * alignment;
  return { source, version, metadata, tensors: placed(infos, start, source.size, reader) };
}

async function readVersion(reader: HeaderReader): Promise<number> {
  await reader.ensure(8);
  const magic = reader.u32();
  if (magic !== MAGIC) reader.damaged('this is not a GGUF file', '"GGUF"', `0x${magic.toString(16)}`, 0);
  const version = reader.u32();
  if (VERSIONS.includes(version)) return version;
  const swapped = version % 0x10000 === 0;
  const message = swapped
    ? 'the file is big-endian, which is not supported'
    : version === 1
      ? 'the file has version 1 of the format, which has not been written since 2023 and is not supported'
      : 'the file has a version of the format that is not supported';
  return reader.damaged(message, `version ${VERSIONS.join(' or ')}, little-endian`, version, 4);
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, reader: HeaderReader): number {
  const value = metadata.get(ALIGNMENT) ?? 32;
  if (typeof value === 'number' && value >= 8 && value <= LIMITS.alignment && value % 8 === 0) return value;
  reader.where = `key ${ALIGNMENT}`;
  const got = typeof value === 'number' ? value : typeof value;
  return reader.damaged('this is not a valid alignment', `a multiple of 8 up to ${LIMITS.alignment}`, got);
}

/** Reads a tensor info; its `offset` is relative to the start of the tensor data. */
async function readTensor(reader: HeaderReader, alignment: number): Promise<GgufTensor> {
  const name = await reader.string(LIMITS.nameBytes, 'the name');
  reader.where = `tensor ${name.slice(0, 80)}`;
  await reader.ensure(4);
  const axes = reader.u32();
  if (axes < 1 || axes > LIMITS.axes)
    reader.damaged('this is not a valid number of axes', `1 to ${LIMITS.axes}`, axes);
  await reader.ensure(axes * 8 + 12);
  const sizes = Array.from({ length: axes }, () => reader.count(Number.MAX_SAFE_INTEGER, 'a size'));
  const id = reader.u32();
  const type = GGML_TYPES.get(id);
  if (type === undefined) {
    const known = [...GGML_TYPES.values()].map((t) => t.name).join(', ');
    return reader.damaged('the element type is unknown', known, `type ${id}`);
  }
  const offset = reader.count(Number.MAX_SAFE_INTEGER, 'the offset');
  if (offset % alignment !== 0) {
    reader.damaged('the offset is not aligned', `a multiple of ${alignment}`, offset);
  }
  const columns = sizes[0] as number;
  if (columns % type.weights !== 0) {
    reader.damaged(
      `a row does not consist of whole blocks of ${type.name}`,
      `a multiple of ${type.weights}`,
      columns,
    );
  }
  // An intermediate product above 2^53 is not a safe integer and stays unsafe, unless a later size is 0.
  const bytes = sizes.slice(1).reduce((n, size) => n * size, (columns / type.weights) * type.bytes);
  if (!Number.isSafeInteger(bytes)) {
    reader.damaged('the shape is larger than any file', 'below 2^53 bytes', `[${sizes.join(', ')}]`);
  }
  return { name, type, shape: sizes.reverse(), offset, bytes };
}

/** Converts offsets to the start of the file, sorts by them, and checks that tensors are in the file and disjoint. */
function placed(
  infos: readonly GgufTensor[],
  start: number,
  size: number,
  reader: HeaderReader,
): GgufTensor[] {
  const tensors = infos.map((t) => ({ ...t, offset: start + t.offset }));
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = start;
  for (const t of tensors) {
    reader.where = `tensor ${t.name.slice(0, 80)}`;
    if (t.offset < end) {
      reader.damaged(
        'the tensor overlaps the previous one',
        `an offset of at least ${end}`,
        t.offset,
        t.offset,
      );
    }
    end = t.offset + t.bytes;
    if (end > size) {
      const message = 'the tensor extends past the end of the file; the file is truncated or damaged';
      reader.damaged(message, `a file of at least ${end} bytes`, `${size} bytes`, t.offset);
    }
  }
  return tensors;
}
