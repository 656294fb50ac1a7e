import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { EngineError } from '../../base/errors.ts';
import { memorySource } from '../sources/memory-source.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { LIMITS, openGguf } from './header.ts';
import {
  f32,
  type GgufParts,
  numbers,
  text,
  texts,
  tinyModel,
  u32,
  writeGguf,
} from '../../testing/tiny-gguf.ts';

const open = (bytes: Uint8Array) => openGguf(memorySource('m.gguf', bytes));

async function refused(bytes: Uint8Array): Promise<EngineError> {
  const error = await open(bytes).then(
    () => expect.fail('it was read'),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code: 'checkpoint-damaged', who: 'm.gguf' });
  for (const fact of ['where', 'expected', 'got'] as const)
    expect((error as EngineError)[fact]).toBeDefined();
  return error as EngineError;
}

const data = (n: number) => Uint8Array.from({ length: n }, (_, i) => i);
const small: GgufParts = {
  metadata: {
    'general.name': text('Größe \ufeff'),
    'a.list': texts(['x', '', '\ufeff']),
    'a.n': numbers(4, [1, 2 ** 32 - 1]),
  },
  tensors: {
    one: { type: 'F32', shape: [3, 2], data: data(24) },
    two: { type: 'Q8_0', shape: [2, 32], data: data(68) },
  },
};

test.each([2, 3])('version %i: reads values, shapes and offsets', async (version) => {
  const bytes = writeGguf({ ...small, version });
  const file = await open(bytes);
  expect(file.version).toBe(version);
  expect(file.metadata.get('general.name')).toBe('Größe \ufeff');
  expect(file.metadata.get('a.list')).toEqual(['x', '', '\ufeff']);
  expect(file.metadata.get('a.n')).toEqual(Uint32Array.of(1, 2 ** 32 - 1));
  expect(file.tensors.map((t) => [t.name, t.type.name, t.shape, t.bytes])).toEqual([
    ['one', 'F32', [3, 2], 24],
    ['two', 'Q8_0', [2, 32], 68],
  ]);
  for (const t of file.tensors)
    expect([...bytes.subarray(t.offset, t.offset + t.bytes)]).toEqual([...data(t.bytes)]);
});

test('reads every type of value', async () => {
  const values = Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6, 10, 11, 12].map((type) => [`t${type}`, [type, 7] as const]),
  );
  const lists = Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12].map((t) => [`l${t}`, numbers(t, [1, 0])]),
  );
  const { metadata } = await open(
    writeGguf({ metadata: { ...values, ...lists, yes: [7, true] }, tensors: {} }),
  );
  for (const key of Object.keys(values)) expect(metadata.get(key)).toBe(7);
  for (const key of Object.keys(lists)) expect([...(metadata.get(key) as Uint8Array)]).toEqual([1, 0]);
  expect(metadata.get('yes')).toBe(true);
});

test('reads a file with another alignment', async () => {
  const file = await open(
    writeGguf({ ...small, alignment: 64, metadata: { ...small.metadata, 'general.alignment': u32(64) } }),
  );
  for (const t of file.tensors) expect(t.offset % 64).toBe(0);
});

const at = (bytes: Uint8Array, needle: string) => Buffer.from(bytes).indexOf(needle);
const with64 = (bytes: Uint8Array, offset: number, value: bigint) => {
  new DataView(bytes.buffer).setBigUint64(offset, value, true);
  return bytes;
};

const ab: GgufParts = { metadata: { ka: u32(1), kb: [7, true] }, tensors: {} };

const damages: [string, () => Uint8Array, RegExp][] = [
  ['an empty file', () => new Uint8Array(0), /ends inside its header/],
  ['other magic', () => Uint8Array.from([...Buffer.from('GGML'), ...new Array(28).fill(0)]), /not a GGUF/],
  ['version 1', () => writeGguf({ ...small, version: 1 }), /version 1.*expected version 2 or 3/],
  ['version 4', () => writeGguf({ ...small, version: 4 }), /got 4/],
  ['big-endian', () => writeGguf({ ...small, version: 0x03000000 }), /big-endian/],
  [
    'count of tensors',
    () => with64(writeGguf(small), 8, 2n ** 63n),
    new RegExp(`number of tensors.*${LIMITS.tensors}`),
  ],
  ['count of entries', () => with64(writeGguf(small), 16, 2n ** 20n), /number of entries/],
  ['length of a key', () => with64(writeGguf(small), 24, 2n ** 40n), /length of the key.*65535/],
  ['a key twice', () => replaced(writeGguf(ab), 'kb', 'ka'), /key ka.*twice/],
  [
    'an array of 2^60',
    () => with64(writeGguf(small), at(writeGguf(small), 'a.n') + 11, 2n ** 60n),
    /key a.n.*array/,
  ],
  [
    'an array beyond the file',
    () => with64(writeGguf(small), at(writeGguf(small), 'a.n') + 11, 10_000n),
    /key a.n.*ends inside/,
  ],
  ['a value of no type', () => put(writeGguf(ab), 'ka', 2, 13), /key ka.*type of the value is unknown.*13/],
  ['neither true nor false', () => put(writeGguf(ab), 'kb', 6, 2), /key kb.*neither true nor false/],
  [
    'an integer above 2^53',
    () => writeGguf({ metadata: { k: [10, 2 ** 60] }, tensors: {} }),
    /key k.*beyond all limits/,
  ],
  [
    'an odd alignment',
    () => writeGguf({ ...small, metadata: { 'general.alignment': u32(12) } }),
    /general.alignment.*multiple of 8/,
  ],
  [
    'five axes',
    () => writeGguf({ metadata: {}, tensors: { t: { type: 'F32', shape: [1, 1, 1, 1, 1], data: data(4) } } }),
    /tensor t.*axes/,
  ],
  [
    'part of a block',
    () => writeGguf({ metadata: {}, tensors: { t: { type: 'Q4_K', shape: [4, 200], data: data(4) } } }),
    /whole blocks of Q4_K.*256.*200/,
  ],
  [
    'a shape of 2^60',
    () =>
      writeGguf({ metadata: {}, tensors: { t: { type: 'F32', shape: [2 ** 30, 2 ** 30], data: data(4) } } }),
    /tensor t.*larger than any file/,
  ],
  [
    'an offset off the grid',
    () => writeGguf({ ...small, offset: (n, o) => (n === 'two' ? o + 8 : o) }),
    /tensor two.*not aligned/,
  ],
  ['an overlap', () => writeGguf({ ...small, offset: () => 0 }), /overlaps/],
  [
    'an offset past the end',
    () => writeGguf({ ...small, offset: (n, o) => (n === 'two' ? 2 ** 40 : o) }),
    /tensor two.*past the end/,
  ],
  ['a truncated file', () => writeGguf(small).subarray(0, -40), /tensor two.*past the end/],
  ['a name that is not text', () => replaced(writeGguf(small), 'one', '\xff\xfe\xfd'), /not text/],
];

/** Overwrites a text by another of the same length. */
function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  bytes.set(Buffer.from(to, 'latin1'), at(bytes, from));
  return bytes;
}

/** Sets one byte, `offset` after the start of the key. */
function put(bytes: Uint8Array, key: string, offset: number, value: number): Uint8Array {
  bytes[at(bytes, key) + offset] = value;
  return bytes;
}

test.each(damages)('refuses a damaged header: %s', async (_, make, says) => {
  expect((await refused(make())).message).toMatch(says);
});

test('refuses an unknown tensor type', async () => {
  const bytes = writeGguf({ metadata: {}, tensors: { t: { type: 'F32', shape: [4], data: data(16) } } });
  bytes[at(bytes, 't') + 1 + 4 + 8] = 99;
  expect((await refused(bytes)).message).toMatch(/element type is unknown.*type 99/);
});

test('reads a large header in pieces, and little of the rest of the file', async () => {
  const many = {
    ...tinyModel().metadata,
    'tokenizer.ggml.tokens': texts(Array.from({ length: 40_000 }, (_, i) => `token ${i}`)),
  };
  const bytes = writeGguf({
    metadata: { ...many, last: f32(0.5) },
    tensors: { big: { type: 'F32', shape: [1 << 20], data: new Uint8Array(4 << 20) } },
  });
  let read = 0;
  const inner = memorySource('m.gguf', bytes);
  const source: ByteSource = {
    ...inner,
    read: (offset, length) => {
      read += length;
      return inner.read(offset, length);
    },
  };
  const file = await openGguf(source);
  expect(file.metadata.get('last')).toBe(0.5);
  expect((file.metadata.get('tokenizer.ggml.tokens') as string[])[39_999]).toBe('token 39999');
  expect(read).toBeLessThan(2 * (bytes.length - (4 << 20)));
});

describeWithAssets('published files', ['models/stories260K-gguf'], (folder) => {
  const bytes = (name: string) => readFileSync(`${folder}/stories260K.${name}.gguf`);

  test('reads version 3 in three types', async () => {
    for (const name of ['v3.f32', 'v3.f16', 'v3.q8_0']) {
      const file = await open(bytes(name));
      expect(file.tensors).toHaveLength(48);
    }
  });

  test('refuses version 1 and names it', async () => {
    expect((await refused(bytes('v1.f32'))).message).toMatch(/version 1 of the format/);
  });
});
