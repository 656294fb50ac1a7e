/**
 * Logits to the next id. Pure: the same logits, options and random number give the same id. Equal logits are
 * ordered by id, the smaller first, as the GPU's argmax does.
 *
 * The order of the filters is transformers': temperature, top-k, top-p. Only the candidates that a filter may
 * keep are sorted, never the whole vocabulary.
 */
import { invariant } from '../base/errors.ts';
import type { Random } from './random.ts';

export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Keep the k likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keep the fewest that together have this probability; 1 keeps all. */
  readonly topP: number;
}

export function sample(logits: Float32Array, sampling: Sampling, random: Random): number {
  if (sampling.temperature === 0) return greedy(logits);
  const { ids, weights } = distribution(logits, sampling);
  let left = random() * weights.reduce((sum, w) => sum + w, 0);
  for (let i = 0; i < ids.length - 1; i++) {
    left -= weights[i] as number;
    if (left < 0) return ids[i] as number;
  }
  return ids[ids.length - 1] as number;
}

/** The id of the largest logit. */
export function greedy(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if ((logits[i] as number) > (logits[best] as number)) best = i;
  }
  return best;
}

/** The ids that may come, likeliest first unless all may, with weights in proportion to their probability. */
export function distribution(
  logits: Float32Array,
  { temperature, topK, topP }: Sampling,
): { ids: ArrayLike<number>; weights: Float64Array } {
  invariant(logits.length > 0, 'sample', 'there are no logits');
  const k = topK > 0 ? Math.min(topK, logits.length) : logits.length;
  const cut = topP > 0 && topP < 1;
  const top = logits[greedy(logits)] as number;
  const weight = (id: number) => Math.exp(((logits[id] as number) - top) / temperature);
  if (k === logits.length && !cut) {
    const weights = new Float64Array(logits.length);
    for (let i = 0; i < weights.length; i++) weights[i] = weight(i);
    return { ids: Uint32Array.from(weights, (_, i) => i), weights };
  }
  const ids = k < logits.length ? largest(logits, k) : inReach(logits, weight, topP);
  const weights = Float64Array.from(ids, weight);
  if (!cut) return { ids, weights };
  const total = k < logits.length ? weights.reduce((a, b) => a + b, 0) : totalWeight(logits, weight);
  let sum = 0;
  let kept = 0;
  while (kept < ids.length && (kept === 0 || sum < topP * total)) sum += weights[kept++] as number;
  return { ids: ids.slice(0, kept), weights: weights.slice(0, kept) };
}

function totalWeight(logits: Float32Array, weight: (id: number) => number): number {
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += weight(i);
  return total;
}

/**
 * The ids that top-p may keep, sorted. An id is kept while less than p stands before it; then more than 1 − p
 * is left for it and those after it, at most n, of whom it is the likeliest: its share is above (1 − p)/n.
 */
function inReach(logits: Float32Array, weight: (id: number) => number, topP: number): Uint32Array {
  const least = ((1 - topP) / logits.length) * totalWeight(logits, weight);
  const ids: number[] = [];
  for (let i = 0; i < logits.length; i++) if (weight(i) >= least) ids.push(i);
  return Uint32Array.from(ids).sort(byLogit(logits));
}

function byLogit(logits: Float32Array): (a: number, b: number) => number {
  return (a, b) => (logits[b] as number) - (logits[a] as number) || a - b;
}

/** The k ids of the largest logits, sorted: a heap of k whose top is the worst kept so far. */
function largest(logits: Float32Array, k: number): Uint32Array {
  const before = byLogit(logits);
  const heap = new Uint32Array(k);
  let size = 0;
  const worse = (a: number, b: number) => before(heap[a] as number, heap[b] as number) > 0;
  const swap = (a: number, b: number) => {
    const kept = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = kept;
  };
  for (let id = 0; id < logits.length; id++) {
    if (size < k) {
      heap[size] = id;
      for (let at = size++; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!worse(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    } else if (before(id, heap[0] as number) < 0) {
      heap[0] = id;
      for (let at = 0; ; ) {
        let worst = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < k && worse(child, worst)) worst = child;
        if (worst === at) break;
        swap(at, worst);
        at = worst;
      }
    }
  }
  return heap.sort(before);
}
