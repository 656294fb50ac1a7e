/**
 * `npm run bench:peers`: Linnet's engine beside transformers.js and wllama, in the same Chromium, on one model of random
 * weights that all three hold as the same numbers. First it is checked that they compute the same; then the WebGPU
 * calls of each are counted by wrapping the API's prototypes, in the page and in workers, and a prompt is timed.
 *
 *   npm run -s bench:peers -- [--shape tiny] [--layers N] [--prompt 64] [--tokens 24] [--activations f32|f16]
 *                             [--engines linnet,transformers,wllama] [--adapter lavapipe|swiftshader|default] [--json]
 *
 * With --json the last line of the output is the object.
 * Without --adapter lavapipe where it is set up, else SwiftShader. On both, counts are a GPU's counts, and times
 * say nothing about a GPU: docs/ENGINE.md, "Beside other engines".
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import { ensureExtraPackages } from '../../scripts/setup/packages.mjs';
import { SHAPES } from '../shapes.ts';
import { ADAPTERS, type Adapter, openBrowser } from './browser.ts';
import type { Reference } from './check.ts';
import { FEWEST_TOKENS, type Measured, measure, type Setting } from './measure.ts';
import { type Activations, writeModel } from './model-files.ts';
import type { PeerName } from './page/page.ts';
import { table } from './report.ts';
import { CONTEXT } from './tokens.ts';

/** The one that others are held against comes first: not ours, and exact where the prompt is short. */
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
  if (found === undefined) throw new Error(`--${option} ${value}: choose of ${allowed.join(', ')}`);
  return found;
}

function count(option: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`--${option} ${value}: a whole number from ${least} to ${most}`);
  return number;
}

function settings() {
  const name = oneOf('shape', values.shape, Object.keys(SHAPES));
  const shape = SHAPES[name] as (typeof SHAPES)[string];
  const prompt = count('prompt', values.prompt, 1, CONTEXT / 2);
  const setting: Setting = {
    prompt,
    tokens: count('tokens', values.tokens, FEWEST_TOKENS, CONTEXT / 2 - 64),
    activations: oneOf<Activations>('activations', values.activations, ['f32', 'f16']),
    vocabulary: shape.vocab,
  };
  const layers = count('layers', values.layers ?? String(shape.layers), 1, shape.layers);
  const chosen = values.engines.split(',').map((engine) => oneOf('engines', engine, ORDER));
  const adapter = values.adapter ?? (lavapipeChromium() === undefined ? 'swiftshader' : 'lavapipe');
  return {
    ...{ name, shape, layers, setting, adapter: oneOf<Adapter>('adapter', adapter, ADAPTERS) },
    engines: ORDER.filter((engine) => chosen.includes(engine)),
  };
}

async function main(): Promise<number> {
  const { name, shape, layers, setting, adapter, engines } = settings();
  await ensureExtraPackages('bench/peers');
  const say = (text: string) => void (values.json || process.stderr.write(`${text}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'linnet-peers-'));
  try {
    say(`writing ${name}, ${layers} layers, in three formats`);
    const files = writeModel(folder, shape, layers, setting.activations);
    const { measured, failures } = await measureAll(adapter, folder, engines, setting, say);
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

/** An engine that fails does not keep the others from being measured. */
async function measureAll(
  adapter: Adapter,
  folder: string,
  engines: readonly PeerName[],
  setting: Setting,
  say: (text: string) => void,
): Promise<{ measured: Measured[]; failures: string[] }> {
  const browser = await openBrowser(adapter, folder);
  const [measured, failures]: [Measured[], string[]] = [[], []];
  let reference: Reference | undefined;
  try {
    for (const engine of engines) {
      say(engine);
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
