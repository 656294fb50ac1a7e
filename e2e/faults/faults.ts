/**
 * The campaign of faults: `npm run faults`. It ends processes, takes the GPU and the disk away, damages what is stored, and
 * compares what the product acknowledged with what it still has. It prints a line for each fault and a table at the end, and
 * ends with 1 if anything acknowledged was lost or the product did not come back.
 *
 *     npm run faults                            everything: 200 kills and all other faults; continues an earlier run
 *     npm run faults -- --fresh                 begins again
 *     npm run faults -- --only disk,damage      some sections: kills device disk damage windows update clock large
 *     npm run faults -- --kills 25 --seed 7     fewer kills, other random moments
 *     npm run faults -- --fresh --step 17       one fault again, by its number in the notes
 *
 * Ctrl-C ends it after the fault under way; the same command continues. The state is in `.cache/faults`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { consoleLog, setLog } from '../../engine/index.ts';
import { ensureLavapipe, lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import { ensureChromium } from '../../scripts/setup/chromium.mjs';
import { at } from '../../scripts/setup/machine.mjs';
import { defaults } from '../harness/launch-options.ts';
import { Session } from './session.ts';
import { allSteps } from './steps.ts';
import { type FaultOutcome, sectionsOf, type Step } from './step.ts';
import { added, NOTHING, table, type Tallies, total } from './table.ts';

interface State {
  readonly seed: number;
  readonly kills: number;
  /** Number of the steps done, of {@link allSteps}. */
  readonly done: readonly number[];
  readonly tallies: Tallies;
  /** What was lost or went wrong, as printed. */
  readonly notes: readonly string[];
}

const FILE = at('.cache/faults/state.json');

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    step: { type: 'string' },
  },
});

function begin(): State {
  if (values.fresh) rmSync(FILE, { force: true });
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  const stored = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as State) : undefined;
  if (stored?.seed === seed && stored.kills === kills) return stored;
  return { seed, kills, done: [], tallies: {}, notes: [] };
}

function save(state: State): void {
  mkdirSync(at('.cache/faults'), { recursive: true });
  writeFileSync(FILE, JSON.stringify(state));
}

let stopping = false;
process.on('SIGINT', () => {
  console.log('ending after this fault; the same command continues');
  stopping = true;
});

// Warnings of refused writes are what the campaign causes.
setLog('error', consoleLog('faults'));
await prepare();
const only = values.only === undefined ? undefined : sectionsOf(values.only);
let state = begin();
const steps = allSteps(state.kills)
  .map((step, n) => ({ step, n }))
  .filter(({ n }) => values.step === undefined || n === Number(values.step))
  .filter(({ step, n }) => !state.done.includes(n) && (only?.includes(step.section) ?? true));
if (values.step !== undefined && allSteps(state.kills)[Number(values.step)] === undefined)
  throw new RangeError(`there is no step ${values.step}`);
if (state.done.length > 0) console.log(`continues after ${state.done.length} faults`);
const session = new Session();
const started = Date.now();
for (const [i, { step, n }] of steps.entries()) {
  if (stopping) break;
  const outcome = await attempt(step, n);
  const notes = [...outcome.losses.map(lossLine), ...outcome.complaints].map(
    (line) => `${step.fault}, ${step.detail} (step ${n}): ${line}`,
  );
  for (const note of notes) console.log(`  !! ${note}`);
  const tallies = {
    ...state.tallies,
    [step.fault]: added(state.tallies[step.fault] ?? NOTHING, outcome.tally),
  };
  state = { ...state, done: [...state.done, n], tallies, notes: [...state.notes, ...notes] };
  save(state);
  console.log(progress(step, outcome, i + 1));
}
await session.close();
console.log(`\n${table(state.tallies)}`);
const { times, recovered, acknowledged, lost } = total(state.tallies);
for (const note of state.notes) console.log(`!! ${note}`);
console.log(`\n${acknowledged} acknowledged, ${lost} lost; ${recovered} of ${times} faults survived`);
// Workers that ended in the midst of something leave timers.
process.exit(lost > 0 || recovered < times ? 1 : 0);

/** The browser that stories use, and the built extension. */
async function prepare(): Promise<void> {
  const missing = process.env.LINNET_CHROMIUM === undefined ? await ensureLavapipe() : undefined;
  const chromium = missing === undefined ? lavapipeChromium() : await ensureChromium();
  process.env.LINNET_CHROMIUM ??= chromium;
  // Processes that are ended in the midst of a write must not damage the shaders that every test shares.
  process.env.MESA_SHADER_CACHE_DIR = at('.cache/faults/shaders');
  if (!existsSync(`${defaults.extension}/manifest.json`))
    throw new Error('build the extension first: npm run build');
}

async function attempt(step: Step, n: number): Promise<FaultOutcome> {
  try {
    return await session.run(step, state.seed * 1_000_003 + n);
  } catch (error) {
    const complaint = error instanceof Error ? error.message : String(error);
    return { tally: { ...NOTHING, times: 1 }, losses: [], complaints: [complaint] };
  }
}

function progress({ fault, detail }: Step, { tally }: FaultOutcome, done: number): string {
  const minutes = (Date.now() - started) / 60_000;
  const { acknowledged, lost, interrupted } = tally;
  const what = `${acknowledged} acknowledged, ${lost} lost, ${interrupted} answers interrupted`;
  return `${done}/${steps.length}  ${fault} ${detail}: ${what}  (${(done / minutes).toFixed(1)} a minute)`;
}

function lossLine({ key, expected, got }: FaultOutcome['losses'][number]): string {
  const shown = (value: string | undefined) =>
    value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 80));
  return `lost ${key}: expected ${expected.map(shown).join(' or ')}, found ${shown(got)}`;
}
