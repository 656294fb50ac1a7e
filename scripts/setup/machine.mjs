/**
 * What every command of the project needs before anything is installed: where the repository is, how to run a
 * program with a time limit, and how to end with a sentence instead of a stack trace.
 * Plain JavaScript on Node 20 without packages: it runs before `npm ci`.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
export const isWindows = process.platform === 'win32';
export const isRoot = process.getuid?.() === 0;

/** A failure that a person can resolve; commands print its message and nothing else. */
export class Missing extends Error {}

/** @param {...string} parts */
export const at = (...parts) => join(root, ...parts);

/**
 * The first of `names` that is a program on PATH.
 * @param {...string} names
 * @returns {string | undefined}
 */
export function onPath(...names) {
  const endings = isWindows ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      for (const ending of endings) {
        const file = join(folder, name + ending);
        if (folder !== '' && isProgram(file)) return file;
      }
    }
  }
  return undefined;
}

/** @param {string} file */
export function isProgram(file) {
  try {
    accessSync(file, isWindows ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {number} [timeout] milliseconds
 * @property {Record<string, string | undefined>} [env] added to ours; undefined removes
 * @property {boolean} [quiet] keep the output for the caller instead of showing it
 * @property {(data: Buffer) => void} [onStdout] takes standard output in the place of showing it
 * @property {string} [cwd]
 * @property {boolean} [shell]
 * @property {number} [niceness] of it and of what it starts, 0 to 19: with a higher one others are served first
 * @property {(data: Buffer) => void} [onOutput] takes standard output and errors in the place of showing them
 * @property {{ after: number, lastSign: () => number }} [hangs] stops it when it has printed nothing for so many
 *   milliseconds, and `lastSign` (milliseconds since 1970) is as old
 */

/**
 * Runs a program to its end. Never throws: a program that cannot start has code 127, one that was
 * stopped at its time limit has `timedOut`.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 */
export function run(program, args, options = {}) {
  const {
    timeout,
    env,
    quiet = false,
    onStdout,
    onOutput,
    hangs,
    cwd = root,
    shell = false,
    niceness = 0,
  } = options;
  const piped = quiet || onOutput !== undefined;
  return new Promise((done) => {
    const child = spawn(program, [...args], {
      cwd,
      shell,
      env: { ...process.env, ...env },
      stdio: ['ignore', piped || onStdout ? 'pipe' : 'inherit', piped ? 'pipe' : 'inherit'],
      // A separate process group, so that stopping it also ends the programs that it started (browsers, workers).
      detached: !isWindows,
    });
    if (child.pid !== undefined && niceness > 0) lowerPriority(child.pid, niceness);
    let output = '';
    let timedOut = false;
    let lastOutput = Date.now();
    const keep = (/** @type {Buffer} */ data) => {
      lastOutput = Date.now();
      if (onOutput === undefined) output += data;
      else onOutput(data);
    };
    child.stdout?.on('data', onStdout ?? keep);
    child.stderr?.on('data', keep);
    const stop = () => {
      try {
        if (isWindows || child.pid === undefined) child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The process has ended in the meantime.
      }
    };
    const onTimeout = () => {
      timedOut = true;
      stop();
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    const watch = () => {
      if (hangs !== undefined && Date.now() - Math.max(lastOutput, hangs.lastSign()) > hangs.after)
        onTimeout();
    };
    const watching = hangs === undefined ? undefined : setInterval(watch, 10_000);
    const onInterrupt = () => {
      stop();
      process.exit(130);
    };
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onInterrupt);
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      clearInterval(watching);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
      done({ code, output, timedOut });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.once('close', (code, signal) => finish(code ?? (signal === null ? 0 : 128)));
  });
}

/** @param {number} pid @param {number} niceness */
function lowerPriority(pid, niceness) {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended, or the system does not allow it: then it is as important as others.
  }
}

/** The end of a program's output, for a message. @param {string} output */
export function lastLines(output, count = 8) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Runs a command and turns {@link Missing} into its sentence.
 * @param {() => Promise<number>} main returns the exit code
 */
export async function command(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/** Debian itself, where `apt-get install chromium` gives a real Chromium (on Ubuntu it is a snap). */
export async function isDebianRoot() {
  if (!isRoot || process.platform !== 'linux' || onPath('apt-get') === undefined) return false;
  if (!existsSync('/etc/os-release')) return false;
  const { readFileSync } = await import('node:fs');
  return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Installs Debian packages; only to be called when {@link isDebianRoot}.
 * @param {...string} packages
 */
export async function aptInstall(...packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { quiet: true, timeout: 180_000 });
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    quiet: true,
    timeout: 420_000,
  });
}
