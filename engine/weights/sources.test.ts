import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openCheckpoint } from './checkpoint.ts';
import { openSafetensors, repeatedKey } from './formats/safetensors.ts';
import { checksum } from './integrity/checksum.ts';
import type { ByteSource } from './sources/byte-source.ts';
import { folderFromFiles } from './sources/file-source.ts';
import { httpFolder } from './sources/http-source.ts';
import { memoryFolder, memorySource } from './sources/memory-source.ts';
import { TINY_CONFIG, TINY_TOKENIZER, tinyTensors, writeSafetensors } from '../testing/tiny-checkpoint.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3);
type Handler = (request: IncomingMessage, response: ServerResponse, n: number) => void;
const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.closeAllConnections();
});

async function served(handler: Handler): Promise<{ address: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.range ?? 'all'}`);
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  open.push(server);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/model`, requests };
}

const ranged: Handler = (request, response) => {
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
  if (request.url?.endsWith('big.bin') !== true) return void response.writeHead(404).end();
  if (range === null) return void response.end(content);
  const from = Number(range[1]);
  const to = Math.min(Number(range[2]), content.length - 1);
  response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${content.length}`, etag: '"1"' });
  response.end(content.subarray(from, to + 1));
};

async function sourceOf(address: string): Promise<ByteSource> {
  return (await httpFolder(address).open('big.bin')) as ByteSource;
}

async function same(source: ByteSource, offset: number, length: number): Promise<void> {
  const got = await source.read(offset, length);
  expect(Buffer.compare(got, content.subarray(offset, offset + length))).toBe(0);
}

test('ranges: reads any bytes, small files in one request, and returns undefined for 404', async () => {
  const { address, requests } = await served(ranged);
  const source = await sourceOf(address);
  expect(source.size).toBe(content.length);
  await same(source, 0, 1000);
  expect(requests).toHaveLength(1);
  await same(source, 70_000, 200_000);
  await same(source, 100, 299_900);
  await expect(source.read(299_999, 2)).rejects.toMatchObject({ code: 'source-read' });
  expect(await httpFolder(address).open('none.json')).toBeUndefined();
  expect(httpFolder(address).name).toBe('model');
});

test('resumes a broken connection at the byte where it broke', async () => {
  const { address, requests } = await served((request, response, n) => {
    if (n === 2) {
      response.writeHead(206, {
        'content-length': '200000',
        'content-range': `bytes 70000-269999/${content.length}`,
        etag: '"1"',
      });
      response.write(content.subarray(70_000, 120_000));
      setTimeout(() => response.destroy(), 20);
    } else ranged(request, response, n);
  });
  await same(await sourceOf(address), 70_000, 200_000);
  expect(requests[2]).toBe('GET bytes=120000-269999');
});

test('retries a busy server, but not one that refuses', async () => {
  const busy = await served((request, response, n) => {
    if (n === 1) response.writeHead(503).end();
    else ranged(request, response, n);
  });
  await same(await sourceOf(busy.address), 5, 10);
  const closed = await served((_, response) => response.writeHead(401, 'Unauthorized').end());
  await expect(sourceOf(closed.address)).rejects.toMatchObject({
    code: 'source-refused',
    got: '401 Unauthorized',
  });
  expect(closed.requests).toHaveLength(1);
});

test('refuses a file that changes during the download', async () => {
  const { address } = await served((request, response, n) => {
    if (n === 1) return ranged(request, response, n);
    response.writeHead(206, { etag: '"2"' }).end(content.subarray(0, 10));
  });
  const source = await sourceOf(address);
  await expect(source.read(70_000, 10)).rejects.toMatchObject({
    code: 'checkpoint-mismatch',
    expected: '"1"',
    got: '"2"',
  });
});

test('without ranges: reads forwards, and restarts a limited number of times to go back', async () => {
  const { address, requests } = await served((_, response) => {
    response.writeHead(200, { 'content-length': content.length }).end(content);
  });
  const source = await sourceOf(address);
  await same(source, 0, 8);
  await same(source, 8, 100_000);
  await same(source, 250_000, 50_000);
  expect(requests).toHaveLength(1);
  await same(source, 10, 20);
  expect(requests).toHaveLength(2);
  const back = async () => {
    for (let i = 0; i < 9; i++) await source.read(1000 - i * 100, 10);
  };
  await expect(back()).rejects.toMatchObject({
    code: 'source-refused',
    expected: expect.stringMatching(/Accept-Ranges/),
  });
});

test('without ranges and without a length: reads a small file into memory', async () => {
  const { address, requests } = await served((_, response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.end(content);
  });
  const source = await sourceOf(address);
  expect(source.size).toBe(content.length);
  await same(source, 100_000, 10);
  await same(source, 0, 10);
  expect(requests).toHaveLength(1);
});

test('a host of whole files: no range is requested, and a missing file is undefined at once', async () => {
  const requests: (string | undefined)[] = [];
  const get = async (url: RequestInfo | URL, init?: RequestInit) => {
    requests.push(new Headers(init?.headers).get('range') ?? undefined);
    if (!String(url).endsWith('config.json')) throw new TypeError('Failed to fetch');
    return new Response('{}', { headers: { 'content-length': '2' } });
  };
  const folder = httpFolder('packaged://abc/model/', { fetch: get as typeof fetch, wholeFiles: true });
  expect(await folder.open('generation.json')).toBeUndefined();
  expect((await folder.open('config.json'))?.size).toBe(2);
  expect(requests).toEqual([undefined, undefined]);
  expect(() => httpFolder('packaged://abc/model/')).toThrow(/neither/);
});

test('stops a read on abort', async () => {
  const { address } = await served((request, response, n) => {
    if (n === 1) ranged(request, response, n);
  });
  const source = await sourceOf(address);
  const controller = new AbortController();
  const read = source.read(70_000, 10, controller.signal);
  setTimeout(() => controller.abort(), 20);
  await expect(read).rejects.toMatchObject({ code: 'source-cancelled' });
});

function file(path: string, text = 'x'): File {
  return Object.assign(new File([text], path.split('/').pop() as string), { webkitRelativePath: path });
}

test('opens chosen files: flat, a folder, a nested folder; refuses several models', async () => {
  const flat = folderFromFiles([new File(['{}'], 'config.json'), new File(['abc'], 'b')]);
  expect(await (await flat.open('b'))?.read(1, 2)).toEqual(new TextEncoder().encode('bc'));
  const folder = folderFromFiles([file('my-model/config.json'), file('my-model/onnx/config.json')]);
  expect(folder.name).toBe('my-model');
  const nested = folderFromFiles([file('models/tiny/config.json', 'abc'), file('models/readme.md')]);
  expect(nested.name).toBe('tiny');
  expect((await nested.open('config.json'))?.size).toBe(3);
  expect(await nested.open('readme.md')).toBeUndefined();
  expect(() => folderFromFiles([file('m/a/config.json'), file('m/b/config.json')])).toThrow(/several models/);
  expect(await folderFromFiles([]).open('config.json')).toBeUndefined();
});

test('opens the newest commit of a chosen Hugging Face cache, named after the repository', async () => {
  const dated = (path: string, lastModified: number, text: string) =>
    Object.assign(new File([text], 'config.json', { lastModified }), { webkitRelativePath: path });
  const cache = 'models--org--some--name';
  const older = dated(`${cache}/snapshots/0a/config.json`, 1, 'old');
  const newer = dated(`${cache}/snapshots/1b/config.json`, 2, 'newest');
  const folder = folderFromFiles([older, newer], cache);
  expect(folder.name).toBe('org/some--name');
  expect((await folder.open('config.json'))?.size).toBe(6);
  const other = dated('hub/models--org--other/snapshots/2c/config.json', 3, 'x');
  const one = dated(`hub/${cache}/snapshots/0a/config.json`, 3, 'x');
  expect(() => folderFromFiles([other, one])).toThrow(expect.objectContaining({ code: 'source-several' }));
});

test('takes the name from the folder that contains the model, not from its parent', () => {
  const files = [file('Downloads/tiny/config.json'), file('Downloads/readme.txt')];
  expect(folderFromFiles(files, 'Downloads').name).toBe('tiny');
  const web = [file('Downloads/web/mlc-chat-config.json'), file('Downloads/readme.txt')];
  expect(folderFromFiles(web, 'Downloads').name).toBe('web');
  expect(folderFromFiles([file('config.json')], 'golden').name).toBe('golden');
});

test('compares an index with its shards', async () => {
  const all = Object.entries(tinyTensors());
  const part = (from: number, to: number) => writeSafetensors(Object.fromEntries(all.slice(from, to)));
  const map = Object.fromEntries(all.map(([name], i) => [name, i < 4 ? 'a.safetensors' : 'b.safetensors']));
  const files = (weightMap: unknown, more = {}) =>
    memoryFolder('tiny', {
      'config.json': JSON.stringify(TINY_CONFIG),
      'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
      'model.safetensors.index.json': JSON.stringify({ weight_map: weightMap }),
      'a.safetensors': part(0, 4),
      'b.safetensors': part(4, all.length),
      ...more,
    });
  expect((await openCheckpoint(files(map))).tensors.size).toBe(all.length);
  await expect(openCheckpoint(files({ ...map, ghost: 'a.safetensors' }))).rejects.toMatchObject({
    code: 'checkpoint-mismatch',
    who: 'a.safetensors',
    where: 'tensor ghost',
  });
  await expect(openCheckpoint(files({ x: '../../secret.safetensors' }))).rejects.toMatchObject({
    code: 'checkpoint-damaged',
  });
  await expect(openCheckpoint(files({ x: 'c.safetensors' }))).rejects.toMatchObject({
    code: 'source-missing',
  });
  await expect(openCheckpoint(files(3))).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    where: 'weight_map',
  });
});

test('detects keys that occur twice', async () => {
  expect(repeatedKey('{"a":{"x":1,"x":2},"b":[{"a":1}],"\\u0062":3}')).toBe('b');
  expect(repeatedKey('{"a":{"b":1},"b":"a\\"{","c":{}}')).toBeUndefined();
  const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const header = new TextEncoder().encode(`{"t":${entry},"t":${entry}}`);
  const bytes = Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...header, 1]);
  await expect(openSafetensors(memorySource('m', bytes))).rejects.toMatchObject({ where: 'tensor t' });
});

test('computes a checksum that does not depend on where pieces end', () => {
  const whole = checksum();
  whole.add(content.subarray(0, 1001));
  for (const size of [1, 2, 3, 5, 64]) {
    const pieces = checksum();
    for (let at = 0; at < 1001; at += size) pieces.add(content.subarray(at, Math.min(at + size, 1001)));
    expect(pieces.value()).toBe(whole.value());
  }
  const other = checksum();
  other.add(content.subarray(0, 1000));
  expect(other.value()).not.toBe(whole.value());
});
