/**
 * A file as a list of parts whose lengths are known before their bytes are generated. Headers can so contain the
 * offsets of tensors that are too large to hold in memory together.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes, or a function that generates them when they are written. */
export type FilePart = Uint8Array | { readonly length: number; readonly make: () => Uint8Array };

export const lengthOf = (parts: readonly FilePart[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0);

const bytesOf = (part: FilePart): Uint8Array => {
  if (part instanceof Uint8Array) return part;
  const bytes = part.make();
  if (bytes.length !== part.length) throw new Error(`a part has ${bytes.length} bytes, not ${part.length}`);
  return bytes;
};

/** Writes the file, and creates its parent folders. */
export function writeParts(file: string, parts: readonly FilePart[]): void {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  try {
    for (const part of parts) {
      const bytes = bytesOf(part);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Returns the whole file. For tests. */
export function joinParts(parts: readonly FilePart[]): Uint8Array {
  const out = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    out.set(bytesOf(part), at);
    at += part.length;
  }
  return out;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Views the memory of a typed array as bytes. */
export const asBytes = (array: Float32Array | Uint16Array | Uint32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
