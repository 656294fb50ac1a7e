/** Names of tensors as different programs write them. More of them: conformance/producers.test.ts. */
import { expect, test } from 'vitest';
import { withNames } from './tensor-names.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint-tensor.ts';

const checkpointOf = (...names: string[]): Checkpoint =>
  ({
    config: {},
    tensors: new Map(names.map((name) => [name, { name } as CheckpointTensor])),
  }) as unknown as Checkpoint;

test.each([
  ['model.layers.1.self_attn.g_proj.weight', 'within transformers'],
  ['layers.1.self_attn.gate_proj.weight', 'of the bare model'],
  ['_orig_mod.model.layers.1.self_attn.g_proj.weight', 'compiled'],
])('the gates of heads of LFM3: %s, %s', (name) => {
  const wanted = 'model.layers.1.self_attn.gate_proj.weight';
  expect([...withNames(checkpointOf(name), [wanted]).tensors.keys()]).toEqual([wanted]);
});

test('a gate of a feed-forward block keeps its name', () => {
  const name = 'model.layers.1.mlp.g_proj.weight';
  expect([...withNames(checkpointOf(name), ['model.layers.1.mlp.gate_proj.weight']).tensors.keys()]).toEqual([
    name,
  ]);
});
