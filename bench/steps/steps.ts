/**
 * `npm run bench:steps`: what JavaScript costs a token, in Chromium and in Node, and which calls of WebGPU it makes.
 *
 *   npm run -s bench:steps -- [--shape Qwen3-0.6B] [--layers N] [--tokens 200] [--rounds 20] [--buffers 8,10]
 *                             [--variants none,immediates] [--where chromium|node]
 *                             [--adapter lavapipe|swiftshader|default|null] [--calls] [--json]
 *
 * The layers are the shape's, with narrow matrices (decode.ts). Settings take turns, round by round. All times are processor
 * time of the thread that runs the engine, in milliseconds a token, the least mean of a round: other work on the machine only
 * adds. `thread` is for everything a token needs: the call for a step, reading its id back, and promises; in a browser also its
 * tasks and messages between processes. `call` is the call for a step alone: evaluate, encode, submit.
 */
import { parseArgs } from 'node:util';
import { lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import type { VariantName } from '../../engine/bench.ts';
import { SHAPES } from '../shapes.ts';
import { openInChromium, openInNode, type StepsPlace } from './places.ts';

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'Qwen3-0.6B' },
    layers: { type: 'string' },
    tokens: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '20' },
    buffers: { type: 'string', default: '8,10' },
    variants: { type: 'string', default: 'none,immediates' },
    where: { type: 'string', default: 'chromium' },
    adapter: { type: 'string' },
    calls: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface StepsRow {
  readonly setting: string;
  readonly dispatches: number;
  readonly calls: number;
  readonly bytesWritten: number;
  readonly threadMs: number;
  readonly callMs: number;
  readonly byName: Readonly<Record<string, number>>;
}

/** Of one setting, in milliseconds. */
interface Times {
  thread: number;
  call: number;
}

async function open(): Promise<StepsPlace> {
  if (values.where === 'node') return await openInNode(values.adapter ?? 'lavapipe');
  return await openInChromium(
    values.adapter ?? (lavapipeChromium() === undefined ? 'swiftshader' : 'lavapipe'),
  );
}

async function measureAll(place: StepsPlace): Promise<StepsRow[]> {
  const layers = Number(values.layers ?? SHAPES[values.shape]?.layers);
  const tokens = Number(values.tokens);
  const all = values.buffers.split(',').flatMap((buffers) =>
    values.variants.split(',').map((variant) => ({
      name: `${buffers} buffers, ${variant === 'none' ? 'no variant' : variant}`,
      buffers: Number(buffers),
      variants: variant === 'none' ? [] : [variant as VariantName],
    })),
  );
  const times = new Map<string, Times>(all.map(({ name }) => [name, { thread: Infinity, call: Infinity }]));
  const dispatches = new Map<string, number>();
  for (const { name, buffers, variants } of all) {
    const setting = { shape: values.shape, layers, storageBuffers: buffers, variants };
    dispatches.set(name, await place.open(name, setting));
    await place.round(name, tokens); // warm-up
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name } of all) {
      const before = await place.threadMs();
      await place.round(name, tokens);
      const threadMs = (await place.threadMs()) - before;
      const calls = await place.callsMs(name, tokens);
      const own = times.get(name) as Times;
      own.thread = Math.min(own.thread, threadMs / tokens);
      own.call = Math.min(own.call, calls.reduce((a, b) => a + b, 0) / calls.length);
    }
  }
  const rows: StepsRow[] = [];
  for (const { name } of all) {
    const { calls, bytesWritten } = await place.count(name, 16);
    const own = times.get(name) as Times;
    rows.push({
      setting: name,
      dispatches: dispatches.get(name) as number,
      calls: Object.values(calls).reduce((a, b) => a + b, 0),
      bytesWritten,
      threadMs: own.thread,
      callMs: own.call,
      byName: calls,
    });
  }
  return rows;
}

function print(rows: readonly StepsRow[]): void {
  const line = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
  line(['setting', 'dispatches', 'native calls', 'bytes written', 'thread ms', 'call ms']);
  line(['---', ...Array.from({ length: 5 }, () => '--:')]);
  for (const row of rows) {
    const counts = [row.dispatches, row.calls, row.bytesWritten].map((n) => n.toFixed(0));
    line([row.setting, ...counts, row.threadMs.toFixed(3), row.callMs.toFixed(3)]);
    if (!values.calls) continue;
    for (const [name, calls] of Object.entries(row.byName))
      process.stdout.write(`  ${name} ${calls.toFixed(2)}\n`);
  }
}

async function main(): Promise<number> {
  const place = await open();
  try {
    const rows = await measureAll(place);
    if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
    else print(rows);
  } finally {
    await place.close();
  }
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench:steps: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
