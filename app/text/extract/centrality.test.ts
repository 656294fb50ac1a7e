import { describe, expect, it } from 'vitest';
import { centrality, similarity, termVectors } from './centrality.ts';

const sentences = [
  ['harbour', 'ship', 'wool'],
  ['harbour', 'ship', 'storm'],
  ['harbour', 'wool', 'market'],
  ['pear', 'plum', 'fig'],
];

describe('centrality', () => {
  it('is highest for what the others resemble, and lowest for what none resembles', () => {
    const scores = centrality(termVectors(sentences));
    expect(scores.indexOf(1)).toBe(0);
    expect(Math.min(...scores)).toBe(scores[3]);
  });

  it('does not depend on the order of the sentences', () => {
    const scores = centrality(termVectors(sentences));
    const reversed = centrality(termVectors([...sentences].reverse())).reverse();
    // Sums of floating-point numbers depend on their order by a few units of their last place.
    for (const [index, score] of reversed.entries()) expect(score).toBeCloseTo(scores[index]!, 12);
  });

  it('is defined for no sentence and for one without terms', () => {
    expect(centrality([])).toEqual([]);
    expect(centrality(termVectors([[]]))).toEqual([1]);
  });
});

it('similarity is 1 for the same terms and 0 for none in common', () => {
  const [one, other] = termVectors([sentences[0]!, sentences[3]!]);
  expect(similarity(one!, one!)).toBeCloseTo(1, 12);
  expect(similarity(one!, other!)).toBe(0);
});
