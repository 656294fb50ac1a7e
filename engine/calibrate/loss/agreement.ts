/**
 * Compares the next-token distributions of a form with those of the original. Of the original only its likeliest ids are
 * kept, since whole rows of logits of all tokens may be hundreds of MB.
 */

/** Ids kept of a row; all others count as one. */
export const TOP = 256;

/** A row of the original: its likeliest ids, the likeliest first. */
export interface TopRow {
  readonly ids: Uint32Array;
  /** Their probabilities. */
  readonly shares: Float32Array;
}

/** How a form of a model differs from its original. */
export interface FormAgreement {
  /** Share of the tokens after which both have the same likeliest id. */
  readonly sameChoice: number;
  /**
   * Mean Kullback–Leibler divergence of the form from the original, in nats, with all ids but the {@link TOP} likeliest as
   * one. That is a lower bound, a few per cent below the divergence of whole rows.
   */
  readonly divergence: number;
}

export interface AgreementMeter {
  /** Adds the form's logits after the same ids. */
  add(logits: Float32Array, original: TopRow): void;
  result(): FormAgreement;
}

/** ln Σ exp(logit), and the index of the largest logit. */
function normaliser(logits: Float32Array): { log: number; best: number } {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  const top = logits[best] as number;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - top);
  return { log: top + Math.log(sum), best };
}

export function topRow(logits: Float32Array): TopRow {
  const { log } = normaliser(logits);
  const ids = likeliest(logits, TOP);
  return { ids, shares: Float32Array.from(ids, (id) => Math.exp((logits[id] as number) - log)) };
}

/** Indices of the `count` largest numbers, in descending order; a heap, whose root is the smallest that is kept. */
function likeliest(numbers: Float32Array, count: number): Uint32Array {
  const heap = new Uint32Array(Math.min(count, numbers.length));
  const at = (i: number) => numbers[heap[i] as number] as number;
  const swap = (i: number, j: number) => {
    const one = heap[i] as number;
    heap[i] = heap[j] as number;
    heap[j] = one;
  };
  const sink = (from: number) => {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      if (left >= heap.length) return;
      const least = left + 1 < heap.length && at(left + 1) < at(left) ? left + 1 : left;
      if (at(i) <= at(least)) return;
      swap(i, least);
      i = least;
    }
  };
  for (let i = 0; i < heap.length; i++) heap[i] = i;
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(i);
  for (let id = heap.length; id < numbers.length; id++) {
    if ((numbers[id] as number) <= at(0)) continue;
    heap[0] = id;
    sink(0);
  }
  return heap.sort((a, b) => (numbers[b] as number) - (numbers[a] as number) || a - b);
}

export function agreementMeter(): AgreementMeter {
  let rows = 0;
  let same = 0;
  let divergence = 0;
  return {
    add(logits, { ids, shares }) {
      const { log, best } = normaliser(logits);
      rows += 1;
      if (best === ids[0]) same += 1;
      divergence += divergenceOf(logits, log, ids, shares);
    },
    result: () => ({ sameChoice: same / rows, divergence: divergence / rows }),
  };
}

/** Below this, the rest of a row is rounding. */
const NO_REST = 1e-6;

function divergenceOf(logits: Float32Array, log: number, ids: Uint32Array, shares: Float32Array): number {
  let sum = 0;
  let rest = 1;
  let own = 1;
  for (let i = 0; i < ids.length; i++) {
    const p = shares[i] as number;
    const q = (logits[ids[i] as number] as number) - log;
    if (p > 0) sum += p * (Math.log(p) - q);
    rest -= p;
    own -= Math.exp(q);
  }
  if (rest > NO_REST && ids.length < logits.length) sum += rest * Math.log(rest / Math.max(own, NO_REST));
  return Math.max(0, sum);
}
