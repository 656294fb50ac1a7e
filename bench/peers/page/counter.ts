/**
 * Counts the WebGPU calls of a page and of all its workers, whoever makes them. The page loads it before anything else;
 * it then wraps the prototypes of WebGPU, and `Worker`, so that a worker loads it too before its own script.
 *
 * Each realm writes to its own place in memory that they share, so the page can read the sum at any moment, also while a
 * worker is busy. The page must be cross-origin isolated.
 *
 * A buffer counts as alive until `destroy` is called on it or its device; one that is left to the garbage collector
 * counts for ever.
 */
import { type Counts, FIELDS, type Field } from './counts.ts';

const REALMS = 64;
/** The first number says how many realms there are. */
const HEADER = 8;
const SIZE = HEADER + REALMS * FIELDS.length * 8;

interface Welcome {
  readonly peersCounter: SharedArrayBuffer;
}

const script = new URL('/counter.js', location.origin).href;
const inWorker = typeof document === 'undefined';
let counts: Float64Array = new Float64Array(FIELDS.length);
let shared: SharedArrayBuffer;

function join(memory: SharedArrayBuffer): void {
  const realm = Atomics.add(new Int32Array(memory, 0, 1), 0, 1);
  if (realm >= REALMS) throw new Error(`more than ${REALMS} workers`);
  const mine = new Float64Array(memory, HEADER + realm * FIELDS.length * 8, FIELDS.length);
  mine.set(counts);
  counts = mine;
  shared = memory;
}

function sum(): Counts {
  const all = new Float64Array(shared, HEADER);
  const realms = Atomics.load(new Int32Array(shared, 0, 1), 0);
  const of = (field: number) => {
    let total = 0;
    for (let realm = 0; realm < realms; realm++) total += all[realm * FIELDS.length + field] as number;
    return total;
  };
  return Object.fromEntries(FIELDS.map((name, field) => [name, of(field)])) as Record<Field, number>;
}

function add(field: Field, amount = 1): void {
  const at = FIELDS.indexOf(field);
  counts[at] = (counts[at] as number) + amount;
}

/** `seen` gets the object, the arguments and what came back. */
function wrap<T extends object>(
  prototype: T,
  name: keyof T & string,
  seen: (self: T, args: readonly unknown[], result: unknown) => void,
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  const counted = function (this: T, ...args: unknown[]) {
    const result = original.apply(this, args);
    seen(this, args, result);
    return result;
  };
  Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
}

const sizes = new WeakMap<GPUBuffer, number>();
const ofDevice = new WeakMap<GPUDevice, Set<WeakRef<GPUBuffer>>>();

function created(device: GPUDevice, buffer: GPUBuffer): void {
  add('buffers');
  add('liveBytes', buffer.size);
  const live = FIELDS.indexOf('liveBytes');
  const peak = FIELDS.indexOf('peakBytes');
  counts[peak] = Math.max(counts[peak] as number, counts[live] as number);
  sizes.set(buffer, buffer.size);
  const all = ofDevice.get(device) ?? new Set();
  ofDevice.set(device, all.add(new WeakRef(buffer)));
}

function destroyed(buffer: GPUBuffer | undefined): void {
  if (buffer === undefined) return;
  add('liveBytes', -(sizes.get(buffer) ?? 0));
  sizes.delete(buffer);
}

/** Of `writeBuffer`: offsets and sizes are in elements where the data is a typed array. */
function writtenBytes([, , data, from = 0, size]: readonly unknown[]): number {
  const unit = (data as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const all = (data as ArrayBuffer).byteLength / unit;
  return ((size as number | undefined) ?? all - (from as number)) * unit;
}

function countGpu(): void {
  wrap(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => add('dispatches'));
  wrap(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => add('dispatches'));
  wrap(GPUQueue.prototype, 'submit', () => add('submits'));
  wrap(GPUQueue.prototype, 'writeBuffer', (_, args) => {
    add('writes');
    add('bytesWritten', writtenBytes(args));
  });
  wrap(GPUDevice.prototype, 'createBuffer', (device, _, buffer) => created(device, buffer as GPUBuffer));
  wrap(GPUDevice.prototype, 'createBindGroup', () => add('bindGroups'));
  wrap(GPUDevice.prototype, 'createComputePipeline', () => add('pipelines'));
  wrap(GPUDevice.prototype, 'createComputePipelineAsync', () => add('pipelines'));
  wrap(GPUDevice.prototype, 'destroy', (device) => {
    for (const buffer of ofDevice.get(device) ?? []) destroyed(buffer.deref());
  });
  wrap(GPUCommandEncoder.prototype, 'copyBufferToBuffer', () => add('copies'));
  wrap(GPUBuffer.prototype, 'destroy', (buffer) => destroyed(buffer));
  wrap(GPUBuffer.prototype, 'mapAsync', (buffer, [mode, offset = 0, size]) => {
    if (((mode as number) & GPUMapMode.READ) === 0) return;
    add('readbacks');
    add('bytesRead', (size as number | undefined) ?? buffer.size - (offset as number));
  });
}

/** A worker's script after this one. Its first message is ours, and it does not see it. */
function countInWorkers(): void {
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      const both = [script, new URL(url, location.href).href].map((address) => JSON.stringify(address));
      const module = both.map((address) => `import ${address};`).join('\n');
      const text = options?.type === 'module' ? module : `importScripts(${both.join()});`;
      super(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), options);
      this.postMessage({ peersCounter: shared } satisfies Welcome);
    }
  };
}

function onWelcome(event: MessageEvent): void {
  const memory = (event.data as Welcome | undefined)?.peersCounter;
  if (memory === undefined) return;
  event.stopImmediatePropagation();
  removeEventListener('message', onWelcome);
  join(memory);
}

if (inWorker) addEventListener('message', onWelcome);
else join(new SharedArrayBuffer(SIZE));
if (typeof GPUDevice !== 'undefined') countGpu();
if (typeof Worker !== 'undefined') countInWorkers();
globalThis.countsNow = sum;
