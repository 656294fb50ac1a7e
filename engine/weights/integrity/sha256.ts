/**
 * SHA-256 (FIPS 180-4) of bytes in pieces. Its state can be saved between two pieces, which is why it exists: WebCrypto
 * hashes only data that is in memory as a whole, and no library lets the state outlive the process.
 *
 * Use it to compare a file with a published hash. Do not use it for secrets: its timing is not constant. To detect
 * accidental damage, use `checksum.ts`, which is far cheaper.
 */
export interface Sha256 {
  /** Adds bytes; the result does not depend on where pieces end. */
  add(bytes: Uint8Array): void;
  /** Hash of all bytes so far, as 64 hexadecimal digits. Does not change the state. */
  value(): string;
  /** State from which {@link sha256} can continue. */
  state(): Sha256State;
}

/** A state that can be stored as JSON. */
export interface Sha256State {
  /** Number of bytes so far. */
  readonly bytes: number;
  /** The eight words after the last whole block. */
  readonly words: readonly number[];
  /** The bytes after that block, fewer than {@link BLOCK}. */
  readonly rest: readonly number[];
}

/** Bytes per block of the algorithm. */
const BLOCK = 64;

const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n - 2 }, (_, i) => i + 2).every((d) => n % d !== 0),
);
/** Returns the first 32 bits of the fractional part. */
const fraction = (x: number): number => ((x % 1) * 2 ** 32) | 0;
const ROUNDS = Int32Array.from(PRIMES, (p) => fraction(Math.cbrt(p)));
const START: Sha256State = {
  bytes: 0,
  words: PRIMES.slice(0, 8).map((p) => fraction(Math.sqrt(p))),
  rest: [],
};

/** Whether a parsed JSON value is a valid state. */
export function isSha256State(x: unknown): x is Sha256State {
  const { bytes, words, rest } = Object(x) as Partial<Sha256State>;
  const list = (of: unknown, length: number) =>
    Array.isArray(of) && of.length === length && of.every(Number.isInteger);
  return Number.isSafeInteger(bytes) && list(words, 8) && list(rest, (bytes ?? 0) % BLOCK);
}

/** Starts a hash, or continues one from its state. */
export function sha256(from: Sha256State = START): Sha256 {
  let { bytes } = from;
  const words = Int32Array.from(from.words);
  /** The incomplete block; its first `bytes % BLOCK` bytes are valid. */
  const rest = new Uint8Array(BLOCK);
  rest.set(from.rest);
  const state = (): Sha256State => ({
    bytes,
    words: [...words],
    rest: [...rest.subarray(0, bytes % BLOCK)],
  });
  return {
    add(piece) {
      const pending = bytes % BLOCK;
      const fills = pending === 0 ? 0 : Math.min(BLOCK - pending, piece.length);
      rest.set(piece.subarray(0, fills), pending);
      if (pending > 0 && pending + fills === BLOCK) mix(words, rest);
      const end = piece.length - ((piece.length - fills) % BLOCK);
      mix(words, piece.subarray(fills, end));
      rest.set(piece.subarray(end), (pending + fills) % BLOCK);
      bytes += piece.length;
    },
    state,
    value() {
      const last = sha256(state());
      const zeros = (2 * BLOCK - 9 - (bytes % BLOCK)) % BLOCK;
      const padding = new Uint8Array(1 + zeros + 8);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(1 + zeros, BigInt(bytes) * 8n);
      last.add(padding);
      return last
        .state()
        .words.map((word) => (word >>> 0).toString(16).padStart(8, '0'))
        .join('');
    },
  };
}

function T1(e: number, f: number, g: number, h: number, t: number): number {
  const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
  return (h + S1 + (g ^ (e & (f ^ g))) + (ROUNDS[t] as number) + (W[t] as number)) | 0;
}

function T2(a: number, b: number, c: number): number {
  const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
  return (S0 + ((a & b) | (c & (a | b)))) | 0;
}

/** Mixes whole blocks into the eight words. Variables are named as in the standard. */
function mix(words: Int32Array, blocks: Uint8Array): void {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  let H0 = words[0] as number;
  let H1 = words[1] as number;
  let H2 = words[2] as number;
  let H3 = words[3] as number;
  let H4 = words[4] as number;
  let H5 = words[5] as number;
  let H6 = words[6] as number;
  let H7 = words[7] as number;
  for (let at = 0; at < blocks.length; at += BLOCK) {
    schedule(view, at);
    let a = H0;
    let b = H1;
    let c = H2;
    let d = H3;
    let e = H4;
    let f = H5;
    let g = H6;
    let h = H7;
    // Eight rounds at a time: the variables change places by their names, and none is copied.
    for (let t = 0; t < 64; t += 8) {
      h = T1(e, f, g, h, t);
      d = (d + h) | 0;
      h = (h + T2(a, b, c)) | 0;
      g = T1(d, e, f, g, t + 1);
      c = (c + g) | 0;
      g = (g + T2(h, a, b)) | 0;
      f = T1(c, d, e, f, t + 2);
      b = (b + f) | 0;
      f = (f + T2(g, h, a)) | 0;
      e = T1(b, c, d, e, t + 3);
      a = (a + e) | 0;
      e = (e + T2(f, g, h)) | 0;
      d = T1(a, b, c, d, t + 4);
      h = (h + d) | 0;
      d = (d + T2(e, f, g)) | 0;
      c = T1(h, a, b, c, t + 5);
      g = (g + c) | 0;
      c = (c + T2(d, e, f)) | 0;
      b = T1(g, h, a, b, t + 6);
      f = (f + b) | 0;
      b = (b + T2(c, d, e)) | 0;
      a = T1(f, g, h, a, t + 7);
      e = (e + a) | 0;
      a = (a + T2(b, c, d)) | 0;
    }
    H0 = (H0 + a) | 0;
    H1 = (H1 + b) | 0;
    H2 = (H2 + c) | 0;
    H3 = (H3 + d) | 0;
    H4 = (H4 + e) | 0;
    H5 = (H5 + f) | 0;
    H6 = (H6 + g) | 0;
    H7 = (H7 + h) | 0;
  }
  words.set([H0, H1, H2, H3, H4, H5, H6, H7]);
}

/** The message schedule of one block. One shared array suffices, since it is used up immediately. */
const W = new Int32Array(64);

function schedule(view: DataView, at: number): void {
  for (let t = 0; t < 16; t++) W[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = W[t - 15] as number;
    const y = W[t - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[t] = ((W[t - 16] as number) + s0 + (W[t - 7] as number) + s1) | 0;
  }
}
