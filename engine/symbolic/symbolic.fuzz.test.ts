/**
 * Builds random expressions twice: as dims, which are simplified, and as plain functions, which are not. All
 * ways to evaluate must agree, and no proof may contradict a value.
 * FUZZ_SEED repeats a run; the test's name shows the seed.
 */
import { describe, expect, it } from 'vitest';
import * as dim from './dim.ts';
import { type Binding, compileDims, evaluate } from './evaluate.ts';
import { bounds, largest, lessOrEqual } from './relate.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Mulberry32, as in tensor/random.ts, which this folder may not import. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(SEED);
const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));

const SYMBOLS = {
  S: dim.symbol('S', { min: 1, max: 9 }),
  P: dim.symbol('P', { min: 0, max: 30 }),
  C: dim.symbol('C', { min: 8, max: 64, multipleOf: 8 }),
  W: dim.symbol('W', { min: 0, max: 512, multipleOf: 32 }),
};
const NAMES = Object.keys(SYMBOLS) as (keyof typeof SYMBOLS)[];

interface Pair {
  readonly dim: dim.Dim;
  readonly value: (b: Binding) => number;
}

function expression(depth: number): Pair {
  if (depth === 0 || random() < 0.15) {
    if (random() < 0.3) {
      const n = whole(-5, 40);
      return { dim: n, value: () => n };
    }
    const name = NAMES[whole(0, NAMES.length - 1)]!;
    return { dim: SYMBOLS[name], value: (b) => b[name]! };
  }
  const [x, y] = [expression(depth - 1), expression(depth - 1)];
  const n = [1, 2, 3, 4, 8, 12, 32, 64][whole(0, 7)]!;
  const both = (f: (a: dim.Dim, b: dim.Dim) => dim.Dim, g: (a: number, b: number) => number): Pair => ({
    dim: f(x.dim, y.dim),
    value: (b) => g(x.value(b), y.value(b)),
  });
  const numbered = (f: (a: dim.Dim, b: number) => dim.Dim, g: (a: number, b: number) => number): Pair => ({
    dim: f(x.dim, n),
    value: (b) => g(x.value(b), n),
  });
  switch (whole(0, 9)) {
    case 0:
    case 1:
      return both(dim.add, (a, b) => a + b);
    case 2:
      return both(dim.sub, (a, b) => a - b);
    case 3:
      return numbered(dim.mul, (a, b) => a * b);
    case 4:
      return depth > 2 ? both(dim.add, (a, b) => a + b) : both(dim.mul, (a, b) => a * b);
    case 5:
      return numbered(dim.floordiv, (a, b) => Math.floor(a / b));
    case 6:
      return numbered(dim.ceildiv, (a, b) => Math.ceil(a / b) + 0);
    case 7:
      return numbered(dim.roundUp, (a, b) => Math.ceil(a / b) * b);
    case 8:
      return random() < 0.5 ? both(dim.min, Math.min) : both(dim.max, Math.max);
    default: // a symbolic divisor, clamped to 1 or more
      return {
        dim: dim.floordiv(x.dim, dim.max(y.dim, 1)),
        value: (b) => Math.floor(x.value(b) / Math.max(y.value(b), 1)),
      };
  }
}

function binding(): Binding {
  return { S: whole(1, 9), P: whole(0, 30), C: 8 * whole(1, 8), W: 32 * whole(0, 16) };
}

describe(`random expressions, seed ${SEED}`, () => {
  it('evaluate, compileDims and the plain tree agree; bounds and proofs hold', () => {
    for (let round = 0; round < 3000; round++) {
      const pairs = [expression(whole(0, 4)), expression(whole(0, 4))] as const;
      const [a, b] = [pairs[0].dim, pairs[1].dim];
      const more = largest(a, b);
      const compiled = compileDims([a, b, more], NAMES);
      const out = new Float64Array(3);
      const limits = bounds(a);
      const proved = lessOrEqual(a, b);
      for (let i = 0; i < 8; i++) {
        const at = binding();
        const where = `${dim.print(a)} and ${dim.print(b)} at ${JSON.stringify(at)}`;
        const [x, y] = [pairs[0].value(at), pairs[1].value(at)];
        compiled.run(
          NAMES.map((name) => at[name]!),
          out,
        );
        const [sum, [first, second, most]] = [evaluate(a, at), out];
        const agree = sum === x && first === x && second === y && most === Math.max(x, y); // −0 is 0 here
        expect(agree, `${where}: ${[sum, ...out]} for ${x}, ${y}`).toBe(true);
        expect(limits.min <= x && x <= limits.max, `${where}: ${limits.min} ≤ ${x} ≤ ${limits.max}`).toBe(
          true,
        );
        if (proved) expect(x <= y, `${where}: proved ${x} ≤ ${y}`).toBe(true);
      }
    }
  });

  it('a sum prints the same for any order of its terms', () => {
    for (let round = 0; round < 500; round++) {
      const terms = Array.from({ length: whole(2, 5) }, () => expression(2).dim);
      const shuffled = terms.map((t) => ({ t, key: random() })).sort((p, q) => p.key - q.key);
      expect(dim.print(dim.add(...shuffled.map((p) => p.t)))).toBe(dim.print(dim.add(...terms)));
    }
  });
});
