/**
 * How central each sentence of a page is: LexRank (Erkan and Radev 2004), a random walk over sentences that share words,
 * weighted by rarity. The graph is sparse: two sentences are compared only if they share a term that is not in many
 * others, so the cost grows with the text and not with the square of its sentences. Pure.
 */

/** A term in more sentences than this connects none: it would cost its square, and says little. */
const MOST_HOLDERS = 40;
/** Chance of going on along an edge, and rounds of the walk; as usual for PageRank, whose error shrinks by it each round. */
const DAMPING = 0.85;
const ROUNDS = 20;
/** Similarity below which sentences are not connected. */
const LEAST = 0.05;

/** A sentence as weights of its terms, of length 1. */
export type TermVector = ReadonlyMap<string, number>;

/** One vector per sentence: term frequency times inverse document frequency, normalised. */
export function termVectors(sentences: readonly (readonly string[])[]): TermVector[] {
  const holders = new Map<string, number>();
  for (const terms of sentences)
    for (const term of new Set(terms)) holders.set(term, (holders.get(term) ?? 0) + 1);
  return sentences.map((terms) => {
    const vector = new Map<string, number>();
    const rarity = (term: string) => Math.log(1 + sentences.length / holders.get(term)!);
    for (const term of terms) vector.set(term, (vector.get(term) ?? 0) + rarity(term));
    const length = Math.hypot(...vector.values()) || 1;
    for (const [term, weight] of vector) vector.set(term, weight / length);
    return vector;
  });
}

/** Cosine of two vectors, 0 to 1. */
export function similarity(one: TermVector, other: TermVector): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return sum;
}

/** One score per sentence, 0 to 1; the most central has 1. */
export function centrality(vectors: readonly TermVector[]): number[] {
  const edges = connect(vectors);
  const degrees = edges.map((row) => [...row.values()].reduce((sum, weight) => sum + weight, 0));
  let scores = vectors.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    scores = edges.map((row) => {
      let sum = 0;
      for (const [other, weight] of row) sum += (weight / degrees[other]!) * scores[other]!;
      return 1 - DAMPING + DAMPING * sum;
    });
  }
  const most = Math.max(...scores, Number.MIN_VALUE);
  return scores.map((score) => score / most);
}

/** For each sentence the connected ones with their similarity. */
function connect(vectors: readonly TermVector[]): Map<number, number>[] {
  const holders = new Map<string, number[]>();
  vectors.forEach((vector, index) => {
    for (const term of vector.keys()) {
      const list = holders.get(term);
      if (list === undefined) holders.set(term, [index]);
      else list.push(index);
    }
  });
  return vectors.map((vector, index) => {
    const row = new Map<number, number>();
    for (const [term, weight] of vector) {
      const others = holders.get(term)!;
      if (others.length > MOST_HOLDERS) continue;
      for (const other of others)
        if (other !== index) row.set(other, (row.get(other) ?? 0) + weight * vectors[other]!.get(term)!);
    }
    for (const [other, weight] of row) if (weight < LEAST) row.delete(other);
    return row;
  });
}
