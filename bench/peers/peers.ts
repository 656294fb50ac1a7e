/**
 * `npm run bench:peers`: compares Linnet's engine with transformers.js and wllama in the same Chromium, on one model of
 * random weights that all three represent exactly. First checks that they compute the same. Then counts the WebGPU
 * calls of each, in the page and in workers, by wrapping the API's prototypes, and times a prompt.
 *
 *   npm run -s bench:peers -- [--shape tiny] [--layers N] [--prompt 64] [--tokens 24] [--activations f32|f16]
 *                             [--engines linnet,transformers,wllama] [--adapter lavapipe|swiftshader|default] [--json]
 *
 * With --json the last line of the output is a JSON object.
 * The default adapter is lavapipe if it is set up, else SwiftShader. On both, the counts equal a GPU's counts, but the
 * times say nothing about a GPU: docs/ENGINE.md, "Beside other engines".
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import { at } from '../../scripts/setup/machine.mjs';
import { ensureExtraPackages } from '../../scripts/setup/packages.mjs';
import { SHAPES } from '../shapes.ts';
import { ADAPTERS, type BenchPage, type BrowserAdapter, openBrowser } from '../browser/browser.ts';
import type { ReferenceTrace } from './check.ts';
import { MIN_TOKENS, measure, type PeerResult, type PeerSetting } from './measure.ts';
import { type PeerActivations, writeModel } from './model/model-files.ts';
import type { PeerName } from './page/page.ts';
import { table } from './report.ts';
import { CONTEXT } from './model/tokens.ts';

/** Order of measurement. The first is the reference: not Linnet, and exact for short prompts. */
const ORDER: readonly PeerName[] = ['transformers', 'linnet', 'wllama'];

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'tiny' },
    layers: { type: 'string' },
    prompt: { type: 'string', default: '64' },
    tokens: { type: 'string', default: '24' },
    activations: { type: 'string', default: 'f32' },
    engines: { type: 'string', default: 'linnet,transformers,wllama' },
    adapter: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`--${option} ${value}: choose from ${allowed.join(', ')}`);
  return found;
}

function integer(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max)
    throw new Error(`--${option} ${value}: must be an integer from ${min} to ${max}`);
  return number;
}

function settings() {
  const name = oneOf('shape', values.shape, Object.keys(SHAPES));
  const shape = SHAPES[name] as (typeof SHAPES)[string];
  const prompt = integer('prompt', values.prompt, 1, CONTEXT / 2);
  const setting: PeerSetting = {
    prompt,
    tokens: integer('tokens', values.tokens, MIN_TOKENS, CONTEXT / 2 - 64),
    activations: oneOf<PeerActivations>('activations', values.activations, ['f32', 'f16']),
    vocabulary: shape.vocab,
  };
  const layers = integer('layers', values.layers ?? String(shape.layers), 1, shape.layers);
  const chosen = values.engines.split(',').map((engine) => oneOf('engines', engine, ORDER));
  const adapter = values.adapter ?? (lavapipeChromium() === undefined ? 'swiftshader' : 'lavapipe');
  return {
    name,
    shape,
    layers,
    setting,
    adapter: oneOf<BrowserAdapter>('adapter', adapter, ADAPTERS),
    engines: ORDER.filter((engine) => chosen.includes(engine)),
  };
}

async function main(): Promise<number> {
  const { name, shape, layers, setting, adapter, engines } = settings();
  await ensureExtraPackages('bench/peers');
  const report = (text: string) => void (values.json || process.stderr.write(`${text}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'linnet-peers-'));
  try {
    report(`writing ${name}, ${layers} layers, in three formats`);
    const files = writeModel(folder, shape, layers, setting.activations);
    const { measured, failures } = await measureAll(adapter, folder, engines, setting, report);
    const head = { shape: name, layers, ...setting, adapter, files };
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ ...head, engines: measured, failures })}\n`
        : `${name}, ${layers} layers, prompt ${setting.prompt}, activations ${setting.activations}, on ${adapter}\n\n${table(measured)}`,
    );
    for (const failure of failures) process.stderr.write(`${failure}\n`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `counter.js` is loaded before all other scripts. */
const pageOf = (model: string): BenchPage => ({
  title: 'peers',
  scripts: [
    { entry: 'bench/peers/page/counter.ts', name: 'counter.js', format: 'iife' },
    { entry: 'bench/peers/page/page.ts', name: 'page.js', format: 'es' },
  ],
  folders: { '/model': model, '/packages': at('bench/peers/node_modules') },
});

/** Measures all engines, also after one fails. */
async function measureAll(
  adapter: BrowserAdapter,
  folder: string,
  engines: readonly PeerName[],
  setting: PeerSetting,
  report: (text: string) => void,
): Promise<{ measured: PeerResult[]; failures: string[] }> {
  const browser = await openBrowser(adapter, pageOf(folder));
  const measured: PeerResult[] = [];
  const failures: string[] = [];
  let reference: ReferenceTrace | undefined;
  try {
    for (const engine of engines) {
      report(engine);
      try {
        const done = await measure(browser, engine, setting, reference);
        reference = done.reference;
        measured.push(done.measured);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
  } finally {
    await browser.close();
  }
  return { measured, failures };
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench:peers: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
