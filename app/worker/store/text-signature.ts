/**
 * Says of a text, in some kilobytes, which words surely do not occur in it: a Bloom filter (Bloom 1970, with one hash) over
 * the single letters, pairs and triples of its words. Pure.
 */

/** Bits while a text is read; a power of two. */
const BITS = 1 << 20;
/** A finished signature is halved while fewer than this share of its bits would be set. */
const FILL = 0.3;
const LEAST_BITS = 1 << 10;
const SPACE = 0x20;

export class TextSignature {
  private bits = new Uint32Array(BITS / 32);

  get bytes(): number {
    return this.bits.byteLength;
  }

  /** Adds a folded text, which neither begins nor ends within a word, or adds the words at its edges again. */
  add(text: string): void {
    let one = 0;
    let two = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code <= SPACE) {
        one = 0;
        two = 0;
        continue;
      }
      this.set(hash(0, 0, code));
      if (one > 0) this.set(hash(0, one, code));
      if (two > 0) this.set(hash(two, one, code));
      two = one;
      one = code;
    }
  }

  /** Whether a folded word may occur; never false for one that does. */
  mayHave(word: string): boolean {
    if (word.length < 3)
      return this.has(hash(0, word.length < 2 ? 0 : word.charCodeAt(0), word.charCodeAt(word.length - 1)));
    for (let at = 2; at < word.length; at++) {
      if (!this.has(hash(word.charCodeAt(at - 2), word.charCodeAt(at - 1), word.charCodeAt(at))))
        return false;
    }
    return true;
  }

  /** Makes it as small as its text allows; nothing may be added any more. */
  finish(): this {
    for (let half = halved(this.bits); half !== undefined; half = halved(this.bits)) this.bits = half;
    return this;
  }

  private set(key: number): void {
    this.bits[key >>> 5]! |= 1 << (key & 31);
  }

  private has(key: number): boolean {
    const within = key & (this.bits.length * 32 - 1);
    return (this.bits[within >>> 5]! & (1 << (within & 31))) !== 0;
  }
}

/** A key below {@link BITS} for up to three UTF-16 codes. */
function hash(a: number, b: number, c: number): number {
  let mixed = Math.imul(a ^ 0x9e37, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35) ^ Math.imul(c + 1, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & (BITS - 1);
}

/** Both halves in one; undefined if that would be too full. Keys of the half are those of the whole, modulo its bits. */
function halved(bits: Uint32Array): Uint32Array<ArrayBuffer> | undefined {
  const { length } = bits;
  if (length * 16 < LEAST_BITS) return undefined;
  const half = new Uint32Array(length / 2);
  let filled = 0;
  for (let at = 0; at < half.length; at++) {
    half[at] = bits[at]! | bits[at + half.length]!;
    filled += ones(half[at]!);
  }
  return filled > half.length * 32 * FILL ? undefined : half;
}

/** How many bits of a word are set. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
