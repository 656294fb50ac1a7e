/**
 * Counts all WebGPU calls of a page and its workers. The page loads this script first. It wraps the prototypes of
 * WebGPU, and `Worker`, so that a worker loads it too before its own script.
 *
 * Each realm writes to its own region of a shared memory, so the page can read the sum at any time, also while a
 * worker is busy. The page must be cross-origin isolated.
 *
 * A buffer counts as live until `destroy` is called on it or its device. A buffer that is left to the garbage
 * collector stays counted.
 */
import { COUNT_FIELDS, type CountField, type GpuCounts } from './counts.ts';

const MAX_REALMS = 64;
/** Bytes before the counts. The first i32 is the number of realms. */
const HEADER_BYTES = 8;
const MEMORY_BYTES = HEADER_BYTES + MAX_REALMS * COUNT_FIELDS.length * 8;

/** The first message to a worker: the memory that it shares. */
interface CounterMessage {
  readonly peersCounter: SharedArrayBuffer;
}

const script = new URL('/counter.js', location.origin).href;
const inWorker = typeof document === 'undefined';
let counts: Float64Array = new Float64Array(COUNT_FIELDS.length);
let shared: SharedArrayBuffer;

function join(memory: SharedArrayBuffer): void {
  const realm = Atomics.add(new Int32Array(memory, 0, 1), 0, 1);
  if (realm >= MAX_REALMS) throw new Error(`more than ${MAX_REALMS - 1} workers`);
  const own = new Float64Array(memory, HEADER_BYTES + realm * COUNT_FIELDS.length * 8, COUNT_FIELDS.length);
  own.set(counts);
  counts = own;
  shared = memory;
}

function sum(): GpuCounts {
  const all = new Float64Array(shared, HEADER_BYTES);
  const realms = Atomics.load(new Int32Array(shared, 0, 1), 0);
  const of = (field: number) => {
    let total = 0;
    for (let realm = 0; realm < realms; realm++) total += all[realm * COUNT_FIELDS.length + field] as number;
    return total;
  };
  return Object.fromEntries(COUNT_FIELDS.map((name, field) => [name, of(field)])) as Record<
    CountField,
    number
  >;
}

function add(field: CountField, amount = 1): void {
  const at = COUNT_FIELDS.indexOf(field);
  counts[at] = (counts[at] as number) + amount;
}

/** Replaces a method so that `onCall` receives the object, the arguments and the result of every call. */
function wrap<T extends object>(
  prototype: T,
  name: keyof T & string,
  onCall: (self: T, args: readonly unknown[], result: unknown) => void,
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  const counted = function (this: T, ...args: unknown[]) {
    const result = original.apply(this, args);
    onCall(this, args, result);
    return result;
  };
  Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
}

const sizes = new WeakMap<GPUBuffer, number>();
const buffersOf = new WeakMap<GPUDevice, Set<WeakRef<GPUBuffer>>>();

function created(device: GPUDevice, buffer: GPUBuffer): void {
  add('buffers');
  add('liveBytes', buffer.size);
  const live = COUNT_FIELDS.indexOf('liveBytes');
  const peak = COUNT_FIELDS.indexOf('peakBytes');
  counts[peak] = Math.max(counts[peak] as number, counts[live] as number);
  sizes.set(buffer, buffer.size);
  const all = buffersOf.get(device) ?? new Set();
  buffersOf.set(device, all.add(new WeakRef(buffer)));
}

function destroyed(buffer: GPUBuffer | undefined): void {
  if (buffer === undefined) return;
  add('liveBytes', -(sizes.get(buffer) ?? 0));
  sizes.delete(buffer);
}

/** Bytes of a `writeBuffer` call. Offset and size are in elements if the data is a typed array. */
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
    for (const buffer of buffersOf.get(device) ?? []) destroyed(buffer.deref());
  });
  wrap(GPUCommandEncoder.prototype, 'copyBufferToBuffer', () => add('copies'));
  wrap(GPUBuffer.prototype, 'destroy', (buffer) => destroyed(buffer));
  wrap(GPUBuffer.prototype, 'mapAsync', (buffer, [mode, offset = 0, size]) => {
    if (((mode as number) & GPUMapMode.READ) === 0) return;
    add('readbacks');
    add('bytesRead', (size as number | undefined) ?? buffer.size - (offset as number));
  });
}

/** Makes every worker load this script before its own. The worker's script does not see the first message. */
function countInWorkers(): void {
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      const both = [script, new URL(url, location.href).href].map((address) => JSON.stringify(address));
      const module = both.map((address) => `import ${address};`).join('\n');
      const text = options?.type === 'module' ? module : `importScripts(${both.join()});`;
      super(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), options);
      this.postMessage({ peersCounter: shared } satisfies CounterMessage);
    }
  };
}

function onFirstMessage(event: MessageEvent): void {
  const memory = (event.data as CounterMessage | undefined)?.peersCounter;
  if (memory === undefined) return;
  event.stopImmediatePropagation();
  removeEventListener('message', onFirstMessage);
  join(memory);
}

if (inWorker) addEventListener('message', onFirstMessage);
else join(new SharedArrayBuffer(MEMORY_BYTES));
if (typeof GPUDevice !== 'undefined') countGpu();
if (typeof Worker !== 'undefined') countInWorkers();
globalThis.countsNow = sum;
