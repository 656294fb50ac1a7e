/**
 * Measures how much the unit tests notice: makes one small fault at a time and runs the tests that use the file.
 *
 *     npm run mutate -- engine/kv                   20 faults at random places of the folder
 *     npm run mutate -- engine/kv/cache.ts --all    every fault of one file
 *     npm run mutate -- engine --count 50 --seed 7  the same 50 as in another run with this seed
 *
 * Prints each survivor, a fault that no test noticed, with its place and its change. A survivor is a test that is
 * missing, or a change that means the same (look before you write a test). The files on the disk are not changed.
 * Only unit tests run: what only stories or GPU tests would notice survives here.
 */
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isCode, readHouse } from '../house/source.ts';
import { at, command, Missing, root, run } from '../setup/machine.mjs';
import { tools } from '../setup/packages.mjs';
import { type Mutant, mutantsOf } from './operators.ts';

type Verdict = 'caught' | 'survived' | 'hangs';

/** Milliseconds that starting the runner may take beyond what the tests took without a fault. */
const patience = 60_000;

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '20' },
      seed: { type: 'string', default: `${Date.now() % 100_000}` },
      all: { type: 'boolean', default: false },
    },
  });
  const candidates = positionals.flatMap(mutantsBeneath);
  if (candidates.length === 0)
    throw new Missing('Name a file or folder with code: npm run mutate -- engine/kv');
  const seed = Number(values.seed);
  const chosen = values.all ? candidates : sample(candidates, Number(values.count), seed);
  console.log(`${chosen.length} of ${candidates.length} faults${values.all ? '' : `, seed ${seed}`}`);
  const counts: Record<Verdict, number> = { caught: 0, survived: 0, hangs: 0 };
  const usual = new Map<string, number>();
  for (const mutant of chosen) {
    const verdict = await tryOne(mutant, usual);
    counts[verdict] += 1;
    const { file, line, original, replacement } = mutant;
    console.log(`${verdict.padEnd(9)} ${file}:${line}  ${oneLine(original)} → ${oneLine(replacement)}`);
  }
  console.log(
    `${counts.caught + counts.hangs} caught (${counts.hangs} by a hang), ${counts.survived} survived`,
  );
  return 0;
});

function mutantsBeneath(path: string): Mutant[] {
  const inside = relative(root, resolve(path)).replaceAll('\\', '/');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new Missing(`There is no ${path}.`);
  return [...readHouse(root)]
    .filter(([file]) => file === inside || file.startsWith(`${inside}/`) || inside === '')
    .filter(([file]) => isCode(file) && !/\.(test|spec|d)\.tsx?$/.test(file))
    .flatMap(([file, text]) => mutantsOf(file, text));
}

/** A mutant is tried with the tests that import its file, directly or through others. */
async function tryOne(mutant: Mutant, usual: Map<string, number>): Promise<Verdict> {
  const { file } = mutant;
  if (!usual.has(file)) {
    const started = performance.now();
    const { code, output } = await related(file);
    if (code !== 0) throw new Missing(`The tests of ${file} fail without a fault:\n${output}`);
    usual.set(file, performance.now() - started);
  }
  const timeout = 3 * usual.get(file)! + patience;
  const { code, timedOut } = await related(file, mutant, timeout);
  if (timedOut) return 'hangs';
  return code === 0 ? 'survived' : 'caught';
}

function related(file: string, mutant?: Mutant, timeout?: number) {
  const { node, vitest } = tools();
  const config = `--config=${at('scripts/mutate/vitest.config.ts')}`;
  const options = ['--run', '--passWithNoTests', '--bail=1', '--reporter=dot'];
  return run(node, [vitest, 'related', at(file), config, ...options], {
    quiet: true,
    timeout,
    env: { LINNET_MUTANT: JSON.stringify(mutant ?? null) },
  });
}

/** Distinct mutants, chosen by a seeded generator (mulberry32). */
function sample(all: readonly Mutant[], count: number, seed: number): Mutant[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const left = [...all];
  const chosen: Mutant[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return chosen;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
