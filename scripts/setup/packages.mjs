/** The npm packages: are they what the lockfile says, and if not, install them. */
import { existsSync, readFileSync } from 'node:fs';
import { at, isWindows, lastLines, Missing, run } from './machine.mjs';

/** Installs what is missing. */
export async function ensurePackages() {
  if (wrongPackage() === undefined) return;
  // `npm ci` empties node_modules first; where something is installed already, the gentler way will do.
  const verbs = existsSync(at('node_modules')) ? ['install'] : ['ci', 'install'];
  let said = '';
  for (const verb of verbs) {
    console.log(`npm packages: ${wrongPackage()}; running \`npm ${verb}\` …`);
    said = (await npm(verb, '--no-audit', '--no-fund', '--loglevel=error')).output;
    if (wrongPackage() === undefined) return;
  }
  throw new Missing(
    `npm packages are missing (${wrongPackage()}): check the connection and run \`npm ci\` by hand. It said:\n${lastLines(said)}`,
  );
}

/** @param {string[]} args */
function npm(...args) {
  const options = { quiet: true, timeout: 600_000 };
  // Under `npm test` this is the very npm that runs us.
  const itself = process.env.npm_execpath;
  return itself?.endsWith('npm-cli.js')
    ? run(process.execPath, [itself, ...args], options)
    : run(isWindows ? 'npm.cmd' : 'npm', args, { ...options, shell: isWindows });
}

/**
 * A sentence about the first package that is not as the lockfile says.
 * @returns {string | undefined}
 */
function wrongPackage() {
  const hidden = at('node_modules/.package-lock.json');
  if (!existsSync(hidden)) return 'not installed yet';
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const there = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || optional === true) continue;
    if (there[path]?.version !== version)
      return `${path} is ${there[path]?.version ?? 'absent'}, not ${version}`;
  }
  return existsSync(tools().node)
    ? undefined
    : 'Node 22 is absent (the package `node` did not run its install script)';
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
