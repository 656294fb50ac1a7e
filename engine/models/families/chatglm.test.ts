/**
 * ChatGLM2 against the authors' PyTorch code (../shared/assets/reference): the head's input after a prompt of three
 * tokens and two steps. The data has no head, so the test makes one up.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { readTensors } from '../../testing/read-tensors.ts';
import { interpreter } from '../../graph/interpret.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { buildModel } from '../index.ts';

describeWithAssets('ChatGLM2 of its authors', ['reference/chatglm-tiny-glm2'], (folder) => {
  const read = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
  const config = { ...read('config.json'), seq_length: 8 };
  const { vocab, hidden } = { vocab: config.padded_vocab_size, hidden: config.hidden_size };
  const { graph } = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 8,
    capacity: 8,
  });
  const published = readTensors(new Uint8Array(readFileSync(`${folder}/model.safetensors`)));
  const checkpoint = (name: string) =>
    name === 'transformer.output_layer.weight'
      ? { shape: [vocab, hidden], data: new Float32Array(vocab * hidden) }
      : published(name);
  const expected = read('expected.json') as {
    input_ids: number[];
    prefill_len: number;
    last_hidden_state: number[][];
  };

  it.each([
    ['plain', graph],
    ['after all passes but the one that hides it', runPasses(graph, { off: ['fuse-norm', 'fold-last-row'] })],
  ])('%s', (_name, form) => {
    const outputs = { hidden: form.values.find((v) => v.name === 'norm')!.id };
    const cpu = interpreter({ ...form, outputs }, checkpoint, 8);
    const { input_ids: ids, prefill_len: first, last_hidden_state: states } = expected;
    const runs = [[0, first], ...ids.slice(first).map((_, i) => [first + i, first + i + 1])];
    for (const [from, to] of runs as [number, number][]) {
      const part = { shape: [to - from], data: Uint32Array.from(ids.slice(from, to)) };
      const got = cpu.run({ ids: part }, { S: to - from, P: from, C: 8 }).hidden!.data;
      const want = states[to - 1]!;
      const far = want.reduce((most, x, i) => Math.max(most, Math.abs(x - got[i]!)), 0);
      expect(far, `token ${to - 1}`).toBeLessThan(2e-6);
    }
  });
});
