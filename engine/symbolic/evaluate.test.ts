import { describe, expect, it } from 'vitest';
import { add, floordiv, mul, sub, symbol } from './dim.ts';
import { type Binding, compileDims, evaluate } from './evaluate.ts';

const S = symbol('S', { min: 1, max: 16 });
const W = symbol('W', { min: 0, max: 64, multipleOf: 8 });

describe('evaluate', () => {
  it.each<Binding>([{}, { S: 0 }, { S: 17 }, { S: 1.5 }, { S: Number.NaN }])(
    'refuses S bound to %o',
    (binding) => {
      expect(() => evaluate(add(S, 1), binding)).toThrow('symbol S');
    },
  );

  it('refuses a value that is not of the declared multiple, and a divisor below 1', () => {
    expect(() => evaluate(W, { W: 12 })).toThrow('multiple of 8');
    expect(() => evaluate(floordiv(4, sub(S, 1)), { S: 1 })).toThrow('divisor');
  });
});

describe('compileDims', () => {
  it('writes one number per dim, in order', () => {
    const compiled = compileDims([mul(3, S), 7, 0, floordiv(add(W, S), 3)], ['W', 'S']);
    const out = new Float64Array(compiled.length);
    compiled.run([16, 5], out);
    expect([...out]).toEqual([15, 7, 0, 7]);
  });

  it('keeps sizes beyond 2^31 exact', () => {
    const out = [0];
    compileDims([mul(4 * 128256 * 8192, S)], ['S']).run([16], out);
    expect(out).toEqual([4 * 128256 * 8192 * 16]);
  });

  it('refuses a symbol that is not an argument', () => {
    expect(() => compileDims([S], ['P'])).toThrow('symbol S');
  });
});
