/**
 * Repacks rows of ggml's blocks as cells: every bit of a weight and of a scale stays, in another order. The blocks:
 * `ggml.ts`, `ggml-k.ts`.
 */
import { type CellName, isCell } from '../../tensor/cells.ts';
import type { GgmlType } from '../ggml.ts';
import { q1Integers, tq1Integers, tq2Integers } from '../ggml-ternary.ts';
import { type CellRows, packRow, rowOf } from './planes.ts';

/** The cell that keeps the bits of a ggml type; undefined for types without one. */
export function cellOf(type: GgmlType): CellName | undefined {
  const name = type.name.toLowerCase();
  return isCell(name) && Object.hasOwn(READERS, name) ? name : undefined;
}

/** Repacks whole rows of `k` weights. Throws `internal` for a type without a cell. */
export function ggmlToCells(cell: CellName, type: GgmlType, bytes: Uint8Array, k: number): CellRows {
  const read = READERS[cell] as BlockReader;
  const row = rowOf(cell, k);
  const blocks = k / type.weights;
  const count = bytes.length / (blocks * type.bytes);
  const stored = { main: new Uint32Array(count * row.main), rest: new Uint32Array(count * row.rest) };
  const q = new Uint8Array(k);
  for (let n = 0; n < count; n++) {
    const restAt = n * row.rest;
    for (let block = 0; block < blocks; block++) {
      read({
        bytes,
        at: (n * blocks + block) * type.bytes,
        q,
        to: block * type.weights,
        words: stored.rest,
        scales: restAt + row.extra,
        block,
      });
    }
    packRow(cell, q, stored, n * row.main, restAt);
  }
  return stored;
}

interface BlockPlace {
  readonly bytes: Uint8Array;
  /** First byte of the block. */
  readonly at: number;
  /** Takes the integers of the block, from `to` on. */
  readonly q: Uint8Array;
  readonly to: number;
  /** Takes its scales; those of the row begin at `scales`. */
  readonly words: Uint32Array;
  readonly scales: number;
  /** Index of the block in the row. */
  readonly block: number;
}

type BlockReader = (place: BlockPlace) => void;

const READERS: Partial<Record<CellName, BlockReader>> = {
  q4_0: (p) => {
    putHalf(p, half(p.bytes, p.at));
    nibbles(p, p.at + 2);
  },
  iq4_nl: (p) => {
    putHalf(p, half(p.bytes, p.at));
    nibbles(p, p.at + 2);
  },
  q4_1: (p) => {
    p.words[p.scales + p.block] = word(p.bytes, p.at);
    nibbles(p, p.at + 4);
  },
  q5_0: (p) => {
    putHalf(p, half(p.bytes, p.at));
    nibbles(p, p.at + 6);
    fifthBits(p, p.at + 2);
  },
  q5_1: (p) => {
    p.words[p.scales + p.block] = word(p.bytes, p.at);
    nibbles(p, p.at + 8);
    fifthBits(p, p.at + 4);
  },
  q8_0: (p) => {
    putHalf(p, half(p.bytes, p.at));
    for (let i = 0; i < 32; i++) p.q[p.to + i] = (p.bytes[p.at + 2 + i] as number) ^ 128;
  },
  mxfp4: (p) => {
    const at = p.scales + (p.block >> 2);
    p.words[at] = (p.words[at] as number) | ((p.bytes[p.at] as number) << (8 * (p.block & 3)));
    nibbles(p, p.at + 1);
  },
  tq1_0: (p) => putHalf(p, tq1Integers(p.bytes, p.at, p.q, p.to)),
  tq2_0: (p) => putHalf(p, tq2Integers(p.bytes, p.at, p.q, p.to)),
  q1_0: (p) => putHalf(p, q1Integers(p.bytes, p.at, p.q, p.to)),
  q2_k: ({ bytes, at, q, to, words, scales, block }) => {
    const into = scales + block * 5;
    words[into] = word(bytes, at + 80);
    for (let i = 0; i < 4; i++) words[into + 1 + i] = word(bytes, at + 4 * i);
    twoBits(bytes, at + 16, q, to);
  },
  q3_k: ({ bytes, at, q, to, words, scales, block }) => {
    twoBits(bytes, at + 32, q, to);
    for (let i = 0; i < 256; i++) {
      const high = ((bytes[at + (i & 31)] as number) >> (i >> 5)) & 1;
      q[to + i] = (q[to + i] as number) | (high << 2);
    }
    const into = scales + block * 4;
    words[into] = half(bytes, at + 108);
    sixBitWords(words, into + 1, (g) => {
      const low = ((bytes[at + 96 + (g & 7)] as number) >> (4 * (g >> 3))) & 15;
      return low | ((((bytes[at + 104 + (g & 3)] as number) >> (2 * (g >> 2))) & 3) << 4);
    });
  },
  q4_k: (p) => {
    scalesAndMinima(p);
    runsOf32(p, p.at + 16);
  },
  q5_k: (p) => {
    scalesAndMinima(p);
    runsOf32(p, p.at + 48);
    const { bytes, at, q, to } = p;
    for (let i = 0; i < 256; i++) {
      const fifth = ((bytes[at + 16 + (i & 31)] as number) >> (i >> 5)) & 1;
      q[to + i] = (q[to + i] as number) | (fifth << 4);
    }
  },
  q6_k: ({ bytes, at, q, to, words, scales, block }) => {
    for (let i = 0; i < 256; i++) {
      const [h, r, l] = [i >> 7, (i >> 5) & 3, i & 31];
      const low = ((bytes[at + h * 64 + (r & 1) * 32 + l] as number) >> ((r >> 1) * 4)) & 15;
      const high = ((bytes[at + 128 + h * 32 + l] as number) >> (2 * r)) & 3;
      q[to + i] = low | (high << 4);
    }
    const into = scales + block * 5;
    words[into] = half(bytes, at + 208);
    for (let i = 0; i < 4; i++) words[into + 1 + i] = word(bytes, at + 192 + 4 * i);
  },
  iq4_xs: ({ bytes, at, q, to, words, scales, block }) => {
    for (let i = 0; i < 256; i++) {
      const byte = bytes[at + 8 + (i >> 5) * 16 + (i & 15)] as number;
      q[to + i] = (i & 16) === 0 ? byte & 15 : byte >> 4;
    }
    const into = scales + block * 2;
    words[into] = word(bytes, at + 4);
    words[into + 1] = half(bytes, at + 2) | (half(bytes, at) << 16);
  },
};

function half(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function word(bytes: Uint8Array, at: number): number {
  return half(bytes, at) | (half(bytes, at + 2) << 16);
}

/** Halves of the blocks of a row, two to a word. */
function putHalf({ words, scales, block }: BlockPlace, bits: number): void {
  const at = scales + (block >> 1);
  words[at] = (words[at] as number) | (bits << (16 * (block & 1)));
}

/** Weight i is the low nibble of byte i, weight i + 16 the high one. */
function nibbles({ bytes, q, to }: BlockPlace, from: number): void {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[from + i] as number;
    q[to + i] = byte & 15;
    q[to + i + 16] = byte >> 4;
  }
}

/** The fifth bit of weight i is bit i of a word. */
function fifthBits({ bytes, q, to }: BlockPlace, from: number): void {
  const bits = word(bytes, from);
  for (let i = 0; i < 32; i++) q[to + i] = (q[to + i] as number) | (((bits >>> i) & 1) << 4);
}

/** Q4_K and Q5_K: runs of 32 weights, low nibbles first, then the high nibbles of the same bytes. */
function runsOf32({ bytes, q, to }: BlockPlace, from: number): void {
  for (let i = 0; i < 256; i++) {
    const byte = bytes[from + (i >> 6) * 32 + (i & 31)] as number;
    q[to + i] = (i & 32) === 0 ? byte & 15 : byte >> 4;
  }
}

/** Q2_K and Q3_K: each half of 128 weights has four runs of 32, two bits each of the same 32 bytes. */
function twoBits(bytes: Uint8Array, from: number, q: Uint8Array, to: number): void {
  for (let i = 0; i < 256; i++) {
    q[to + i] = ((bytes[from + (i >> 7) * 32 + (i & 31)] as number) >> (2 * ((i >> 5) & 3))) & 3;
  }
}

/** Q4_K and Q5_K: eight scales, eight minima, six bits each (`sixBits` in `ggml-k.ts`). */
function scalesAndMinima({ bytes, at, words, scales, block }: BlockPlace): void {
  const into = scales + block * 4;
  words[into] = word(bytes, at);
  sixBitWords(words, into + 1, (n) => {
    const [g, which] = [n & 7, n >> 3];
    if (g < 4) return (bytes[at + 4 + g + 4 * which] as number) & 63;
    const low = ((bytes[at + 8 + g] as number) >> (4 * which)) & 15;
    return low | (((bytes[at + g + 4 * which] as number) >> 6) << 4);
  });
}

/** Sixteen numbers of six bits: two words of low nibbles, one of high bits. */
function sixBitWords(words: Uint32Array, into: number, at: (n: number) => number): void {
  let [first, second, high] = [0, 0, 0];
  for (let n = 0; n < 16; n++) {
    const value = at(n);
    if (n < 8) first |= (value & 15) << (4 * n);
    else second |= (value & 15) << (4 * n - 32);
    high |= (value >> 4) << (2 * n);
  }
  words[into] = first;
  words[into + 1] = second;
  words[into + 2] = high;
}
