/**
 * `npm run bench:cells`: what a step takes whose matrices have each type of weights, in user seconds of this process, in turn in
 * one process. On a software adapter that is the work of the kernels, which other work on the machine changes little.
 *
 *   npm run -s bench:cells -- [--adapter lavapipe|swiftshader|default] [--types m0e4,q5_0,…] [--rounds 5]
 */
import { parseArgs } from 'node:util';
import { openNamed } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { type AdapterVariants, buildModel, createRuntime, type Runtime, runPasses } from '../engine/bench.ts';
import type { Gpu, WeightDType } from '../engine/index.ts';
import { randomWeights } from './random-weights.ts';
import { testedVariants } from './settings.ts';
import { configOf, type Shape } from './shapes.ts';

const { values } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'lavapipe' },
    types: {
      type: 'string',
      default: 'm0e4,q4_0,q4_1,iq4_nl,iq4_xs,q4_k,q5_0,q5_1,q5_k,u6_f16_32,q6_k,q8_0,q8,q3_k',
    },
    rounds: { type: 'string', default: '5' },
  },
});

/** Little but products: rows of whole 256, and a small head. */
const SHAPE: Shape = {
  hidden: 1024,
  layers: 8,
  heads: 16,
  kvHeads: 16,
  headWidth: 64,
  ffn: 4096,
  vocab: 256,
};
const STEPS = 8;

interface Contender {
  readonly type: WeightDType;
  readonly runtime: Runtime;
  seconds: number;
}

async function opened(gpu: Gpu, type: WeightDType, variants: AdapterVariants): Promise<Contender> {
  const weights = (tensor: string): { dtype: WeightDType; group?: number } =>
    /embed|head/.test(tensor)
      ? { dtype: 'f16' }
      : { dtype: type, ...(type === 'm0e4' || type === 'q8' ? { group: 32 } : {}) };
  const built = { activations: 'f32', cache: 'plain', weights, maxChunk: 16, capacity: 64 } as const;
  const { graph } = buildModel(configOf(SHAPE, SHAPE.layers), built);
  const stored = graph.values.filter(({ origin }) => origin.kind === 'weight');
  const random = randomWeights(new Map(stored.map(({ name, type: of }) => [name, of])));
  const runtime = await createRuntime(gpu, runPasses(graph), {
    capacity: 64,
    maxChunk: 16,
    weights: random,
    variants,
  });
  return { type, runtime, seconds: Number.POSITIVE_INFINITY };
}

async function steps(runtime: Runtime): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < STEPS; i++) await runtime.step(i, i);
  return process.cpuUsage(before).user / 1e6 / STEPS;
}

async function main(): Promise<void> {
  const adapter = adapterNamed(values.adapter);
  if (adapter === undefined) throw new Error(`--adapter ${values.adapter}: unknown`);
  const gpu = await openNamed(adapter);
  const variants = await testedVariants(gpu, 'f32');
  const contenders: Contender[] = [];
  for (const type of values.types.split(',')) {
    const one = await opened(gpu, type as WeightDType, variants);
    await steps(one.runtime); // shaders compile at their first use
    contenders.push(one);
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const one of contenders) one.seconds = Math.min(one.seconds, await steps(one.runtime));
  const nsPerByte = ({ runtime, seconds }: Contender) => (1e9 * seconds) / runtime.weightBytesReadPerToken;
  const own = contenders[0]!;
  process.stdout.write(
    `${gpu.facts.name}\n\n| type | MB a step | ms | ns a byte | relative to ${own.type} |\n`,
  );
  process.stdout.write('|---|--:|--:|--:|--:|\n');
  for (const one of contenders) {
    const cells = [
      one.type,
      (one.runtime.weightBytesReadPerToken / 1e6).toFixed(1),
      (1000 * one.seconds).toFixed(1),
      nsPerByte(one).toFixed(3),
      (nsPerByte(one) / nsPerByte(own)).toFixed(2),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `bench:cells: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
