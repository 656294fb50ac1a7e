import { expect, test } from 'vitest';
import { buildModel } from '../../models/index.ts';
import { PASSES, runPasses } from '../../graph/passes/index.ts';
import { feedsState } from './prefill-prune.ts';
import { TINY } from '../../testing/tiny-model.ts';
import type { Graph } from '../../graph/graph.ts';

const { graph } = buildModel(TINY, {
  activations: 'f32',
  weights: () => ({ dtype: 'f32' }),
  maxChunk: 16,
  capacity: 64,
});

const left = (g: Graph) => g.nodes.filter((_, i) => !feedsState(g)[i]).map((node) => node.name);

test('of the last layer only keys and values feed a state; all later nodes feed outputs', () => {
  expect(left(runPasses(graph))).toMatchInlineSnapshot(`
    [
      "layers.1.attention",
      "layers.1.o",
      "layers.1.gated",
      "layers.1.down",
      "logits",
      "penalised",
      "best",
    ]
  `);
  const plain = runPasses(graph, { off: PASSES.map((pass) => pass.name) });
  expect(left(plain)).toMatchInlineSnapshot(`
    [
      "layers.1.q",
      "layers.1.q_rope",
      "layers.1.attention",
      "layers.1.o",
      "layers.1.attention_add",
      "layers.1.mlp_norm",
      "layers.1.gate",
      "layers.1.up",
      "layers.1.gate_mul",
      "layers.1.down",
      "layers.1.mlp_add",
      "last",
      "norm",
      "logits",
      "best",
    ]
  `);
});
