/**
 * GGUF, the file format of llama.cpp: magic, version, metadata (key, type, value), tensor infos, padding, tensor
 * data. Format: "GGUF" in ggml's docs (`docs/gguf.md`). Versions 2 and 3, little-endian; they differ in nothing that
 * is read here.
 *
 * The header comes from outside: every length, count and offset in it is checked before it is used and before
 * memory is taken for it, so what is kept of a header is never more than a few times its bytes.
 * Not here: what keys mean (`config.ts`, `tokenizer.ts`), which tensors a model needs (`names.ts`).
 */
import { GGML_TYPES, type GgmlType } from '../../quant/ggml.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { HeaderReader } from './reader.ts';
import { type GgufValue, readValue } from './value.ts';

export const LIMITS = {
  /** Largest vocabularies (260,000 tokens with scores or merges) take 10 to 20 MB. */
  headerBytes: 128 * 1024 * 1024,
  /** Files have 20 to 60 entries. */
  entries: 16_384,
  /** The largest published models have below 3,000. */
  tensors: 65_536,
  /** From the format: "at most 2^16 − 1 bytes". */
  keyBytes: 65_535,
  /** From the format: 64; some converters write more. */
  nameBytes: 1024,
  /** From the format. */
  axes: 4,
  /** 32 in all files; memory pages, at most. */
  alignment: 65_536,
} as const;

export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Rows first, as everywhere here; the file has the axis of neighbours first. */
  readonly shape: readonly number[];
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export interface GgufFile {
  readonly source: ByteSource;
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In the order of their bytes. */
  readonly tensors: readonly GgufTensor[];
}

/** "GGUF" as a little-endian number. */
const MAGIC = 0x46554747;
const VERSIONS = [2, 3];
const ALIGNMENT = 'general.alignment';

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
    if (metadata.has(key)) reader.damaged('the key is there twice', 'one value', 'two values');
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
  if (magic !== MAGIC) reader.damaged('this is no GGUF file', '"GGUF"', `0x${magic.toString(16)}`, 0);
  const version = reader.u32();
  if (VERSIONS.includes(version)) return version;
  const swapped = version % 0x10000 === 0;
  const message = swapped
    ? 'the file is big-endian, which cannot be read'
    : version === 1
      ? 'the file has version 1 of the format, which has not been written since 2023 and cannot be read'
      : 'the file has a version of the format that cannot be read';
  return reader.damaged(message, `version ${VERSIONS.join(' or ')}, little-endian`, version, 4);
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, reader: HeaderReader): number {
  const value = metadata.get(ALIGNMENT) ?? 32;
  if (typeof value === 'number' && value >= 8 && value <= LIMITS.alignment && value % 8 === 0) return value;
  reader.where = `key ${ALIGNMENT}`;
  const got = typeof value === 'number' ? value : typeof value;
  return reader.damaged('this is no alignment', `a multiple of 8 up to ${LIMITS.alignment}`, got);
}

/** `offset` is still from the start of the tensor data. */
async function readTensor(reader: HeaderReader, alignment: number): Promise<GgufTensor> {
  const name = await reader.string(LIMITS.nameBytes, 'the name');
  reader.where = `tensor ${name.slice(0, 80)}`;
  await reader.ensure(4);
  const axes = reader.u32();
  if (axes < 1 || axes > LIMITS.axes)
    reader.damaged('this is no number of axes', `1 to ${LIMITS.axes}`, axes);
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
    reader.damaged(`a row is not whole blocks of ${type.name}`, `a multiple of ${type.weights}`, columns);
  }
  // Products may pass 2^53 on the way; then they are not safe and stay so, but for a size of 0.
  const bytes = sizes.slice(1).reduce((n, size) => n * size, (columns / type.weights) * type.bytes);
  if (!Number.isSafeInteger(bytes)) {
    reader.damaged('the shape is larger than any file', 'below 2^53 bytes', `[${sizes.join(', ')}]`);
  }
  return { name, type, shape: sizes.reverse(), offset, bytes };
}

/** With offsets from the start of the file, in their order; tensors must lie in the file and apart. */
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
        'the tensor overlaps the one before',
        `an offset of at least ${end}`,
        t.offset,
        t.offset,
      );
    }
    end = t.offset + t.bytes;
    if (end > size) {
      const message = 'the tensor lies beyond the end of the file; it is cut short or damaged';
      reader.damaged(message, `a file of at least ${end} bytes`, `${size} bytes`, t.offset);
    }
  }
  return tensors;
}
