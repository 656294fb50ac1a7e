import { expect, test } from 'vitest';
import { deviationOf } from './compare.ts';
import { llamaRow } from './llama.ts';
import { formTable } from './report.ts';

const printed = (form: string, losses: number[], divergences = losses.map(() => 0)) =>
  JSON.stringify({
    form,
    bits: 4.5,
    between: 4.25,
    losses,
    divergences,
    same: losses.map((_, i) => +(i > 0)),
  });

const engine = (form: 'f32' | 'calibrated', bits: number, losses: number[], divergence: number) => ({
  form,
  weights: form,
  bitsPerWeight: bits,
  bitsBetween: bits / 2,
  deviation: deviationOf({
    losses,
    divergences: losses.map(() => divergence),
    same: losses.map(() => true),
  }),
});

test('a row of llama.cpp has the figures of its tokens', () => {
  const { form, bitsPerWeight, bitsBetween, deviation } = llamaRow(
    printed('Q4_0', [Math.log(2), Math.log(8)], [0.1, 0.3]),
    2,
  );
  expect([form, bitsPerWeight, bitsBetween]).toEqual(['Q4_0', 4.5, 4.25]);
  expect(deviation.perplexity).toBeCloseTo(4, 12);
  expect(deviation.meanDivergence).toBeCloseTo(0.2, 12);
  expect(deviation.highDivergence).toBe(0.3);
  expect(deviation.sameChoice).toBe(0.5);
});

test('a row that lacks tokens is refused with its name', () => {
  expect(() => llamaRow(printed('Q4_0', [1, 2]), 3)).toThrow('Q4_0: expected figures of 3 tokens, got 2');
});

test('each row is compared with the own values on the same engine', () => {
  const rows = [engine('f32', 32, [1, 2], 0), engine('calibrated', 5, [1.1, 2.1], 0.03)];
  // llama.cpp's own values are a little off, which must not count as a change of its formats.
  const llama = [printed('own', [1.5, 2.5]), printed('Q4_K_M+imatrix', [1.5, 2.7], [0.01, 0.02])];
  const table = formTable(
    'tiny',
    rows,
    llama.map((one) => llamaRow(one, 2)),
  );
  expect(table.split('\n')).toEqual([
    'tiny, 2 tokens',
    '',
    '| form | bits a weight | between embedding and head | perplexity |  | divergence | 99 % | same choice |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    '| own values, f32 | 32.00 | 16.00 | 4.482 |  |  |  |  |',
    '| `calibrated` | 5.00 | 2.50 | 4.953 | +10.52 % ± 0.00 | 0.0300 | 0.030 | 100.0 % |',
    '| llama.cpp, own values, f32 | 4.50 | 4.25 | 7.389 |  |  |  |  |',
    '| llama.cpp, Q4_K_M with imatrix | 4.50 | 4.25 | 8.166 | +10.52 % ± 10.00 | 0.0150 | 0.020 | 50.0 % |',
    '',
  ]);
});

test('llama.cpp alone has a table too', () => {
  const table = formTable('tiny', [], [llamaRow(printed('own', [1, 2]), 2)]);
  expect(table).toContain('tiny, 2 tokens');
  expect(table).toContain('| llama.cpp, own values, f32 | 4.50 |');
});
