/**
 * merge-heads and fuse-heads by the graph's text before and after, the cases that they must leave alone, and pairs that
 * the checkpoint already has.
 */
import { describe, expect, it } from 'vitest';
import { symbol } from '../../symbolic/dim.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { graphBuilder, type ViewTarget } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { printNodes, printValue } from '../print.ts';
import { validate } from '../validate.ts';
import { fuseHeads } from './fuse-heads.ts';
import { fuseResidual } from './fuse-residual.ts';
import { mergeHeads } from './merge-heads.ts';
import { mergeQkv } from './merge-qkv.ts';

const S = symbol('S', { min: 1, max: 8 });
const P = symbol('P', { min: 0, max: 15 });
const C = symbol('C', { min: 1, max: 16 });
const f32 = (...shape: TensorType['shape']): TensorType => ({ dtype: 'f32', shape });

interface Options {
  /** Which of q and k have their heads normalised. */
  readonly normed?: string;
  readonly kEps?: number;
  readonly pairs?: boolean;
  /** A cache of 8 bits. */
  readonly bytes?: boolean;
}

/** Two query heads of width 4 on one key/value head, and a norm of the block's result. */
function build({ normed = 'qk', kEps = 0.5, pairs = false, bytes = false }: Options = {}): Graph {
  const b = graphBuilder('test', { S, P, C });
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const x = b.node('embed', 'x', { ids, table: b.weight('table', f32(9, 8)) }, { scale: 1, dtype: 'f32' });
  const cache: TensorType = bytes ? { dtype: 'kv8', shape: [C, 4], group: 4 } : f32(C, 4);
  const [k, v] = [b.state('k_cache', cache), b.state('v_cache', cache)];
  const table = b.constant('rope', f32(C, 4), { kind: 'rope', frequencies: [1, 1], scale: 1 });
  const linear = (name: string, rows: number, into = {}) =>
    b.node('linear', name, { x, weight: b.weight(`${name}.w`, f32(rows, 8)) }, {}, into);
  const norm = (name: string, part: number, eps: number) =>
    normed.includes(name)
      ? b.node(
          'rmsnorm',
          `${name}_norm`,
          { x: part, weight: b.weight(`${name}_norm.w`, f32(4)) },
          { eps, headWidth: 4 },
        )
      : part;
  const turn = { headWidth: 4, rotary: 4, position: P, pairs };
  const q = b.node('rope', 'q_rope', { x: norm('q', linear('q', 8), 0.5), table }, turn);
  const into = (of: number): Record<string, ViewTarget> => (bytes ? {} : { out: { of, row: P } });
  const key = b.node('rope', 'k_rope', { x: norm('k', linear('k', 4), kEps), table }, turn, into(k));
  const value = linear('v', 4, into(v));
  if (bytes) {
    b.node('quantise', 'k_bytes', { x: key }, { headWidth: 4 }, { out: { of: k, row: P } });
    b.node('quantise', 'v_bytes', { x: value }, { headWidth: 4 }, { out: { of: v, row: P } });
  }
  const mixed = b.node('attention', 'mix', { q, k, v }, { headWidth: 4, position: P, scale: 0.5 });
  const after = b.node('rmsnorm', 'after', { x: mixed, weight: b.weight('after.w', f32(8)) }, { eps: 0.5 });
  b.output('y', b.node('add', 'y', { a: x, b: after }, {}));
  const graph = b.build();
  validate(graph);
  return graph;
}

const text = (graph: Graph) => {
  validate(graph);
  return printNodes(graph).split('\n').slice(1).join('\n');
};

describe('merge-heads', () => {
  it('makes two nodes of seven', () => {
    const graph = build();
    expect(
      text(graph)
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['q', 'q_norm', 'q_rope', 'k', 'k_norm', 'k_rope', 'v', 'mix', 'after', 'y']);
    const done = mergeHeads.run(graph);
    expect(text(done)).toBe(
      [
        'qkv = linear(x: x, weight: qkv.weight) → f32[S, 16]',
        'heads = heads(x: qkv, q_norm: q_norm.w, k_norm: k_norm.w, table: rope) {heads: 2, kvHeads: 1, headWidth: 4,' +
          ' rotary: 4, position: P, pairs: false, headEps: 0.5}' +
          ' → q f32[S, 8], k f32[S, 4] in k_cache[P…], v f32[S, 4] in v_cache[P…]',
        'mix = attention(q: heads.q, k: k_cache, v: v_cache) {headWidth: 4, position: P, scale: 0.5} → f32[S, 8]',
        'after = rmsnorm(x: mix, weight: after.w) {eps: 0.5} → f32[S, 8]',
        'y = add(a: x, b: after) → f32[S, 8]',
      ].join('\n'),
    );
    const weight = done.values.find((v) => v.name === 'qkv.weight')!;
    expect(printValue(weight)).toBe('weight qkv.weight f32[16, 8] = concat(q.w, k.w, v.w)');
  });

  it.each([
    ['', {}],
    ['q_norm: q_norm.w, k_norm: k_norm.w, ', { headEps: 0.5 }],
  ])('makes two nodes of all that leads to a cache of 8 bits; %s', (norms, eps) => {
    const done = text(mergeHeads.run(build({ bytes: true, normed: norms === '' ? '' : 'qk' })));
    expect(done.split('\n')[1]).toBe(
      `heads = heads(x: qkv, ${norms}table: rope) {heads: 2, kvHeads: 1, headWidth: 4, rotary: 4, position: P,` +
        ` pairs: false${'headEps' in eps ? ', headEps: 0.5' : ''}, kv8: true} → q f32[S, 8], k kv8/4[S, 4] in k_cache[P…],` +
        ' v kv8/4[S, 4] in v_cache[P…]',
    );
    expect(done.split('\n').map((line) => line.split(' ')[0])).toEqual(['qkv', 'heads', 'mix', 'after', 'y']);
  });

  it.each([
    ['only q is normalised', { normed: 'q' }],
    ['the two norms differ', { kEps: 0.25 }],
    ['nothing is normalised', { normed: '' }],
  ])('leaves it when %s', (_what, options) => {
    const graph = build(options);
    expect(text(mergeHeads.run(graph))).toBe(text(graph));
  });

  it('leaves heads with norms to this pass', () => {
    const graph = build();
    expect(text(mergeQkv.run(graph))).toBe(text(graph));
  });
});

describe('fuse-heads', () => {
  it('makes one node of two', () => {
    const done = fuseHeads.run(mergeHeads.run(build()));
    expect(text(done).split('\n')[0]).toBe(
      'heads = qkv_heads(x: x, q_norm: q_norm.w, k_norm: k_norm.w, table: rope, weight: qkv.weight) {heads: 2,' +
        ' kvHeads: 1, headWidth: 4, rotary: 4, position: P, pairs: false, headEps: 0.5}' +
        ' → q f32[S, 8], k f32[S, 4] in k_cache[P…], v f32[S, 4] in v_cache[P…]',
    );
  });

  it('leaves heads whose product has a norm already', () => {
    const graph = mergeHeads.run(build());
    const nodes = graph.nodes.map((node) =>
      node.op === 'linear' ? { ...node, inputs: { ...node.inputs, norm: node.inputs.weight! } } : node,
    );
    expect(fuseHeads.run({ ...graph, nodes }).nodes).toEqual(nodes);
  });
});

describe('beside it', () => {
  it('merge-qkv moves no rows where pairs are neighbours already', () => {
    const done = mergeQkv.run(build({ normed: '', pairs: true }));
    const weight = done.values.find((v) => v.name === 'qkv.weight')!;
    expect(printValue(weight)).toBe('weight qkv.weight f32[16, 8] = concat(q.w, k.w, v.w)');
  });

  it('fuse-residual adds a normalised result in place', () => {
    expect(text(fuseResidual.run(build())).split('\n').at(-1)).toBe(
      'after = rmsnorm(x: mix, weight: after.w, residual: x) {eps: 0.5} → f32[S, 8]',
    );
  });
});
