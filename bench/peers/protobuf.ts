/**
 * Protocol buffers as far as ONNX needs them, written and never read. A field is a key (number and wire type) and a
 * value; a message is its fields one after the other. https://protobuf.dev/programming-guides/encoding
 */
import { lengthOf, type Part, utf8 } from './parts.ts';

const [VARINT, LENGTH_DELIMITED, FIXED32] = [0, 2, 5];

/** Any integer of 64 bits; negative ones take ten bytes, as the format wants it. */
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

export const integer = (field: number, value: number | bigint): Part[] => [key(field, VARINT), varint(value)];

export function float(field: number, value: number): Part[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(field, FIXED32), bytes];
}

export const string = (field: number, value: string): Part[] => message(field, [utf8(value)]);

/** A message inside a message, or bytes. */
export const message = (field: number, parts: readonly Part[]): Part[] => [
  key(field, LENGTH_DELIMITED),
  varint(lengthOf(parts)),
  ...parts,
];
