/**
 * Reads values of GGUF metadata and looks them up by key and type. Arrays of numbers are typed arrays, so they take no
 * more memory than in the file; 64-bit integers become plain numbers and must be safe integers.
 */
import { fail } from '../../base/errors.ts';
import type { HeaderReader } from './reader.ts';

/** An array of numbers in the metadata. */
export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Any metadata value. */
export type GgufValue = number | boolean | string | NumberArray | readonly GgufValue[];

/** Limits on values; a file above one is refused. */
export const VALUE_LIMITS = {
  /** A chat template takes some KB; some files contain a whole tokenizer.json of up to 35 MB. */
  stringBytes: 64 * 1024 * 1024,
  /** The largest vocabularies have about 500,000 merges. */
  arrayLength: 4_194_304,
  /** Texts and arrays in all arrays of a header. The largest have 262,144 tokens and 515,000 merges. */
  items: 8_388_608,
  /** The format allows arrays of arrays; files do not use them. */
  depth: 4,
} as const;

interface NumberType {
  readonly bytes: number;
  readonly array: { new (length: number): NumberArray };
  readonly get: (view: DataView, at: number) => number | bigint;
}

/** By the type id in the file (`enum gguf_metadata_value_type`). */
const NUMBERS: ReadonlyMap<number, NumberType> = new Map([
  [0, { bytes: 1, array: Uint8Array, get: (v, at) => v.getUint8(at) }],
  [1, { bytes: 1, array: Int8Array, get: (v, at) => v.getInt8(at) }],
  [2, { bytes: 2, array: Uint16Array, get: (v, at) => v.getUint16(at, true) }],
  [3, { bytes: 2, array: Int16Array, get: (v, at) => v.getInt16(at, true) }],
  [4, { bytes: 4, array: Uint32Array, get: (v, at) => v.getUint32(at, true) }],
  [5, { bytes: 4, array: Int32Array, get: (v, at) => v.getInt32(at, true) }],
  [6, { bytes: 4, array: Float32Array, get: (v, at) => v.getFloat32(at, true) }],
  [10, { bytes: 8, array: Float64Array, get: (v, at) => v.getBigUint64(at, true) }],
  [11, { bytes: 8, array: Float64Array, get: (v, at) => v.getBigInt64(at, true) }],
  [12, { bytes: 8, array: Float64Array, get: (v, at) => v.getFloat64(at, true) }],
] satisfies [number, NumberType][]);
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

/** Reads a value of type id `type`. `depth`: nesting of arrays. Throws `checkpoint-damaged`. */
export async function readValue(reader: HeaderReader, type: number, depth = 0): Promise<GgufValue> {
  if (type === STRING) return reader.string(VALUE_LIMITS.stringBytes, 'the text');
  if (type === ARRAY) return readArray(reader, depth + 1);
  const number = NUMBERS.get(type === BOOL ? 0 : type);
  if (number === undefined) return reader.damaged('the type of the value is unknown', '0 to 12', type);
  await reader.ensure(number.bytes);
  const value = safe(reader, number.get(reader.take(number.bytes), 0));
  return type === BOOL ? truth(reader, value) : value;
}

async function readArray(reader: HeaderReader, depth: number): Promise<GgufValue> {
  if (depth > VALUE_LIMITS.depth) {
    reader.damaged('arrays are nested too deep', `at most ${VALUE_LIMITS.depth} levels`, depth);
  }
  await reader.ensure(12);
  const type = reader.u32();
  const length = reader.count(VALUE_LIMITS.arrayLength, 'the length of the array');
  if (type === STRING || type === ARRAY) {
    reader.items += length;
    if (reader.items > VALUE_LIMITS.items) {
      reader.damaged(
        'the arrays are longer than in any model',
        `at most ${VALUE_LIMITS.items}`,
        reader.items,
      );
    }
    const out: GgufValue[] = [];
    for (let i = 0; i < length; i++) out.push(await readValue(reader, type, depth));
    return out;
  }
  const number = NUMBERS.get(type === BOOL ? 0 : type);
  if (number === undefined) return reader.damaged('the type of the values is unknown', '0 to 12', type);
  // Load the bytes before allocating, so that a false length takes no memory.
  await reader.ensure(length * number.bytes);
  const view = reader.take(length * number.bytes);
  const out = new number.array(length);
  for (let i = 0; i < length; i++) {
    const value = safe(reader, number.get(view, i * number.bytes));
    if (type === BOOL) truth(reader, value);
    out[i] = value;
  }
  return out;
}

function safe(reader: HeaderReader, value: number | bigint): number {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : reader.damaged('the number is beyond all limits', 'within ±2^53', value);
}

function truth(reader: HeaderReader, value: number): boolean {
  return value <= 1 ? value === 1 : reader.damaged('this is neither true nor false', '0 or 1', value);
}

/**
 * Typed lookups in the metadata of a file. They return undefined for a missing key and throw `checkpoint-damaged`, with
 * file and key, for a value of another type.
 */
export interface Metadata {
  has(key: string): boolean;
  isList(key: string): boolean;
  /** A finite number. */
  number(key: string): number | undefined;
  /** A whole number ≥ 0. */
  count(key: string): number | undefined;
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
  numbers(key: string): NumberArray | undefined;
  texts(key: string): readonly string[] | undefined;
  /** Throws `checkpoint-damaged`. */
  damaged(key: string, message: string, expected: string | number, got: unknown): never;
}

/** Returns the lookups for `values`; `who` is the file's name, for error messages. */
export function askMetadata(values: ReadonlyMap<string, GgufValue>, who: string): Metadata {
  const damaged = (key: string, message: string, expected: string | number, got: unknown): never =>
    fail('checkpoint-damaged', { who, where: `key ${key}`, message, expected, got: brief(got) });
  const get = <T extends GgufValue>(key: string, kind: string, is: (value: GgufValue) => value is T) => {
    const value = values.get(key);
    if (value === undefined || is(value)) return value;
    return damaged(key, 'the value has another type', kind, value);
  };
  const isNumber = (v: GgufValue): v is number => typeof v === 'number' && Number.isFinite(v);
  return {
    has: (key) => values.has(key),
    isList: (key) => typeof values.get(key) === 'object',
    number: (key) => get(key, 'a number', isNumber),
    count: (key) =>
      get(key, 'a whole number', (v): v is number => isNumber(v) && Number.isInteger(v) && v >= 0),
    text: (key) => get(key, 'a text', (v) => typeof v === 'string'),
    flag: (key) => get(key, 'true or false', (v) => typeof v === 'boolean'),
    numbers: (key) => get(key, 'a list of numbers', (v): v is NumberArray => ArrayBuffer.isView(v)),
    texts: (key) =>
      get(
        key,
        'a list of texts',
        (v): v is readonly string[] => Array.isArray(v) && v.every((x) => typeof x === 'string'),
      ),
    damaged,
  };
}

function brief(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${(value as NumberArray).length} numbers`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === undefined ? 'nothing' : String(value).slice(0, 80);
}

/** Returns the shortest decimal with the same f32 value: metadata are f32, and config.json had that decimal. */
export function shortest(x: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === Math.fround(x)) return short;
  }
  return x;
}

/** Throws `model-unknown` for a metadata key whose value is not supported. */
export function unsupported(who: string, key: string, expected: string, got: string | number): never {
  const message = 'the model in this file is not supported';
  fail('model-unknown', { who, where: `key ${key}`, message, expected, got: String(got).slice(0, 80) });
}
