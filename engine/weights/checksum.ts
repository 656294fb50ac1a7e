/**
 * A 32-bit checksum that notices accidents (a torn write, a flipped bit, a page of zeros), not intent. Over
 * little-endian words, because weights come in words and bytes one by one are four times slower.
 */
export interface Checksum {
  /** Where the pieces end does not matter. */
  add(bytes: Uint8Array): void;
  /** u32 of all bytes so far. */
  value(): number;
}

export function checksum(): Checksum {
  let h = 0x811c9dc5 | 0;
  /** Bytes of a word that is not complete yet. */
  let word = 0;
  let held = 0;
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
    value: () => (held === 0 ? h : mixed(mixed(h, word), held)) >>> 0,
  };
}

function mixed(h: number, word: number): number {
  const m = Math.imul(h ^ word, 0x9e3779b1);
  return m ^ (m >>> 15);
}
