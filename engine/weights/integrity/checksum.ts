/**
 * A 32-bit checksum that detects accidents (a torn write, a flipped bit, a page of zeros), not intent. It works on
 * little-endian words: weights consist of words, and single bytes are four times slower.
 */
export interface Checksum {
  /** Adds bytes; the result does not depend on where pieces end. */
  add(bytes: Uint8Array): void;
  /** Checksum of all bytes so far, as u32. */
  value(): number;
  /** State from which {@link checksum} can continue. */
  state(): ChecksumState;
}

/** Hash of the whole words, the bytes of the incomplete word, and how many of them there are. */
export type ChecksumState = readonly [hash: number, word: number, pending: number];

/** Starts a checksum, or continues one from its state. */
export function checksum(from: ChecksumState = [0x811c9dc5 | 0, 0, 0]): Checksum {
  let [h, word, pending] = from;
  const addByte = (byte: number) => {
    word |= byte << (8 * pending);
    if (++pending < 4) return;
    h = mixed(h, word);
    word = pending = 0;
  };
  return {
    add(bytes) {
      let at = 0;
      while (pending > 0 && at < bytes.length) addByte(bytes[at++] as number);
      const whole = bytes.subarray(at, at + ((bytes.length - at) & ~3));
      const aligned = whole.byteOffset % 4 === 0 ? whole : whole.slice();
      const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
      for (let i = 0; i < words.length; i++) h = mixed(h, words[i] as number);
      for (at += whole.length; at < bytes.length; at++) addByte(bytes[at] as number);
    },
    state: () => [h, word, pending],
    value: () => (pending === 0 ? h : mixed(mixed(h, word), pending)) >>> 0,
  };
}

/** Checksum of these bytes, as u32. */
export function checksumOf(bytes: Uint8Array): number {
  const sum = checksum();
  sum.add(bytes);
  return sum.value();
}

function mixed(h: number, word: number): number {
  const m = Math.imul(h ^ word, 0x9e3779b1);
  return m ^ (m >>> 15);
}
