/**
 * `npm test`: sets up what is missing, runs every suite, and ends with one line `N passed, N failed`.
 *
 *     npm test                     everything
 *     npm test -- unit gpu         some suites: types lint rooms unit gpu e2e plain
 *     npm test -- unit engine/kv   of a suite, only files whose path has this in it
 *
 * Plain JavaScript on Node 20: it runs before anything is installed. What each suite needs and how it is
 * found lives in `setup/`, counting in `testing/results.mjs`.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { adapterEnvironment, ensureLavapipe, lavapipeChromium } from './setup/adapter.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { at, command, Missing, run } from './setup/machine.mjs';
import { ensurePackages, tools } from './setup/packages.mjs';
import { closingTable, playwrightResults, skipLines, vitestResults } from './testing/results.mjs';

/** @typedef {import('./testing/results.mjs').Results} Results */

const minute = 60_000;
/** CI gives up after 20 minutes; a suite that hangs must not take the closing line with it. */
const deadline = Date.now() + 19 * minute;

/** @param {number} own a suite's own time limit */
const limit = (own) => Math.max(1000, Math.min(own, deadline - Date.now()));

/** @type {Results} */
const failed = { passed: 0, failed: 1, skipped: [] };

const resultsFolder = at('test-results/suites');

/** @type {Record<string, { title: string, run: (filters: string[]) => Promise<Results> }>} */
const suites = {
  types: { title: 'types', run: () => one([tools().tsc, '--noEmit'], 'tsc --noEmit', 4 * minute) },
  lint: { title: 'lint', run: () => one([tools().biome, 'check'], 'biome check', 2 * minute) },
  rooms: { title: 'rooms', run: () => one([at('scripts/check-rooms.ts')], 'npm run rooms', 2 * minute) },
  unit: { title: 'unit', run: (filters) => vitest('unit', {}, filters, 6 * minute) },
  gpu: { title: 'gpu', run: gpu },
  e2e: { title: 'e2e', run: e2e },
  plain: { title: 'plain (no f16)', run: plain },
};

await command(async () => {
  const words = process.argv.slice(2);
  const chosen = Object.keys(suites).filter((name) => words.includes(name));
  const filters = words.filter((word) => !(word in suites));
  if (chosen.length === 0 && filters.length > 0) {
    throw new Missing(
      `There is no suite ${filters[0]}; say one of ${Object.keys(suites).join(', ')} before it.`,
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
  const done = [];
  for (const name of chosen.length > 0 ? chosen : Object.keys(suites)) {
    const suite = suites[name];
    if (suite === undefined) continue;
    console.log(`\n── ${suite.title} ──`);
    const start = Date.now();
    const results = await runSuite(suite.title, () => suite.run(filters));
    done.push({ name: suite.title, results, seconds: (Date.now() - start) / 1000 });
  }
  const skips = done.flatMap(({ name, results }) =>
    skipLines(results.skipped).map((line) => `${name}: ${line}`),
  );
  if (skips.length > 0) console.log(`\nSkipped:\n${skips.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\n${closingTable(done).join('\n')}`);
  return done.some(({ results }) => results.failed > 0) ? 1 : 0;
});

/**
 * What is missing fails its suite with a sentence, and the others still run.
 * @param {string} title
 * @param {() => Promise<Results>} run
 */
async function runSuite(title, run) {
  try {
    return await run();
  } catch (error) {
    // Whatever happens in one suite, the closing line comes.
    console.log(
      `${title}: ${error instanceof Missing ? error.message : /** @type {Error} */ (error.stack ?? error)}`,
    );
    return failed;
  }
}

/**
 * A check that counts as one test.
 * @param {string[]} args
 * @param {string} shown
 * @param {number} timeout
 * @returns {Promise<Results>}
 */
async function one(args, shown, timeout) {
  const { code, timedOut } = await run(tools().node, args, { timeout: limit(timeout) });
  if (timedOut) console.log(`${shown} was stopped at its time limit`);
  if (code !== 0) return failed;
  console.log(`${shown}: fine`);
  return { passed: 1, failed: 0, skipped: [] };
}

/**
 * @param {string} project
 * @param {Record<string, string>} env
 * @param {string[]} filters
 * @param {number} timeout
 * @returns {Promise<Results>}
 */
async function vitest(project, env, filters, timeout) {
  const file = `${resultsFolder}/${project}-${env.LINNET_ADAPTER ?? 'none'}.json`;
  const reporters = ['--reporter=default', `--reporter=${at('scripts/testing/reporter.mjs')}`];
  const args = [tools().vitest, 'run', '--project', project, '--passWithNoTests', ...reporters, ...filters];
  const ended = await run(tools().node, args, {
    timeout: limit(timeout),
    env: { ...env, LINNET_RESULTS: file },
  });
  return verdict(ended, vitestResults(file));
}

/**
 * The counts, and one failure more where the program ended badly without a failure that says so.
 * @param {{ code: number, timedOut: boolean }} ended
 * @param {Results | undefined} results
 * @returns {Results}
 */
function verdict({ code, timedOut }, results) {
  if (timedOut) console.log('stopped at the time limit; tests that had not ended count as one failure');
  const known = results ?? { passed: 0, failed: 0, skipped: [] };
  const unsaid = timedOut || (code !== 0 && known.failed === 0);
  return { ...known, failed: known.failed + (unsaid ? 1 : 0) };
}

/**
 * lavapipe where it can be had: it has f16, runs the f32 forms as well, and makes pipelines several times as fast as
 * SwiftShader, which is never missing where Chromium is. Dawn reaches both through Vulkan, which it uses on Linux;
 * elsewhere the system has an adapter.
 * @returns {Promise<import('./setup/adapter.mjs').AdapterName>}
 */
async function bestAdapter() {
  if (process.platform !== 'linux') return 'default';
  const missing = await ensureLavapipe();
  if (missing === undefined) return 'lavapipe';
  console.log(`without f16, on SwiftShader: ${missing}`);
  return 'swiftshader';
}

/** @param {string[]} filters */
async function gpu(filters) {
  const adapter = process.env.LINNET_ADAPTER ?? (await bestAdapter());
  if (adapter === 'swiftshader' && 'missing' in adapterEnvironment('swiftshader')) await ensureChromium();
  console.log(`on ${adapter}`);
  return vitest('gpu', { LINNET_ADAPTER: adapter }, filters, 9 * minute);
}

/** @param {string[]} filters */
async function e2e(filters) {
  const chromium = await ensureChromium();
  if (process.env.LINNET_CHROMIUM === undefined && (await bestAdapter()) === 'lavapipe') {
    return playwright('e2e', lavapipeChromium() ?? chromium, 'lavapipe', ['desktop', 'phone'], filters);
  }
  console.log('without the stories on phones: on SwiftShader both would take too long');
  return playwright('e2e', chromium, 'swiftshader', ['desktop'], filters);
}

/**
 * What differs on a GPU without f16, again on SwiftShader, where all the rest ran on lavapipe: every kernel and the
 * runtime; the main stories and the golden text in the extension.
 * @param {string[]} filters
 * @returns {Promise<Results>}
 */
async function plain(filters) {
  const chromium = await ensureChromium();
  if (process.env.LINNET_CHROMIUM !== undefined || lavapipeChromium() === undefined) {
    console.log('nothing more to do: everything ran without f16');
    return { passed: 0, failed: 0, skipped: [] };
  }
  const chosen = (/** @type {string[]} */ all) => (filters.length > 0 ? filters : all);
  const kernels = ['engine/kernels', 'engine/runtime', 'engine/gpu'];
  const engine = await vitest('gpu', { LINNET_ADAPTER: 'swiftshader' }, chosen(kernels), 5 * minute);
  const main = chosen(['e2e/demo.spec', 'e2e/golden']);
  const stories = await playwright('plain', chromium, 'swiftshader', ['desktop'], main);
  return {
    passed: engine.passed + stories.passed,
    failed: engine.failed + stories.failed,
    skipped: [...engine.skipped, ...stories.skipped],
  };
}

/**
 * @param {string} name of the file of results
 * @param {string} chromium
 * @param {string} adapter that this Chromium's WebGPU runs on; the command line is compared on the same
 * @param {string[]} projects of playwright.config.ts
 * @param {string[]} filters
 * @returns {Promise<Results>}
 */
async function playwright(name, chromium, adapter, projects, filters) {
  const { node, wxt, playwright } = tools();
  const build = await run(node, [wxt, 'build'], { quiet: true, timeout: limit(3 * minute) });
  if (build.code !== 0 || !existsSync(at('.output/chrome-mv3/manifest.json'))) {
    throw new Missing(`the extension did not build, so there is nothing to test:\n${build.output}`);
  }
  console.log(`built .output/chrome-mv3; Chromium is ${chromium}, on ${adapter}`);
  const file = `${resultsFolder}/${name}.json`;
  const timeout = limit(13 * minute);
  // Playwright ends first, so that it still tells what failed.
  const own = `--global-timeout=${Math.max(1000, timeout - minute / 2)}`;
  const args = [
    playwright,
    'test',
    '--reporter=list,json',
    '--pass-with-no-tests',
    ...projects.map((project) => `--project=${project}`),
    own,
    ...filters,
  ];
  const ended = await run(node, args, {
    timeout,
    env: {
      LINNET_CHROMIUM: chromium,
      LINNET_ADAPTER: adapter,
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      FORCE_COLOR: undefined,
    },
  });
  return verdict(ended, playwrightResults(file));
}
