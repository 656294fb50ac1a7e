/** Each pass by the graph's text before and after, and the cases that it must leave alone. */
import { describe, expect, it } from 'vitest';
import { symbol } from '../../symbolic/dim.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { type GraphBuilder, graphBuilder } from '../builder.ts';
import type { Graph, Pass, ValueId } from '../graph.ts';
import { printNodes, printValue } from '../print.ts';
import { validate } from '../validate.ts';
import { dropDead } from './drop-dead.ts';
import { foldLastRow } from './fold-last-row.ts';
import { fuseNorm } from './fuse-norm.ts';
import { fuseResidual } from './fuse-residual.ts';
import { PASSES, runPasses } from './index.ts';
import { mergeGateUp } from './merge-gate-up.ts';
import { mergeQkv } from './merge-qkv.ts';
import { sampleOnGpu } from './sample-on-gpu.ts';

const S = symbol('S', { min: 1, max: 8 });
const P = symbol('P', { min: 0, max: 15 });
const C = symbol('C', { min: 1, max: 16 });

const f32 = (...shape: TensorType['shape']): TensorType => ({ dtype: 'f32', shape });

/** Builds a graph on x f32[S, 8]. */
function build(body: (b: GraphBuilder, x: ValueId) => void): Graph {
  const b = graphBuilder('test', { S, P, C });
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const x = b.node('embed', 'x', { ids, table: b.weight('table', f32(9, 8)) }, { scale: 1, dtype: 'f32' });
  body(b, x);
  const graph = b.build();
  validate(graph);
  return graph;
}

/** Validates the graph and prints the nodes after `x`. */
function rewritten(pass: Pass, graph: Graph): string {
  const done = pass.run(graph);
  validate(done);
  return printNodes(done).split('\n').slice(1).join('\n');
}

const text = (graph: Graph) => printNodes(graph).split('\n').slice(1).join('\n');
const linear = (b: GraphBuilder, name: string, x: ValueId, rows = 8, more: Record<string, ValueId> = {}) =>
  b.node('linear', name, { x, weight: b.weight(`${name}.w`, f32(rows, b.typeOf(x).shape[1]!)), ...more }, {});

interface QkvOptions {
  readonly biases?: readonly string[];
  readonly kRotary?: number;
  readonly vFrom?: ValueId;
  readonly vType?: TensorType;
  /** A second reader of q. */
  readonly also?: (q: ValueId) => void;
}

function attentionBlock(b: GraphBuilder, x: ValueId, o: QkvOptions = {}): ValueId {
  const [k, v] = [b.state('k_cache', f32(C, 4)), b.state('v_cache', f32(C, 4))];
  const project = (name: string, from: ValueId, type: TensorType, into = {}) => {
    const bias =
      o.biases?.includes(name) === true ? { bias: b.weight(`${name}.b`, f32(type.shape[0]!)) } : {};
    return b.node(
      'linear',
      name,
      { x: from, weight: b.weight(`${name}.w`, type), ...bias } as Record<string, ValueId>,
      {},
      into,
    );
  };
  const turn = (rotary: number) => ({ headWidth: 4, rotary, position: P, pairs: false });
  const table = (rotary: number) =>
    b.constant(`rope${rotary}`, f32(C, rotary), {
      kind: 'rope',
      frequencies: Array(rotary / 2).fill(1),
      scale: 1,
    });
  const rope = table(4);
  const q = project('q', x, f32(8, 8));
  o.also?.(q);
  const qRope = b.node('rope', 'q_rope', { x: q, table: rope }, turn(4));
  const kFlat = project('k', x, f32(4, 8));
  const kTable = o.kRotary === undefined ? rope : table(o.kRotary);
  b.node('rope', 'k_rope', { x: kFlat, table: kTable }, turn(o.kRotary ?? 4), { out: { of: k, row: P } });
  project('v', o.vFrom ?? x, o.vType ?? f32(4, 8), { out: { of: v, row: P } });
  return b.node('attention', 'mix', { q: qRope, k, v }, { headWidth: 4, position: P, scale: 0.5 });
}

describe('merge-qkv', () => {
  it('makes one node of five', () => {
    const graph = build((b, x) => b.output('y', attentionBlock(b, x)));
    expect(text(graph)).toBe(
      [
        'q = linear(x: x, weight: q.w) → f32[S, 8]',
        'q_rope = rope(x: q, table: rope4) {headWidth: 4, rotary: 4, position: P, pairs: false} → f32[S, 8]',
        'k = linear(x: x, weight: k.w) → f32[S, 4]',
        'k_rope = rope(x: k, table: rope4) {headWidth: 4, rotary: 4, position: P, pairs: false} → f32[S, 4] in k_cache[P…]',
        'v = linear(x: x, weight: v.w) → f32[S, 4] in v_cache[P…]',
        'mix = attention(q: q_rope, k: k_cache, v: v_cache) {headWidth: 4, position: P, scale: 0.5} → f32[S, 8]',
      ].join('\n'),
    );
    expect(rewritten(mergeQkv, graph)).toBe(
      [
        'qkv = qkv(x: x, weight: qkv.weight, table: rope4) {heads: 2, kvHeads: 1, headWidth: 4, rotary: 4, position: P}' +
          ' → q f32[S, 8], k f32[S, 4] in k_cache[P…], v f32[S, 4] in v_cache[P…]',
        'mix = attention(q: qkv.q, k: k_cache, v: v_cache) {headWidth: 4, position: P, scale: 0.5} → f32[S, 8]',
      ].join('\n'),
    );
    const weight = mergeQkv.run(graph).values.find((v) => v.name === 'qkv.weight')!;
    expect(printValue(weight)).toBe(
      'weight qkv.weight f32[16, 8] = concat(q.w rope-pairs 4/4, k.w rope-pairs 4/4, v.w)',
    );
  });

  it('joins biases when all three have one', () => {
    const all = build((b, x) => b.output('y', attentionBlock(b, x, { biases: ['q', 'k', 'v'] })));
    expect(rewritten(mergeQkv, all)).toContain('qkv(x: x, weight: qkv.weight, table: rope4, bias: qkv.bias)');
    const bias = mergeQkv.run(all).values.find((v) => v.name === 'qkv.bias')!;
    expect(printValue(bias)).toBe(
      'weight qkv.bias f32[16] = concat(q.b rope-pairs 4/4, k.b rope-pairs 4/4, v.b)',
    );
  });

  const kept: [what: string, body: (b: GraphBuilder, x: ValueId) => void][] = [
    ['some biases are missing', (b, x) => b.output('y', attentionBlock(b, x, { biases: ['q'] }))],
    [
      'v comes from another x',
      (b, x) => b.output('y', attentionBlock(b, x, { vFrom: linear(b, 'other', x) })),
    ],
    ['q and k turn differently', (b, x) => b.output('y', attentionBlock(b, x, { kRotary: 2 }))],
    [
      'dtypes differ',
      (b, x) => b.output('y', attentionBlock(b, x, { vType: { dtype: 'f16', shape: [4, 8] } })),
    ],
    [
      'somebody else reads q',
      (b, x) => b.output('y', attentionBlock(b, x, { also: (q) => b.output('q', linear(b, 'other', q)) })),
    ],
  ];
  it.each(kept)('leaves it when %s', (_what, body) => {
    const graph = build(body);
    expect(rewritten(mergeQkv, graph)).toBe(text(graph));
  });
});

describe('merge-gate-up', () => {
  const block = (b: GraphBuilder, x: ValueId, bias: Record<string, ValueId> = {}) => {
    const gate = linear(b, 'mlp.gate', x, 12);
    const up = linear(b, 'mlp.up', x, 12, bias);
    return b.node('gate_mul', 'mlp.gate_mul', { gate, up }, { activation: 'silu' });
  };

  it('makes one node of three', () => {
    const graph = build((b, x) => b.output('y', block(b, x)));
    expect(text(graph)).toBe(
      [
        'mlp.gate = linear(x: x, weight: mlp.gate.w) → f32[S, 12]',
        'mlp.up = linear(x: x, weight: mlp.up.w) → f32[S, 12]',
        'mlp.gate_mul = gate_mul(gate: mlp.gate, up: mlp.up) {activation: silu} → f32[S, 12]',
      ].join('\n'),
    );
    expect(rewritten(mergeGateUp, graph)).toBe(
      'mlp.gated = gated(x: x, weight: mlp.gated.weight) {activation: silu} → f32[S, 12]',
    );
    const weight = mergeGateUp.run(graph).values.find((v) => v.name === 'mlp.gated.weight')!;
    expect(printValue(weight)).toBe('weight mlp.gated.weight f32[24, 8] = interleave(mlp.gate.w, mlp.up.w)');
  });

  it('leaves it when there is a bias, or when up has another reader', () => {
    const biased = build((b, x) => b.output('y', block(b, x, { bias: b.weight('b', f32(12)) })));
    expect(rewritten(mergeGateUp, biased)).toBe(text(biased));
    const read = build((b, x) => {
      const y = block(b, x);
      const up = y - 1; // produced by the node before
      b.output('y', b.node('add', 'y', { a: y, b: up }, {}));
    });
    expect(rewritten(mergeGateUp, read)).toBe(text(read));
  });
});

describe('fuse-residual', () => {
  it('adds in place, also along a chain and with the arguments the other way round', () => {
    const graph = build((b, x) => {
      const a = b.node('add', 'a', { a: x, b: linear(b, 'o', linear(b, 'i', x)) }, {});
      const n = b.node('rmsnorm', 'n', { x: a, weight: b.weight('n.w', f32(8)) }, { eps: 0.5 });
      b.output('y', b.node('add', 'y', { a: linear(b, 'down', n), b: a }, {}));
    });
    expect(rewritten(fuseResidual, graph)).toBe(
      [
        'i = linear(x: x, weight: i.w) → f32[S, 8]',
        'o = linear(x: i, weight: o.w, residual: x) → f32[S, 8]',
        'n = rmsnorm(x: o, weight: n.w) {eps: 0.5} → f32[S, 8]',
        'down = linear(x: n, weight: down.w, residual: o) → f32[S, 8]',
      ].join('\n'),
    );
  });

  const kept: [what: string, body: (b: GraphBuilder, x: ValueId) => void][] = [
    [
      'the residual lives on',
      (b, x) => {
        const y = b.node('add', 'y', { a: x, b: linear(b, 'o', linear(b, 'i', x)) }, {});
        b.output('z', b.node('add', 'z', { a: x, b: y }, {}));
      },
    ],
    [
      'the residual is an output',
      (b, x) => {
        b.output('x', x);
        b.output('y', b.node('add', 'y', { a: x, b: linear(b, 'o', linear(b, 'i', x)) }, {}));
      },
    ],
    [
      'the linear reads the residual itself',
      (b, x) => b.output('y', b.node('add', 'y', { a: x, b: linear(b, 'o', x) }, {})),
    ],
    [
      'the residual is made after the linear',
      (b, x) => {
        const o = linear(b, 'o', linear(b, 'i', x));
        b.output('y', b.node('add', 'y', { a: b.node('add', 'late', { a: x, b: x }, {}), b: o }, {}));
      },
    ],
    [
      'somebody else reads the product',
      (b, x) => {
        const o = linear(b, 'o', linear(b, 'i', x));
        b.output('o', o);
        b.output('y', b.node('add', 'y', { a: x, b: o }, {}));
      },
    ],
  ];
  it.each(kept)('leaves it when %s', (_what, body) => {
    const graph = build(body);
    expect(rewritten(fuseResidual, graph)).toBe(text(graph));
  });
});

describe('fuse-norm', () => {
  const norm = (b: GraphBuilder, x: ValueId, name = 'n') =>
    b.node('rmsnorm', name, { x, weight: b.weight(`${name}.w`, f32(8)) }, { eps: 0.5 });

  it('goes into every reader', () => {
    const graph = build((b, x) => {
      const n = norm(b, x);
      b.output('y', linear(b, 'y', n));
      b.output('z', linear(b, 'z', n));
    });
    expect(rewritten(fuseNorm, graph)).toBe(
      [
        'y = linear(x: x, weight: y.w, norm: n.w) {eps: 0.5} → f32[S, 8]',
        'z = linear(x: x, weight: z.w, norm: n.w) {eps: 0.5} → f32[S, 8]',
      ].join('\n'),
    );
  });

  const kept: [what: string, body: (b: GraphBuilder, x: ValueId) => void][] = [
    [
      'one reader is of another kind',
      (b, x) => {
        const n = norm(b, x);
        b.output('y', b.node('add', 'y', { a: linear(b, 'l', n), b: n }, {}));
      },
    ],
    [
      'it is an output',
      (b, x) => {
        const n = norm(b, x);
        b.output('n', n);
        b.output('y', linear(b, 'y', n));
      },
    ],
    [
      'the reader adds to what the norm reads',
      (b, x) => b.output('y', linear(b, 'y', norm(b, x), 8, { residual: x })),
    ],
    [
      'what it reads is overwritten before the reader',
      (b, x) => {
        const n = norm(b, x);
        const i = b.node('gate_mul', 'i', { gate: n, up: n }, { activation: 'silu' });
        const over = linear(b, 'over', i, 8, { residual: x });
        b.output('y', b.node('add', 'y', { a: linear(b, 'late', n), b: over }, {}));
      },
    ],
  ];
  it.each(kept)('leaves it when %s', (_what, body) => {
    const graph = build(body);
    expect(rewritten(fuseNorm, graph)).toBe(text(graph));
  });

  it('of two norms in a row takes the one next to the linear', () => {
    const graph = build((b, x) => b.output('y', linear(b, 'y', norm(b, norm(b, x, 'first'), 'second'))));
    expect(rewritten(fuseNorm, graph)).toBe(
      [
        'first = rmsnorm(x: x, weight: first.w) {eps: 0.5} → f32[S, 8]',
        'y = linear(x: first, weight: y.w, norm: second.w) {eps: 0.5} → f32[S, 8]',
      ].join('\n'),
    );
  });
});

describe('fold-last-row', () => {
  it('makes the row an attribute', () => {
    const graph = build((b, x) => b.output('y', linear(b, 'y', b.node('last_row', 'last', { x }, {}))));
    expect(text(graph)).toBe(
      'last = last_row(x: x) → f32[1, 8]\ny = linear(x: last, weight: y.w) → f32[1, 8]',
    );
    expect(rewritten(foldLastRow, graph)).toBe('y = linear(x: x, weight: y.w) {row: S - 1} → f32[1, 8]');
  });

  it('after fuse-norm also across a norm', () => {
    const graph = build((b, x) => {
      const last = b.node('last_row', 'last', { x }, {});
      const n = b.node('rmsnorm', 'n', { x: last, weight: b.weight('n.w', f32(8)) }, { eps: 0.5 });
      b.output('y', linear(b, 'y', n));
    });
    expect(rewritten(foldLastRow, graph)).toBe(text(graph));
    expect(rewritten(foldLastRow, fuseNorm.run(graph))).toBe(
      'y = linear(x: x, weight: y.w, norm: n.w) {eps: 0.5, row: S - 1} → f32[1, 8]',
    );
  });

  it('leaves it when the last row is read otherwise', () => {
    const graph = build((b, x) => {
      const last = b.node('last_row', 'last', { x }, {});
      b.output('y', b.node('add', 'y', { a: linear(b, 'l', last), b: last }, {}));
    });
    expect(rewritten(foldLastRow, graph)).toBe(text(graph));
  });
});

describe('sample-on-gpu', () => {
  it('replaces the argmax that makes `best` by the two halves of the sampler', () => {
    const graph = build((b, x) => {
      const logits = linear(b, 'logits', b.node('last_row', 'last', { x }, {}), 300);
      b.output('best', b.node('argmax', 'best', { x: logits }, {}));
    });
    expect(rewritten(sampleOnGpu, graph).split('\n').slice(2)).toEqual([
      'penalised = penalise(x: logits, sampling: sampling, history: history, mask: mask) {tokens: P + S} → f32[1, 300], maxima f32[1, 2]',
      'best = sample(x: penalised.out, maxima: penalised.maxima, sampling: sampling) {position: P + S} → u32[1]',
    ]);
  });

  it('leaves an argmax that is something else', () => {
    const graph = build((b, x) => {
      const logits = linear(b, 'logits', b.node('last_row', 'last', { x }, {}));
      b.output('other', b.node('argmax', 'other', { x: logits }, {}));
    });
    expect(rewritten(sampleOnGpu, graph)).toBe(text(graph));
  });
});

describe('drop-dead', () => {
  it('removes chains without a reader and their weights, but no write into a state', () => {
    const graph = build((b, x) => {
      linear(b, 'dead', linear(b, 'dying', x));
      const of = b.state('cache', f32(C, 8));
      b.node('linear', 'k', { x, weight: b.weight('k.w', f32(8, 8)) }, {}, { out: { of, row: P } });
      b.output('y', linear(b, 'y', x));
    });
    expect(rewritten(dropDead, graph)).toBe(
      'k = linear(x: x, weight: k.w) → f32[S, 8] in cache[P…]\ny = linear(x: x, weight: y.w) → f32[S, 8]',
    );
    expect(dropDead.run(graph).values.map((v) => v.name)).not.toContain('dead.w');
  });
});

describe('runPasses', () => {
  it('gives each pass a name and a reason, and refuses unknown names', () => {
    expect(new Set(PASSES.map((pass) => pass.name)).size).toBe(PASSES.length);
    for (const pass of PASSES) expect(pass.why).not.toBe('');
    const graph = build((b, x) => b.output('x', x));
    expect(() => runPasses(graph, { off: ['fuse-nothing'] })).toThrow('no pass is called fuse-nothing');
  });

  it('leaves its input as it was', () => {
    const graph = build((b, x) => b.output('y', attentionBlock(b, x)));
    const before = JSON.stringify(graph);
    runPasses(graph);
    expect(JSON.stringify(graph)).toBe(before);
  });
});
