/**
 * `npm run bench:prefill`: user seconds of a prompt with all kernel variants of this adapter, without each of those that
 * prompts use, and with bytes (`int8`) in place of lanes. All run in one process, in turn. On a software adapter user seconds are the work that was done, and
 * other work on the machine changes them less than wall-clock time.
 *
 *   npm run -s bench:prefill -- [--shape NAME] [--layers N] [--prompt 64,512] [--activations f32|f16]
 *                               [--adapter lavapipe|swiftshader|default]
 */
import { parseArgs } from 'node:util';
import { openNamed } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import {
  type AdapterVariants,
  buildModel,
  createRuntime,
  printVariants,
  type Runtime,
  runPasses,
} from '../engine/bench.ts';
import type { ActivationDType, Gpu } from '../engine/index.ts';
import { randomWeights } from './random-weights.ts';
import { testedVariants } from './settings.ts';
import { configOf, type Shape, SHAPES } from './shapes.ts';

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'SmolLM2-135M' },
    layers: { type: 'string' },
    prompt: { type: 'string', default: '64,512' },
    activations: { type: 'string', default: 'f32' },
    adapter: { type: 'string', default: 'lavapipe' },
  },
});

/** Runs of each; the least counts. */
const ROUNDS = 2;

interface Contender {
  readonly name: string;
  readonly runtime: Runtime;
  seconds: number;
}

function openRuntime(
  gpu: Gpu,
  shape: Shape,
  layers: number,
  capacity: number,
  activations: ActivationDType,
  variants: AdapterVariants,
) {
  const weights = () => ({ dtype: 'm0e4', group: 32 }) as const;
  const built = { activations, cache: 'plain', weights, maxChunk: 128, capacity } as const;
  const { graph } = buildModel(configOf(shape, layers), built);
  const stored = graph.values.filter(({ origin }) => origin.kind === 'weight');
  const random = randomWeights(new Map(stored.map(({ name, type }) => [name, type])));
  return createRuntime(gpu, runPasses(graph), { capacity, maxChunk: 128, weights: random, variants });
}

/** The variants without `off`; `int8` is on where it is correct, if it is to stand in for lanes. */
function contending(variants: AdapterVariants, off: readonly string[], int8: boolean): AdapterVariants {
  const results = variants.results
    .filter(({ variant }) => !off.includes(variant))
    .map((one) =>
      int8 && one.variant === 'int8' && one.state === 'slower' ? { ...one, state: 'on' as const } : one,
    );
  return { ...variants, results };
}

async function main(): Promise<void> {
  const adapter = adapterNamed(values.adapter);
  const shape = SHAPES[values.shape];
  if (adapter === undefined || shape === undefined) throw new Error('unknown adapter or shape');
  if (values.activations !== 'f32' && values.activations !== 'f16') throw new Error('f32 or f16');
  const gpu = await openNamed(adapter);
  const tested = await testedVariants(gpu, values.activations);
  process.stdout.write(`${gpu.facts.name}, ${printVariants(tested)}\n\n`);
  const prompts = values.prompt.split(',').map(Number);
  const layers = Number(values.layers ?? shape.layers);
  const capacity = Math.max(...prompts) + 1;
  const contenders: Contender[] = [];
  const both = ['lanes', 'laneAttention'];
  const named: readonly (readonly [string, AdapterVariants])[] = [
    ['all', tested],
    ['without lanes', contending(tested, ['lanes'], false)],
    ['without laneAttention', contending(tested, ['laneAttention'], false)],
    ['without both', contending(tested, both, false)],
    ['int8 in place of both', contending(tested, both, true)],
  ];
  for (const [name, variants] of named) {
    const runtime = await openRuntime(gpu, shape, layers, capacity, values.activations, variants);
    contenders.push({ name, runtime, seconds: 0 });
  }
  for (const prompt of prompts) {
    const ids = Array.from({ length: prompt }, (_, i) => (i * 7919) % shape.vocab);
    for (const one of contenders) {
      one.seconds = Number.POSITIVE_INFINITY;
      await one.runtime.prefill(ids.slice(0, 16), 0); // shaders compile at their first use
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const one of contenders) {
        const before = process.cpuUsage();
        await one.runtime.prefill(ids, 0);
        one.seconds = Math.min(one.seconds, process.cpuUsage(before).user / 1e6);
      }
    }
    for (const { name, seconds } of contenders) {
      process.stdout.write(
        `${values.shape}, ${layers} layers, ${prompt} tokens, ${values.activations}, ${name}: ${seconds.toFixed(2)} s\n`,
      );
    }
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`bench:prefill: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
