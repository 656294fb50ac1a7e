/**
 * Safetensors: 8 bytes of header length, a JSON header, then the tensors' bytes without a gap.
 * Format: https://huggingface.co/docs/safetensors; the rules of its reference parser apply here too.
 *
 * The header is untrusted: every number in it is checked before it is used and before memory is allocated for it.
 * Not here: which tensors a model needs (`checkpoint.ts`).
 */
import { fail } from '../../base/errors.ts';
import { isObject, kindOf, measureJson } from '../sources/json.ts';
import type { ByteSource } from '../sources/byte-source.ts';

/** The limit of the reference parser; real headers are below 2 MB. */
export const MAX_HEADER_BYTES = 100_000_000;
/** More axes do not occur in practice; the limit keeps the product of sizes cheap to check. */
const MAX_AXES = 16;

/** Bytes per element. */
const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  C64: 8,
} as const;

export type SafetensorsDType = keyof typeof ELEMENT_BYTES;

/** One tensor of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** A file with its parsed header. */
export interface SafetensorsFile {
  readonly source: ByteSource;
  /** Sorted by offset. */
  readonly entries: readonly SafetensorsEntry[];
}

/** Reads and checks the header. Throws `checkpoint-damaged`, `model-limit`, and the source's errors. */
export async function openSafetensors(source: ByteSource, signal?: AbortSignal): Promise<SafetensorsFile> {
  const who = source.name;
  if (source.size < 8) damaged(who, 'the file is truncated', 'at least 8 bytes', `${source.size} bytes`);
  const head = await source.read(0, 8, signal);
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, source.size - 8);
  if (length > BigInt(most)) {
    damaged(
      who,
      'the header is longer than the file or the limit',
      `at most ${most} bytes`,
      `${length} bytes`,
      'header length',
    );
  }
  const headerBytes = Number(length);
  const header = await source.read(8, headerBytes, signal);
  measureJson(header, who);
  const text = decodeUtf8(header, who);
  return { source, entries: parseHeader(text, who, 8 + headerBytes, source.size) };
}

/**
 * Parses a header. `start`: offset of the tensor data in the file; `size`: size of the file; both in bytes. Throws
 * `checkpoint-damaged`.
 */
export function parseHeader(text: string, who: string, start: number, size: number): SafetensorsEntry[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    damaged(who, 'the header is not JSON', 'a JSON object', text.slice(0, 60), 'header', cause);
  }
  if (!isObject(header))
    damaged(who, 'the header is not an object', 'a JSON object', kindOf(header), 'header');
  const twice = repeatedKey(text);
  if (twice !== undefined)
    damaged(who, 'the tensor is listed twice', 'one entry', 'two entries', `tensor ${twice}`);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseEntry(name, entry, who, start));
  entries.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  checkOrder(entries, who, start, size);
  return entries;
}

function parseEntry(name: string, entry: unknown, who: string, start: number): SafetensorsEntry {
  const where = `tensor ${name}`;
  if (!isObject(entry)) damaged(who, 'the entry is not an object', 'an object', kindOf(entry), where);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    damaged(who, 'the element type is unknown', Object.keys(ELEMENT_BYTES).join(', '), show(dtype), where);
  }
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isCount)) {
    damaged(who, 'the shape is not one', `at most ${MAX_AXES} whole numbers`, show(shape), where);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    damaged(who, 'the offsets are not a pair', 'two whole numbers', show(offsets), where);
  }
  const [from, to] = offsets as [number, number];
  if (to < from) damaged(who, 'the offsets run backwards', `an end of at least ${from}`, to, where);
  const expected = (shape as number[]).reduce((n, d) => n * d, ELEMENT_BYTES[dtype as SafetensorsDType]);
  if (!Number.isSafeInteger(expected)) {
    damaged(who, 'the shape is larger than any file', `below 2^53 bytes`, `[${shape.join(', ')}]`, where);
  }
  if (to - from !== expected) {
    damaged(
      who,
      'shape and offsets disagree',
      `${expected} bytes for ${dtype} [${shape.join(', ')}]`,
      `${to - from} bytes`,
      where,
    );
  }
  return {
    name,
    dtype: dtype as SafetensorsDType,
    shape: shape as number[],
    offset: start + from,
    bytes: expected,
  };
}

/** Checks that the tensors follow each other without overlap or gap and end at the end of the file. */
function checkOrder(entries: readonly SafetensorsEntry[], who: string, start: number, size: number): void {
  let end = start;
  for (const e of entries) {
    const where = `tensor ${e.name}`;
    if (e.offset + e.bytes > size) {
      damaged(
        who,
        'the tensor extends past the end of the file; the file is truncated or damaged',
        `a file of at least ${e.offset + e.bytes} bytes`,
        `${size} bytes`,
        where,
      );
    }
    if (e.offset !== end) {
      const what =
        e.offset < end ? 'the tensor overlaps the previous one' : 'there is a gap before the tensor';
      damaged(who, what, `offset ${end - start}`, e.offset - start, where);
    }
    end = e.offset + e.bytes;
  }
  if (end !== size) damaged(who, 'the file continues after its last tensor', `${end} bytes`, `${size} bytes`);
}

/** Returns the first key that occurs twice at the top level, which JSON.parse hides. `text` must be valid JSON. */
export function repeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const token of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g)) {
    const t = token[0];
    if (t === '{' || t === '[') depth++;
    else if (t === '}' || t === ']') depth--;
    else if (depth === 1 && token[1] !== undefined) {
      const key = JSON.parse(t.slice(0, -token[1].length)) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

function decodeUtf8(bytes: Uint8Array, who: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return damaged(who, 'the header is not text', 'UTF-8', 'other bytes', 'header', cause);
  }
}

function damaged(
  who: string,
  message: string,
  expected: string,
  got: string | number,
  where?: string,
  cause?: unknown,
): never {
  fail('checkpoint-damaged', { who, where, message, expected, got, cause });
}

function isCount(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}

function show(x: unknown): string {
  return (JSON.stringify(x) ?? 'nothing').slice(0, 80);
}
