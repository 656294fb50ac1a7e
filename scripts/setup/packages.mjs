/** The npm packages: are they what the lockfile says, and if not, install them. */
import { existsSync, readFileSync } from 'node:fs';
import { at, isWindows, lastLines, Missing, run } from './machine.mjs';

/** Installs what is missing. */
export async function ensurePackages() {
  const wrong = wrongPackage();
  if (wrong === undefined) return;
  // `npm ci` empties node_modules first; where something is installed already, the gentler way will do.
  const verb = existsSync(at('node_modules')) ? 'install' : 'ci';
  console.log(`npm packages: ${wrong}; running \`npm ${verb}\` …`);
  const args = [verb, '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args], { quiet: true, timeout: 600_000 })
    : await run(isWindows ? 'npm.cmd' : 'npm', args, { quiet: true, timeout: 600_000, shell: isWindows });
  const still = wrongPackage();
  if (result.code !== 0 || still !== undefined) {
    throw new Missing(
      `npm packages are missing (${still ?? 'npm failed'}): check the connection and run \`npm ${verb}\` by hand. ` +
        `It said:\n${lastLines(result.output)}`,
    );
  }
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
