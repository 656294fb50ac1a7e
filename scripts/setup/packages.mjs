/** Installs the npm packages if they are not those of the lockfile. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, isWindows, lastLines, Missing, run } from './machine.mjs';

/** Installs what this checkout lacks. */
export async function ensurePackages() {
  await install(at('.'), wrongPackage);
}

/**
 * Installs what only one command needs (a peer to measure, a linter of packages): a folder with a `package.json` and a
 * separate lockfile, so that other commands do not download it. Install scripts do not run.
 * @param {string} folder relative to the checkout
 */
export async function ensureExtraPackages(folder) {
  await install(at(folder), () => notAsLocked(at(folder)), '--ignore-scripts');
}

/**
 * @param {string} folder
 * @param {() => string | undefined} wrong
 * @param {string[]} options
 */
async function install(folder, wrong, ...options) {
  if (wrong() === undefined) return;
  // `npm ci` empties node_modules first; where something is installed already, `npm install` is enough.
  const verbs = existsSync(join(folder, 'node_modules')) ? ['install'] : ['ci', 'install'];
  let said = '';
  for (const verb of verbs) {
    console.error(`npm packages: ${wrong()}; running \`npm ${verb}\` …`);
    said = (await npm(folder, verb, '--no-audit', '--no-fund', '--loglevel=error', ...options)).output;
    if (wrong() === undefined) return;
  }
  throw new Missing(
    `npm packages are missing (${wrong()}): check the connection and run \`npm ci\` in ${folder} by hand. It said:\n${lastLines(said)}`,
  );
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function npm(cwd, ...args) {
  const options = { quiet: true, timeout: 600_000, cwd };
  // Under `npm test` this is the npm that runs this process.
  const itself = process.env.npm_execpath;
  return itself?.endsWith('npm-cli.js')
    ? run(process.execPath, [itself, ...args], options)
    : run(isWindows ? 'npm.cmd' : 'npm', args, { ...options, shell: isWindows });
}

/** @returns {string | undefined} */
function wrongPackage() {
  const wrong = notAsLocked(at('.'));
  if (wrong !== undefined || existsSync(tools().node)) return wrong;
  return 'Node 22 is absent (the package `node` did not run its install script)';
}

/**
 * A sentence about the first package that differs from the folder's lockfile.
 * @param {string} folder
 * @returns {string | undefined}
 */
function notAsLocked(folder) {
  const hidden = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return 'not installed yet';
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const there = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || optional === true) continue;
    if (there[path]?.version !== version)
      return `${path} is ${there[path]?.version ?? 'absent'}, not ${version}`;
  }
  return undefined;
}

/** The tools of this checkout as files to run with its own Node 22, which strips types. */
export function tools() {
  const node = at('node_modules/node/bin', isWindows ? 'node.exe' : 'node');
  return {
    node,
    tsc: at('node_modules/typescript/bin/tsc'),
    biome: at('node_modules/@biomejs/biome/bin/biome'),
    vitest: at('node_modules/vitest/vitest.mjs'),
    playwright: at('node_modules/playwright/cli.js'),
    wxt: at('node_modules/wxt/bin/wxt.mjs'),
  };
}
