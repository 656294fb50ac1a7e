/**
 * `npm run bench`: what the engine costs per prompt and per token, each technique on and off.
 *
 *   npm run -s bench -- [--shape NAME[,NAME…]|all] [--layers N] [--prompt 64,512] [--tokens 16]
 *                       [--weights m0e4|q8|f16|f32] [--activations f32|f16] [--adapter NAME] [--switches] [--json]
 *
 * Without --shape the tiny one alone, in seconds even on a software adapter. A figure of a software adapter says
 * nothing about a GPU's speed; its counts are a GPU's counts.
 */
import { parseArgs } from 'node:util';
import { openDefault, openNamed, rerunOnSoftware } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import {
  type ActivationDType,
  GREEDY,
  type Gpu,
  PASSES,
  type Sampling,
  type WeightDType,
} from '../engine/index.ts';
import { type Measured, measure, type Setting } from './measure.ts';
import { SHAPES } from './shapes.ts';

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'tiny' },
    layers: { type: 'string' },
    prompt: { type: 'string', default: '64' },
    tokens: { type: 'string', default: '16' },
    weights: { type: 'string', default: 'm0e4' },
    activations: { type: 'string' },
    adapter: { type: 'string' },
    switches: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Every filter on. */
const SAMPLED: Sampling = {
  ...GREEDY,
  ...{ temperature: 0.8, topK: 40, topP: 0.95, minP: 0.02, repetitionPenalty: 1.1, seed: 1 },
};

interface Row {
  readonly shape: string;
  readonly setting: string;
  readonly prompt: number;
  readonly measured: Measured;
}

function settingsOf(gpu: Gpu): { name: string; label: string; setting: Setting }[] {
  const names = values.shape === 'all' ? Object.keys(SHAPES) : values.shape.split(',');
  return names.flatMap((name) => {
    const shape = SHAPES[name];
    if (shape === undefined)
      throw new Error(`--shape ${name}: choose of ${Object.keys(SHAPES).join(', ')} or all`);
    return values.prompt.split(',').flatMap((prompt) => {
      const full: Setting = {
        shape,
        layers: Number(values.layers ?? shape.layers),
        prompt: Number(prompt),
        tokens: Number(values.tokens),
        weights: values.weights as WeightDType,
        activations: (values.activations as ActivationDType | undefined) ?? (gpu.f16 ? 'f16' : 'f32'),
        off: [],
        ahead: true,
        pace: 'full',
      };
      const passes = PASSES.map((pass) => pass.name).filter((pass) => pass !== 'drop-dead');
      const switches = [
        ...passes.map((pass) => ({ label: `without ${pass}`, setting: { ...full, off: [pass] } })),
        { label: 'without any fusion', setting: { ...full, off: passes } },
        { label: 'waiting for each readback', setting: { ...full, ahead: false } },
        { label: 'pace balanced', setting: { ...full, pace: 'balanced' as const } },
        { label: 'pace polite', setting: { ...full, pace: 'polite' as const } },
        { label: 'sampled', setting: { ...full, sampling: SAMPLED } },
        { label: 'weights f16', setting: { ...full, weights: 'f16' as const } },
      ];
      return [{ label: 'all on', setting: full }, ...(values.switches ? switches : [])].map((s) => ({
        name,
        ...s,
      }));
    });
  });
}

const COLUMNS: readonly [string, (m: Measured) => string][] = [
  ['prefill tok/s', (m) => m.prefillTokensPerSecond.toFixed(1)],
  ['decode tok/s', (m) => m.decodeTokensPerSecond.toFixed(1)],
  ['first token ms', (m) => m.timeToFirstTokenMs.toFixed(0)],
  ['reused prefix ms', (m) => m.timeToFirstTokenReusedMs.toFixed(0)],
  ['dispatches', (m) => m.dispatchesPerToken.toFixed(0)],
  ['a layer', (m) => m.dispatchesPerLayer.toFixed(1)],
  ['submits', (m) => m.submitsPerToken.toFixed(0)],
  ['created', (m) => m.createdPerToken.toFixed(0)],
  ['8 rows / 1', (m) => m.eightRowsOverOne.toFixed(2)],
  ['read back', (m) => `${m.readbackBytesPerToken.toFixed(0)} B`],
  ['JS ms', (m) => m.jsMsPerToken.toFixed(2)],
  ['weights read / stored', (m) => m.weightBytesReadOverStored.toFixed(3)],
  ['peak / (weights + cache)', (m) => m.peakOverWeightsAndCache.toFixed(3)],
  ['weights MB', (m) => (m.weightBytes / 1e6).toFixed(1)],
];

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const head = ['shape', 'prompt', 'setting', ...COLUMNS.map(([name]) => name)];
  const body = rows.map((r) =>
    line([r.shape, String(r.prompt), r.setting, ...COLUMNS.map(([, show]) => show(r.measured))]),
  );
  return line(head) + line(head.map(() => '---')) + body.join('');
}

async function main(): Promise<number> {
  const name = values.adapter === undefined ? undefined : adapterNamed(values.adapter);
  if (values.adapter !== undefined && name === undefined)
    throw new Error(`--adapter ${values.adapter} is not known`);
  const gpu = name === undefined ? await openDefault() : await openNamed(name);
  if (gpu === undefined) return await rerunOnSoftware();
  const rows: Row[] = [];
  for (const { name: shape, label, setting } of settingsOf(gpu)) {
    if (!values.json) process.stderr.write(`${shape}, prompt ${setting.prompt}: ${label}\n`);
    gpu.counters.peakBytes = gpu.counters.liveBytes;
    rows.push({ shape, setting: label, prompt: setting.prompt, measured: await measure(gpu, setting) });
  }
  const lacks = Object.entries(SHAPES).filter(
    ([n, s]) => s.lacks !== undefined && rows.some((r) => r.shape === n),
  );
  const notes = lacks
    .map(([n, s]) => `${n} is measured as a Llama of its shape, without ${s.lacks}.\n`)
    .join('');
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ adapter: gpu.facts, rows })}\n`
      : `${gpu.facts.name}, activations ${values.activations ?? (gpu.f16 ? 'f16' : 'f32')}\n\n${table(rows)}\n${notes}`,
  );
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
