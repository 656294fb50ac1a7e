/**
 * Measures an import. A checkpoint of random weights with the shape of a published model (1.2 GB of bf16 for
 * Qwen3-0.6B) is downloaded from a local HTTP server by range requests, converted, and written to disk. Prints MB of
 * the checkpoint per second, the peak increase of JavaScript memory, and the most bytes received but not yet
 * processed. The server publishes the file's SHA-256 as a hub does, so the import hashes the file.
 *
 *   npm run -s bench:import -- [--shape Qwen3-0.6B] [--weights PROFILE] [--kill 0.3,0.6,0.95] [--no-hash]
 *                           [--workers 3] [--hasher]
 *
 * `--hasher` hashes in a worker of its own, as the extension does on five cores or more. `--kill` pauses and resumes the import at these fractions, and compares the result with an uninterrupted import.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { nodeStorage } from '../cli/node-files.ts';
import { buildModel, seededRandom } from '../engine/bench.ts';
import {
  type EncoderWorker,
  encodersIn,
  type EngineError,
  httpFolder,
  importModel,
  openStore,
  type WeightProfile,
} from '../engine/index.ts';
import { configOf, SHAPES } from './shapes.ts';

/** What an import makes of a checkpoint in bf16 by itself. */
const CONVERTED: WeightProfile = 'm0e4+q8-head';

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'Qwen3-0.6B' },
    weights: { type: 'string', default: CONVERTED },
    kill: { type: 'string', default: '' },
    layers: { type: 'string' },
    workers: { type: 'string', default: '3' },
    hash: { type: 'boolean', default: true },
    hasher: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const shape = SHAPES[values.shape];
if (shape === undefined) throw new Error(`--shape: choose one of ${Object.keys(SHAPES).join(', ')}`);
const config = configOf(shape, values.layers === undefined ? shape.layers : Number(values.layers));

/** A block of 512 KiB of plausible bf16 weights, which the file repeats. */
const noise = new Uint8Array(512 * 1024);
const random = seededRandom(1);
for (let i = 0; i < noise.length; i += 2) {
  noise[i] = random() * 256;
  noise[i + 1] = (random() < 0.5 ? 0x80 : 0) | 0x3c; // ±2^-7 to ±2^-6
}

const header = headerOf();
const size = header.text.length + header.bytes;

function headerOf(): { text: Uint8Array; bytes: number } {
  const { tensors } = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 1,
    capacity: 1,
  });
  const entries: Record<string, object> = {};
  let at = 0;
  for (const { name, shape: dims } of tensors) {
    const bytes = dims.reduce((n, d) => n * d, 2);
    entries[name] = { dtype: 'BF16', shape: dims, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const text = new Uint8Array(8 + json.length);
  new DataView(text.buffer).setBigUint64(0, BigInt(json.length), true);
  text.set(json, 8);
  return { text, bytes: at };
}

/** The file's bytes from `offset` up to at most `end`; no more than 512 KiB. */
function bytesFrom(offset: number, end: number): Uint8Array {
  const { text } = header;
  if (offset < text.length) return text.subarray(offset, Math.min(end, text.length));
  const from = (offset - text.length) % noise.length;
  return noise.subarray(from, Math.min(noise.length, from + end - offset));
}

/** Response headers with the file's SHA-256, as a hub publishes it. */
function hashHeaders(): Record<string, string> {
  if (!values.hash) return {};
  const hash = createHash('sha256');
  for (let at = 0; at < size; ) {
    const part = bytesFrom(at, size);
    hash.update(part);
    at += part.length;
  }
  return { 'x-linked-etag': `"${hash.digest('hex')}"` };
}

const TOKENIZER = JSON.stringify({
  added_tokens: [],
  model: { type: 'BPE', unk_token: '<unk>', vocab: { '<unk>': 0, '<s>': 1, '</s>': 2, a: 3 }, merges: [] },
});

/** Bytes sent so far. */
let bytesSent = 0;

function serve(): Promise<Server> {
  const small: Record<string, string> = {
    'config.json': JSON.stringify(config),
    'tokenizer.json': TOKENIZER,
  };
  const hash = hashHeaders();
  const server = createServer(async (request, response) => {
    const name = request.url?.split('/').pop() ?? '';
    const text = small[name];
    const total = text === undefined ? size : text.length;
    if (text === undefined && name !== 'model.safetensors') return void response.writeHead(404).end();
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const from = Number(range?.[1] ?? 0);
    const end = Math.min(Number(range?.[2] ?? total - 1), total - 1) + 1;
    const headers = { 'content-range': `bytes ${from}-${end - 1}/${total}`, 'content-length': end - from };
    const tags = { etag: '"1"', ...(text === undefined ? hash : {}) };
    response.writeHead(range === null ? 200 : 206, { ...headers, ...tags });
    if (text !== undefined) return void response.end(text.slice(from, end));
    for (let at = from; at < end && !response.destroyed; ) {
      const part = bytesFrom(at, end);
      at += part.length;
      bytesSent += part.length;
      await new Promise<void>((resolve) => response.write(part, () => resolve()));
    }
    response.end();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const server = await serve();
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${values.shape}/`;

/** A thread with the interface of a browser's worker. */
function startWorker(): EncoderWorker {
  const thread = new Worker(new URL('./encoder-worker.ts', import.meta.url));
  const worker: EncoderWorker = {
    postMessage: (message) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
    onmessage: null,
    onerror: null,
  };
  thread.on('message', (data) => worker.onmessage?.({ data } as MessageEvent));
  thread.on('error', ({ message }) => worker.onerror?.({ message } as ErrorEvent));
  return worker;
}

const workers = Number(values.workers);
const encoders = workers > 0 ? encodersIn(startWorker, workers, { hashes: values.hasher }) : undefined;

interface ImportResult {
  readonly seconds: number;
  /** Of processor time: of the thread that reads and writes, the server's included, and of all threads. */
  readonly processor: { readonly main: number; readonly all: number };
  /** Peak increase of JavaScript memory, in bytes. */
  readonly heap: number;
  /** Most bytes sent by the server but not yet processed. */
  readonly backlog: number;
  /** Whether the file was checked against its published SHA-256. */
  readonly hashed: boolean;
  /** SHA-256 of the stored weights. */
  readonly hash: string;
}

async function runImport(kills: readonly number[]): Promise<ImportResult> {
  const folder = await mkdtemp(join(tmpdir(), 'linnet-import-'));
  try {
    const store = openStore(nodeStorage(folder));
    globalThis.gc?.();
    const before = memoryUsed();
    const begun = performance.now();
    const used = processorTime();
    const base = bytesSent;
    let heap = 0;
    let backlog = 0;
    let hashed = false;
    const watch = setInterval(() => (heap = Math.max(heap, memoryUsed() - before)), 20);
    for (const part of [...kills, 2]) {
      const pause = new AbortController();
      const onProgress = ({ done, total }: { done: number; total: number }) => {
        backlog = Math.max(backlog, bytesSent - base - done);
        if (total > 0 && done / total >= part) pause.abort();
      };
      const options = { weights: values.weights as WeightProfile, id: 'bench' };
      await importModel(httpFolder(address), store, options, {
        onProgress,
        pause: pause.signal,
        encoders,
      }).then(
        (model) => (hashed = model.hashed === true),
        (error: EngineError) => {
          if (error.code !== 'import-paused') throw error;
        },
      );
    }
    clearInterval(watch);
    const seconds = (performance.now() - begun) / 1000;
    const { main, all } = processorTime();
    const processor = { main: main - used.main, all: all - used.all };
    return { seconds, processor, heap, backlog, hashed, hash: await hashOf(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds so far. It depends little on what else the machine does, as seconds of the clock do. */
function processorTime(): { readonly main: number; readonly all: number } {
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  return { main: seconds(process.threadCpuUsage()), all: seconds(process.cpuUsage()) };
}

/** Bytes of the JavaScript heap and of array buffers. */
function memoryUsed(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function hashOf(folder: string): Promise<string> {
  const [model] = await readdir(join(folder, 'models'));
  const hash = createHash('sha256');
  for await (const part of createReadStream(join(folder, 'models', model as string, 'weights.bin')))
    hash.update(part);
  return hash.digest('hex');
}

const MB = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const plain = await runImport([]);
console.log(`${values.shape} as ${values.weights}: ${MB(size)} of bf16 in ${plain.seconds.toFixed(1)} s`);
console.log(
  `  ${(size / 1e6 / plain.seconds).toFixed(1)} MB/s (server, network and disk of this machine included)`,
);
const { main, all } = plain.processor;
console.log(
  `  processor time: ${main.toFixed(2)} s in the thread that reads and writes, ${all.toFixed(2)} s in all`,
);
console.log(`  JavaScript memory: peak increase of ${MB(plain.heap)} (the server's own included)`);
console.log(`  checked against the published SHA-256: ${plain.hashed ? 'yes' : 'no'}`);
console.log(`  received but not yet processed: at most ${MB(plain.backlog)}`);
const kills = values.kill.split(',').filter(Boolean).map(Number);
if (kills.length > 0) {
  const resumed = await runImport(kills);
  const same = resumed.hash === plain.hash ? 'the same bytes' : 'DIFFERENT BYTES';
  console.log(`  paused at ${kills.map((k) => `${100 * k} %`).join(', ')} and resumed: ${same}`);
}
server.close();
process.exit(0);
