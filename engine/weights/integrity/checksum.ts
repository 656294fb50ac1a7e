/**
 * A 32-bit checksum that notices accidents (a torn write, a flipped bit, a page of zeros), not intent. Over
 * little-endian words, because weights come in words and bytes one by one are four times slower.
 */
export interface Checksum {
  /** Where the pieces end does not matter. */
  add(bytes: Uint8Array): void;
  /** u32 of all bytes so far. */
  value(): number;
  /** From which {@link checksum} goes on as if it had never stopped. */
  state(): ChecksumState;
}

/** Hash of the whole words; the bytes of a word that is not complete yet; how many these are. */
export type ChecksumState = readonly [hash: number, word: number, held: number];

export function checksum(from: ChecksumState = [0x811c9dc5 | 0, 0, 0]): Checksum {
  let [h, word, held] = from;
  const hold = (byte: number) => {
    word |= byte << (8 * held);
    if (++held < 4) return;
    h = mixed(h, word);
    word = held = 0;
  };
  return {
    add(bytes) {
      let at = 0;
      while (held > 0 && at < bytes.length) hold(bytes[at++] as number);
      const whole = bytes.subarray(at, at + ((bytes.length - at) & ~3));
      const aligned = whole.byteOffset % 4 === 0 ? whole : whole.slice();
      const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
      for (let i = 0; i < words.length; i++) h = mixed(h, words[i] as number);
      for (at += whole.length; at < bytes.length; at++) hold(bytes[at] as number);
    },
    state: () => [h, word, held],
    value: () => (held === 0 ? h : mixed(mixed(h, word), held)) >>> 0,
  };
}

function mixed(h: number, word: number): number {
  const m = Math.imul(h ^ word, 0x9e3779b1);
  return m ^ (m >>> 15);
}
