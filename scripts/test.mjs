/**
 * `npm test`: sets up what is missing, runs every suite, and ends with one line `N passed, N failed`.
 *
 *     npm test                     every behaviour once
 *     npm test -- --all            also on demand: kernels and families with f32 on a second driver, rare stories, more of them on phones, pictures
 *     npm test -- unit gpu         some suites: types lint rooms unit gpu e2e plain
 *     npm test -- unit engine/kv   of a suite, only files whose path contains this
 *
 * No suite is stopped for taking long: on a slow or busy machine the tests are slower and pass. Limits end what hangs,
 * and are multiplied by the measured slowness of the machine (`testing/speed.mjs`).
 *
 * Plain JavaScript on Node 20: it runs before anything is installed. What each suite needs and how it is found is in
 * `setup/`, counting in `testing/results.mjs`.
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { adapterEnvironment, ensureLavapipe, lavapipeChromium } from './setup/adapter.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { at, command, Missing, run } from './setup/machine.mjs';
import { ensurePackages, tools } from './setup/packages.mjs';
import { closingTable, noResults, playwrightResults, skipLines, vitestResults } from './testing/results.mjs';
import { measureSlowness } from './testing/speed.mjs';

/** @typedef {import('./testing/results.mjs').Results} Results */

/**
 * The options of a suite.
 * @typedef {object} Run
 * @property {string[]} filters
 * @property {(text: string) => void} print
 * @property {number} slowness of the machine, at least 1
 * @property {number} niceness
 */

/**
 * `niceness`: of a suite that only computes, beside those that also wait. It gets the time that they leave.
 * @typedef {{ title: string, niceness?: number, run: (options: Run) => Promise<Results> }} Suite
 */

/** A runner without a finished test for so long (milliseconds) hangs; it is longer than the limit of any single test. */
const hangLimit = 15 * 60_000;

const resultsFolder = at('test-results/suites');

/** @type {Record<string, Suite>} */
const suites = {
  types: { title: 'types', run: (options) => one([tools().tsc, '--noEmit'], 'tsc --noEmit', options) },
  lint: { title: 'lint', run: (options) => one([tools().biome, 'check'], 'biome check', options) },
  rooms: { title: 'rooms', run: (options) => one([at('scripts/check-rooms.ts')], 'npm run rooms', options) },
  unit: { title: 'unit', niceness: 19, run: (options) => vitest('unit*', {}, options) },
  gpu: { title: 'gpu', niceness: 4, run: gpu },
  e2e: { title: 'e2e', run: e2e },
  plain: { title: 'plain (no f16)', run: plain },
};

/**
 * The suites of a line run in parallel. A story waits for an eighth of its time, and `plain` for its own. `unit` and `gpu`
 * compute meanwhile: `gpu` first, since it uses one core, and `unit` both at the end.
 */
const order = [
  ['types', 'lint', 'rooms'],
  ['e2e', 'plain', 'gpu', 'unit'],
];

/** From this slowness on, other programs use the machine. */
const BUSY = 1.5;

/** How much longer a test may take in a suite that gets the time which others leave. */
const YIELDING = 3;

/** @type {Promise<import('./setup/adapter.mjs').AdapterName> | undefined} */
let findingAdapter;

/** @type {Promise<void> | undefined} */
let building;

/** The stories that the suite `plain` repeats; without `--all` only those with the tag `@plain`. */
const plainStories = ['reading/demo.spec', 'e2e/golden'];

/** What `plain` repeats with `--all`: every kernel; whole models of every family, those with states and paged tables, and encoders. */
const onSecondDriver = ['kernels', 'families', 'states', 'pages', 'encoders'].map(
  (name) => `${name}.gpu.test`,
);

/** Whether tests on demand run too: those that repeat a behaviour on another driver or browser, and rare cases. */
let all = false;

await command(async () => {
  const words = process.argv.slice(2).filter((word) => word !== '--all');
  all = process.argv.includes('--all') || process.env.LINNET_ALL === '1';
  const chosen = Object.keys(suites).filter((name) => words.includes(name));
  const filters = words.filter((word) => !(word in suites));
  if (chosen.length === 0 && filters.length > 0) {
    throw new Missing(
      `There is no suite ${filters[0]}; put one of ${Object.keys(suites).join(', ')} before it.`,
    );
  }
  try {
    await ensurePackages();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`${error.message}\n\n0 passed, 1 failed`);
    return 1;
  }
  rmSync(resultsFolder, { recursive: true, force: true });
  mkdirSync(resultsFolder, { recursive: true });
  // Nobody looks at the pictures of a run of everything, and each costs as much as a step of a story.
  if (chosen.length === 0 && !all) process.env.LINNET_PICTURES ??= '0';
  const started = Date.now();
  const done = [];
  for (const line of order) {
    const names = line.filter((name) => chosen.length === 0 || chosen.includes(name));
    if (names.length > 0) done.push(...(await sideBySide(names, filters)));
  }
  const skips = done.flatMap(({ name, results }) =>
    skipLines(results.skipped).map((skipped) => `${name}: ${skipped}`),
  );
  const flaky = done.flatMap(({ name, results }) => results.flaky.map((test) => `${name}: ${test}`));
  const failures = done.flatMap(({ name, results }) =>
    results.failures.map(({ test, reason }) => `${name}: ${test}: ${reason}`),
  );
  printList('Skipped', skips);
  printList('Passed only at the second try, so with a fault to find', flaky);
  printList('Failed', failures);
  console.log(`\n${closingTable(done, (Date.now() - started) / 1000).join('\n')}`);
  return done.some(({ results }) => results.failed > 0) ? 1 : 0;
});

/** @param {string} title @param {string[]} lines */
function printList(title, lines) {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/**
 * The first suite prints as it runs, the others when all have ended.
 * @param {string[]} names
 * @param {string[]} filters
 */
async function sideBySide(names, filters) {
  const slowness = await measureSlowness();
  const titles = names.map((name) => /** @type {Suite} */ (suites[name]).title);
  console.log(`\n── ${titles.join(' beside ')} ──`);
  if (slowness >= BUSY)
    console.log(`this machine is ${slowness} times slower than two idle cores; so are the limits`);
  const done = await Promise.all(
    names.map(async (name, i) => {
      const suite = /** @type {Suite} */ (suites[name]);
      let output = '';
      const print = (/** @type {string} */ text) => {
        if (i === 0) process.stdout.write(text);
        else output += text;
      };
      const start = Date.now();
      // Alone, or beside others that only compute, it yields to nobody. Beside other programs it would hardly ever run.
      const yields =
        suite.niceness !== undefined && names.some((other) => suites[other]?.niceness === undefined);
      const niceness = yields && slowness < BUSY ? suite.niceness : 0;
      const limits = yields ? slowness * YIELDING : slowness;
      const results = await runSuite(suite, { filters, print, slowness: limits, niceness });
      return { name: suite.title, results, seconds: (Date.now() - start) / 1000, output };
    }),
  );
  for (const { name, output } of done.slice(1)) process.stdout.write(`\n── ${name} ──\n${output}`);
  return done;
}

/**
 * If something is missing, its suite fails with a sentence, and the others still run.
 * @param {Suite} suite
 * @param {Run} options
 * @returns {Promise<Results>}
 */
async function runSuite({ title, run }, options) {
  try {
    return await run(options);
  } catch (error) {
    // An error in one suite must not prevent the closing line.
    const { stack } = /** @type {Error} */ (error);
    options.print(`${title}: ${error instanceof Missing ? error.message : (stack ?? error)}\n`);
    return { ...noResults(), failed: 1, failures: [{ test: title, reason: 'it could not run' }] };
  }
}

/**
 * Runs one of our programs, and stops it if it hangs.
 * @param {string[]} args
 * @param {Run} options
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [heartbeat] a file that is written at every test
 */
async function start(args, { print, slowness, niceness }, env = {}, heartbeat = '') {
  const ended = await run(tools().node, args, {
    env: { ...colours(), ...env, LINNET_SLOWNESS: `${slowness}`, LINNET_ALL: all ? '1' : undefined },
    onOutput: (data) => print(`${data}`),
    niceness,
    hangs: {
      after: hangLimit * slowness,
      lastSign: () => statSync(heartbeat, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    },
  });
  if (ended.timedOut)
    print(`stopped: no test ended for ${Math.round((hangLimit * slowness) / 60_000)} minutes\n`);
  return ended;
}

/** Programs do not see that their output is shown on a terminal. @returns {Record<string, string>} */
function colours() {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {};
}

/**
 * A check that counts as one test.
 * @param {string[]} args
 * @param {string} shown
 * @param {Run} options
 * @returns {Promise<Results>}
 */
async function one(args, shown, options) {
  const { code } = await start(args, options);
  if (code !== 0) return { ...noResults(), failed: 1, failures: [{ test: shown, reason: 'see above' }] };
  options.print(`${shown}: no errors\n`);
  return { ...noResults(), passed: 1 };
}

/**
 * @param {string} project a name of vitest.config.ts, or a pattern of names
 * @param {Record<string, string>} env
 * @param {Run} options
 * @returns {Promise<Results>}
 */
async function vitest(project, env, options) {
  const file = `${resultsFolder}/${project.replace('*', '')}-${env.LINNET_ADAPTER ?? 'none'}.json`;
  const reporters = ['--reporter=default', `--reporter=${at('scripts/testing/reporter.mjs')}`];
  const args = [tools().vitest, 'run', '--project', project, '--passWithNoTests', ...reporters];
  const ended = await start([...args, ...options.filters], options, { ...env, LINNET_RESULTS: file }, file);
  return verdict(ended, vitestResults(file));
}

/**
 * The counts, with one more failure if the program failed without a failed test.
 * @param {{ code: number, timedOut: boolean }} ended
 * @param {Results | undefined} results
 * @returns {Results}
 */
function verdict({ code, timedOut }, results) {
  const known = results ?? noResults();
  if (!timedOut && (code === 0 || known.failed > 0)) return known;
  const failure = { test: 'the runner', reason: timedOut ? 'it was stopped' : `it ended with code ${code}` };
  return { ...known, failed: known.failed + 1, failures: [...known.failures, failure] };
}

/**
 * lavapipe where it can be set up: it has f16, runs the f32 variants as well, and compiles pipelines several times as
 * fast as SwiftShader, which comes with every Chromium. Dawn reaches both through Vulkan, which it uses on Linux; elsewhere
 * the system has an adapter. Found once.
 * @param {Run} options
 */
function bestAdapter({ print }) {
  findingAdapter ??= (async () => {
    if (process.platform !== 'linux') return 'default';
    const missing = await ensureLavapipe();
    if (missing === undefined) return 'lavapipe';
    print(`without f16, on SwiftShader: ${missing}\n`);
    return 'swiftshader';
  })();
  return findingAdapter;
}

/** @param {Run} options */
async function gpu(options) {
  const adapter = process.env.LINNET_ADAPTER ?? (await bestAdapter(options));
  if (adapter === 'swiftshader' && 'missing' in adapterEnvironment('swiftshader')) await ensureChromium();
  options.print(`on ${adapter}\n`);
  // On a machine that never ran them, most of this suite's time is spent compiling kernels. Models run them with f32 too.
  const env = { LINNET_ADAPTER: adapter };
  return vitest('gpu', adapter === 'lavapipe' && !all ? { ...env, KERNEL_SCALARS: 'f16' } : env, options);
}

/** @param {Run} options */
async function e2e(options) {
  const chromium = await ensureChromium();
  if (process.env.LINNET_CHROMIUM === undefined && (await bestAdapter(options)) === 'lavapipe') {
    return playwright('e2e', lavapipeChromium() ?? chromium, 'lavapipe', ['desktop', 'phone'], options);
  }
  options.print('without the stories on phones: on SwiftShader both would take too long\n');
  return playwright('e2e', chromium, 'swiftshader', ['desktop'], options);
}

/**
 * Tests what differs on a GPU without f16, on SwiftShader, if the other suites ran on lavapipe: the requirements on a
 * device, sampling and the golden text in the extension; with `--all` the main stories, every kernel and every family on
 * this second driver too. How the runtime combines f32 kernels is the same on both.
 * @param {Run} options
 * @returns {Promise<Results>}
 */
async function plain(options) {
  const chromium = await ensureChromium();
  if (process.env.LINNET_CHROMIUM !== undefined || lavapipeChromium() === undefined) {
    options.print('nothing more to do: everything ran without f16\n');
    return noResults();
  }
  const only = (/** @type {string[]} */ files) => ({
    ...options,
    filters: options.filters.length > 0 ? options.filters : files,
  });
  let output = '';
  const kernels = {
    ...only([...(all ? onSecondDriver : []), 'sample.gpu.test', 'gpu/gpu.gpu.test']),
    print: (/** @type {string} */ text) => {
      output += text;
    },
  };
  const [engine, stories] = await Promise.all([
    vitest('gpu', { LINNET_ADAPTER: 'swiftshader' }, kernels),
    playwright('plain', chromium, 'swiftshader', ['desktop'], only(all ? plainStories : ['--grep=@plain'])),
  ]);
  options.print(output);
  // A renamed file must not make this suite pass by running nothing.
  const nothing = options.filters.length === 0 && (engine.passed === 0 || stories.passed === 0);
  if (nothing)
    options.print('no test of the kernels or no story ran: correct the names in scripts/test.mjs\n');
  return {
    passed: engine.passed + stories.passed,
    failed: engine.failed + stories.failed + (nothing ? 1 : 0),
    skipped: [...engine.skipped, ...stories.skipped],
    failures: [...engine.failures, ...stories.failures],
    flaky: [...engine.flaky, ...stories.flaky],
  };
}

/** Builds the extension, once for all suites. @returns {Promise<void>} */
function build() {
  building ??= (async () => {
    const { node, wxt } = tools();
    const { code, output } = await run(node, [wxt, 'build'], { quiet: true });
    if (code !== 0 || !existsSync(at('.output/chrome-mv3/manifest.json'))) {
      throw new Missing(`the extension did not build, so there is nothing to test:\n${output}`);
    }
  })();
  return building;
}

/**
 * @param {string} name of the file of results
 * @param {string} chromium
 * @param {string} adapter that this Chromium's WebGPU runs on; the command line is compared on the same
 * @param {string[]} projects of playwright.config.ts
 * @param {Run} options
 * @returns {Promise<Results>}
 */
async function playwright(name, chromium, adapter, projects, options) {
  await build();
  options.print(`built .output/chrome-mv3; Chromium is ${chromium}, on ${adapter}\n`);
  const file = `${resultsFolder}/${name}.json`;
  const args = [
    tools().playwright,
    'test',
    '--reporter=list,json',
    '--pass-with-no-tests',
    ...projects.map((project) => `--project=${project}`),
    ...options.filters,
  ];
  const ended = await start(args, options, {
    LINNET_CHROMIUM: chromium,
    LINNET_ADAPTER: adapter,
    LINNET_SUITE: name,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    FORCE_COLOR: undefined,
  });
  return verdict(ended, playwrightResults(file));
}
