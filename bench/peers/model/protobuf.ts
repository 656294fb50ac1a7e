/**
 * Writer for the subset of protocol buffers that ONNX needs. A field is a key (number and wire type) and a value. A
 * message is the concatenation of its fields. https://protobuf.dev/programming-guides/encoding
 */
import { type FilePart, lengthOf, utf8 } from './file-parts.ts';

const [VARINT, LENGTH_DELIMITED, FIXED32] = [0, 2, 5];

/** Encodes a 64-bit integer. Negative integers take ten bytes, as the format requires. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

const key = (field: number, wireType: number) => varint((field << 3) | wireType);

export const integer = (field: number, value: number | bigint): FilePart[] => [
  key(field, VARINT),
  varint(value),
];

export function float(field: number, value: number): FilePart[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(field, FIXED32), bytes];
}

export const string = (field: number, value: string): FilePart[] => message(field, [utf8(value)]);

/** A length-delimited field: an embedded message, or bytes. */
export const message = (field: number, parts: readonly FilePart[]): FilePart[] => [
  key(field, LENGTH_DELIMITED),
  varint(lengthOf(parts)),
  ...parts,
];
