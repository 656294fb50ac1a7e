import { expect, it } from 'vitest';
import { symbol } from '../symbolic/dim.ts';
import { graphBuilder } from './builder.ts';
import { printGraph } from './print.ts';

it('a graph as text', () => {
  const S = symbol('S', { min: 1, max: 64, multipleOf: 4 });
  const P = symbol('P', { min: 0, max: 127 });
  const C = symbol('C', { min: 1, max: 128 });
  const b = graphBuilder('small', { S, P, C });
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const table = b.weight('embed.weight', { dtype: 'm0e4', shape: [9, 8], group: 32 });
  const part = (tensor: string) => ({ kind: 'tensor', tensor }) as const;
  const both = { kind: 'concat', parts: [part('a.weight'), part('b.weight')] } as const;
  const weight = b.weight('ab', { dtype: 'f16', shape: [4, 8] }, both);
  const rope = b.constant(
    'rope',
    { dtype: 'f32', shape: [C, 4] },
    { kind: 'rope', frequencies: [1, 0.5], scale: 1 },
  );
  const of = b.state('cache', { dtype: 'f16', shape: [C, 4] });
  const x = b.node('embed', 'x', { ids, table }, { scale: 1, dtype: 'f16' });
  const k = b.node('linear', 'k', { x, weight }, {});
  const turn = { headWidth: 4, rotary: 4, position: P, pairs: true };
  b.node('rope', 'k_rope', { x: k, table: rope }, turn, { out: { of, row: P } });
  const ring = b.state('ring', { dtype: 'f16', shape: [70, 4] });
  b.node('linear', 'v', { x, weight }, {}, { out: { of: ring, row: P } });
  b.output('hidden', x);
  expect(printGraph(b.build())).toBe(
    [
      'graph small (S 1…64 step 4, P 0…127, C 1…128)',
      'input ids u32[S]',
      'weight embed.weight m0e4/32[9, 8]',
      'weight ab f16[4, 8] = concat(a.weight, b.weight)',
      'constant rope f32[C, 4]',
      'state cache f16[C, 4]',
      'state ring f16[70, 4]',
      '#0 x = embed(ids: ids, table: embed.weight) {scale: 1, dtype: f16} → f16[S, 8]',
      '#1 k = linear(x: x, weight: ab) → f16[S, 4]',
      '#2 k_rope = rope(x: k, table: rope) {headWidth: 4, rotary: 4, position: P, pairs: true} → f16[S, 4] in cache[P…]',
      '#3 v = linear(x: x, weight: ab) → f16[S, 4] in ring[P mod 70…]',
      'outputs hidden: x',
    ].join('\n'),
  );
});
