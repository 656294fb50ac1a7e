/**
 * A real checkpoint on the CPU, by the ops' references: logits and greedy ids compared with another engine
 * (../shared/assets, karpathy/llama2.c in f64), before and after the passes.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { interpreter } from '../graph/interpret.ts';
import { runPasses } from '../graph/passes/index.ts';
import { buildModel } from './index.ts';
import { readTensors } from '../testing/read-tensors.ts';

interface Golden {
  readonly bos_greedy_ids: readonly number[];
  readonly bos_first_logits: readonly number[];
  readonly prompts: readonly { prompt_ids: number[]; last_logits: number[] }[];
}

describeWithAssets('stories260K on the CPU', ['models/stories260K-hf-f32'], (folder) => {
  const read = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
  const golden: Golden = read('golden.json');
  const model = buildModel(read('config.json'), {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 64,
    capacity: 512,
  });
  const checkpoint = readTensors(new Uint8Array(readFileSync(`${folder}/model.safetensors`)));
  const C = 64;
  const ids = (...list: number[]) => ({ ids: { shape: [list.length], data: Uint32Array.from(list) } });
  const distance = (a: ArrayLike<number>, b: readonly number[]) =>
    b.reduce((most, x, i) => Math.max(most, Math.abs(x - a[i]!)), 0);

  it.each([
    ['plain', model.graph],
    ['after all passes', runPasses(model.graph)],
  ])('gives the golden logits and ids: %s', (_name, graph) => {
    const cpu = interpreter(graph, checkpoint, C);
    const written = [1];
    while (written.length < 21) {
      const P = written.length - 1;
      const out = cpu.run(ids(written[P]!), { S: 1, P, C });
      // The golden is f64 with 6 digits after the point; ours rounds to f32 between nodes.
      if (P === 0) expect(distance(out.logits!.data, golden.bos_first_logits)).toBeLessThan(2e-5);
      written.push(out.best!.data[0]!);
    }
    expect(written).toEqual(golden.bos_greedy_ids.slice(0, 21));
  });

  it('gives the golden logits after prompts, read at once', () => {
    const cpu = interpreter(runPasses(model.graph), checkpoint, C);
    for (const { prompt_ids, last_logits } of golden.prompts.filter((p) => p.prompt_ids.length <= C)) {
      const out = cpu.run(ids(...prompt_ids), { S: prompt_ids.length, P: 0, C });
      expect(distance(out.logits!.data, last_logits)).toBeLessThan(5e-5);
    }
  });
});
