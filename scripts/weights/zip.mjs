/** Reads single members of a zip archive, as streams: a wheel of Python is one. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { Missing } from '../setup/machine.mjs';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** The end record has 22 bytes and a comment of at most 65,535. */
const LONGEST_END = 22 + 65_535;

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {number} method
 * @property {number} packed bytes in the archive
 * @property {number} size bytes of the member itself
 * @property {number} header where its local header begins
 */

/**
 * The bytes of a member, unpacked. Archives above 4 GB (zip64) are not read.
 * @param {string} file the archive
 * @param {string} member
 * @returns {Promise<{ size: number, bytes: AsyncIterable<Buffer> }>} `size` as the archive states it
 * @throws {Missing} if the file is no archive, is cut off, or has no such member
 */
export async function openMember(file, member) {
  const handle = await open(file);
  try {
    const { size: length } = await handle.stat();
    const read = async (/** @type {number} */ from, /** @type {number} */ count) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(count, length - from)));
      await handle.read(buffer, 0, buffer.length, from);
      return buffer;
    };
    const entries = await readDirectory(file, length, read);
    const entry = entries.find(({ name }) => name === member);
    if (entry === undefined) {
      const names = entries.map(({ name }) => name).join(', ');
      throw new Missing(`${file} has no member ${member}; it has ${names || 'none'}.`);
    }
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw new Missing(
        `${member} in ${file} is packed by method ${entry.method}: expected 0 or 8 (deflate).`,
      );
    }
    const local = await read(entry.header, 30);
    if (local.length < 30 || local.readUInt32LE(0) !== LOCAL) throw damaged(file, `no header of ${member}`);
    const start = entry.header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (start + entry.packed > length) throw damaged(file, `${member} ends behind the end of the file`);
    return { size: entry.size, bytes: stream(file, start, entry) };
  } finally {
    await handle.close();
  }
}

/**
 * @param {string} file
 * @param {number} length
 * @param {(from: number, count: number) => Promise<Buffer>} read
 * @returns {Promise<Entry[]>}
 */
async function readDirectory(file, length, read) {
  const tail = await read(Math.max(0, length - LONGEST_END), LONGEST_END);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at -= 1;
  if (at < 0) throw damaged(file, 'it has no table of contents');
  const [size, from] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  const table = await read(from, size);
  /** @type {Entry[]} */
  const entries = [];
  for (let i = 0; i + 46 <= table.length && table.readUInt32LE(i) === ENTRY; ) {
    const nameLength = table.readUInt16LE(i + 28);
    entries.push({
      name: table.toString('utf8', i + 46, i + 46 + nameLength),
      method: table.readUInt16LE(i + 10),
      packed: table.readUInt32LE(i + 20),
      size: table.readUInt32LE(i + 24),
      header: table.readUInt32LE(i + 42),
    });
    i += 46 + nameLength + table.readUInt16LE(i + 30) + table.readUInt16LE(i + 32);
  }
  return entries;
}

/**
 * @param {string} file
 * @param {number} start
 * @param {Entry} entry
 * @returns {AsyncIterable<Buffer>}
 */
function stream(file, start, { packed, method }) {
  if (packed === 0) return (async function* () {})();
  const raw = createReadStream(file, { start, end: start + packed - 1, highWaterMark: 1 << 20 });
  // The callback keeps an error of the inner stream from ending the process; the reader gets it too.
  return method === STORED ? raw : pipeline(raw, createInflateRaw(), () => undefined);
}

/** @param {string} file @param {string} why */
function damaged(file, why) {
  return new Missing(`${file} is no whole zip archive (${why}): delete it and run the command again.`);
}
