/** The paper's five models compile from their configs alone, and `inspect` reports their memory. */
import { describe, expect, test } from 'vitest';
import { planMemory } from '../../graph/plan.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { validate } from '../../graph/validate.ts';
import { buildModel } from '../../models/index.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { inspectCheckpoint } from './inspect.ts';
import { PAPER_MODELS } from '../../testing/paper-models.ts';

describe.each(PAPER_MODELS)('$name', ({ name, parameters, config }) => {
  test('compiles with every parameter, five dispatches per layer, and slots close to the lower bound', () => {
    const model = buildModel(config, {
      activations: 'f16',
      weights: () => ({ dtype: 'm0e4', group: 128 }),
      maxChunk: 128,
      capacity: 2048,
    });
    const count = model.tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0);
    expect(count).toBe(parameters);
    const graph = runPasses(model.graph);
    validate(graph);
    expect(graph.nodes).toHaveLength(5 * model.layers + 4);
    const plan = planMemory(graph);
    expect(plan.maxBytes / plan.lowerBound).toBeLessThan(1.3);
  });

  test('inspect needs config.json only and reports the memory', async () => {
    const folder = memoryFolder(name, { 'config.json': JSON.stringify(config) });
    const text = await inspectCheckpoint(folder, { activations: 'f16', capacity: 2048 });
    const bytes = Number(/memory {2}(\d+) bytes/.exec(text)?.[1]);
    // 5 bits per weight (4 bits and a share of two f16 per group), plus the cache.
    expect(bytes).toBeGreaterThan((parameters * 5) / 8);
    expect(bytes).toBeLessThan((parameters * 5) / 8 + 3e9);
    expect(text).toContain('memory plan');
  });
});
