/**
 * chrF (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"), as sacreBLEU computes it for one
 * sentence: n-grams of 1 to 6 characters without white space, β = 2. No package on npm does this and is kept up. Pure.
 */

const ORDER = 6;
const BETA = 2;

/** 0 to 100. The mean of precisions and of recalls over the orders that both texts have, joined as F-score. */
export function chrf(text: string, reference: string): number {
  const [found, wanted] = [text, reference].map((each) => [...each.replace(/\s+/g, '')]) as [
    string[],
    string[],
  ];
  let [precision, recall, orders] = [0, 0, 0];
  for (let n = 1; n <= ORDER; n++) {
    const [a, b] = [grams(found, n), grams(wanted, n)];
    if (a.total === 0 || b.total === 0) continue;
    let shared = 0;
    for (const [gram, count] of a.counts) shared += Math.min(count, b.counts.get(gram) ?? 0);
    precision += shared / a.total;
    recall += shared / b.total;
    orders++;
  }
  if (precision === 0 || recall === 0) return 0;
  const [p, r] = [precision / orders, recall / orders];
  return (100 * (1 + BETA ** 2) * p * r) / (BETA ** 2 * p + r);
}

function grams(characters: readonly string[], n: number): { counts: Map<string, number>; total: number } {
  const counts = new Map<string, number>();
  const total = Math.max(0, characters.length - n + 1);
  for (let at = 0; at < total; at++) {
    const gram = characters.slice(at, at + n).join('');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return { counts, total };
}
