/**
 * The device: asked for with the features and limits that help, watched for loss and errors. Whoever
 * holds a {@link Gpu} may make buffers and pipelines (`buffers.ts`, `pipelines.ts`) and submit (`encode.ts`).
 *
 *   const gpu = await openGpu(navigator.gpu);      // or Dawn's object in Node
 *
 * Not here: what is computed (`kernels/`, `runtime/`).
 */
import { type ErrorCode, fail, LinnetError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { type GpuCounters, newCounters } from './counters.ts';

/** Plain data about the adapter, for people and for messages. */
export interface GpuFacts {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** The processor computes in the place of a graphics card. */
  readonly software: boolean;
  readonly features: readonly string[];
  /** In bytes or counts. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface Gpu {
  readonly device: GPUDevice;
  readonly facts: GpuFacts;
  /** shader-f16 */
  readonly f16: boolean;
  /** The feature `subgroups`. */
  readonly subgroups: boolean;
  /** The language feature packed_4x8_integer_dot_product. */
  readonly packedDot: boolean;
  /** Bytes that a shader can see through one binding, and a buffer can have, at most. */
  readonly mostBound: number;
  readonly counters: GpuCounters;
  /** Called once when the device is gone, at once if it is gone already; not for {@link Gpu.dispose}. */
  onLost(listener: (error: LinnetError) => void): void;
  /** Throws `gpu-lost` if the device is gone, `gpu-program` if it has reported an error. */
  check(): void;
  dispose(): void;
}

const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;
/** Raised to what the adapter has: sizes of models. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;
/** A feature of the shading language, not of the device; shown among the features all the same. */
const PACKED_DOT = 'packed_4x8_integer_dot_product';
const SHOWN_LIMITS = [
  ...RAISED_LIMITS,
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'minUniformBufferOffsetAlignment',
] as const;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export interface GpuOptions {
  /** Features not to use though the adapter has them; for tests and comparisons. */
  readonly without?: readonly string[];
  /** Bind no more bytes at a time though the adapter could; for tests. */
  readonly mostBound?: number;
}

/** Throws `gpu-unavailable` when the browser has no WebGPU, no adapter, or no device to give. */
export async function openGpu(provider: GPU | undefined, options: GpuOptions = {}): Promise<Gpu> {
  if (provider === undefined) unavailable('this browser has no WebGPU');
  const adapter = await provider.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) unavailable('WebGPU is there, but no graphics adapter');
  const requiredFeatures = WANTED_FEATURES.filter(
    (name) => adapter.features.has(name) && options.without?.includes(name) !== true,
  );
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]]));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ label: 'linnet', requiredFeatures, requiredLimits });
  } catch (cause) {
    unavailable('the graphics adapter gives no device', cause);
  }
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const mostBound = Math.min(maxStorageBufferBindingSize, maxBufferSize, options.mostBound ?? maxBufferSize);
  const packed =
    provider.wgslLanguageFeatures.has(PACKED_DOT) && options.without?.includes(PACKED_DOT) !== true;
  const features = packed ? [...requiredFeatures, PACKED_DOT] : requiredFeatures;
  return watch(device, factsOf(adapter, device, features), mostBound);
}

function watch(device: GPUDevice, facts: GpuFacts, mostBound: number): Gpu {
  const listeners = new Set<(error: LinnetError) => void>();
  let lost: LinnetError | undefined;
  let broken: LinnetError | undefined;
  let disposed = false;
  void device.lost.then((info) => {
    if (disposed) return;
    lost = error('gpu-lost', 'the graphics device was lost', info.message);
    log('error', 'gpu', lost.message);
    for (const listener of listeners) listener(lost);
  });
  device.addEventListener('uncapturederror', (event) => {
    broken ??= error('gpu-program', 'the graphics device reports an error', event.error.message);
    log('error', 'gpu', event.error.message);
  });
  return {
    device,
    facts,
    f16: facts.features.includes('shader-f16'),
    subgroups: facts.features.includes('subgroups'),
    packedDot: facts.features.includes(PACKED_DOT),
    mostBound,
    counters: newCounters(),
    onLost(listener) {
      listeners.add(listener);
      if (lost !== undefined) listener(lost);
    },
    check() {
      const failure = lost ?? broken;
      if (failure !== undefined) throw failure;
      if (disposed) fail('internal', { who: 'gpu', message: 'the device was given back' });
    },
    dispose() {
      disposed = true;
      device.destroy();
    },
  };
}

function factsOf(adapter: GPUAdapter, device: GPUDevice, features: readonly string[]): GpuFacts {
  const { vendor, architecture, device: part, description } = adapter.info;
  return {
    name: description || part || `${vendor} ${architecture}`.trim() || 'unnamed adapter',
    vendor,
    architecture,
    software: SOFTWARE.test(`${description} ${part} ${vendor} ${architecture}`),
    features: [...features],
    limits: Object.fromEntries(SHOWN_LIMITS.map((name) => [name, device.limits[name]])),
  };
}

function error(code: ErrorCode, message: string, got: string): LinnetError {
  return new LinnetError(code, { who: 'gpu', message, got });
}

function unavailable(message: string, cause?: unknown): never {
  fail('gpu-unavailable', { who: 'gpu', message, cause });
}

/**
 * Runs `make`, which allocates, and turns running out of GPU memory into `gpu-limit` and a refused
 * object into `gpu-program`.
 */
export async function allocating<T>(gpu: Gpu, who: string, make: () => T | Promise<T>): Promise<T> {
  gpu.device.pushErrorScope('validation');
  gpu.device.pushErrorScope('out-of-memory');
  let made: T;
  try {
    made = await make();
  } finally {
    const memory = await gpu.device.popErrorScope();
    const validation = await gpu.device.popErrorScope();
    if (memory !== null) fail('gpu-limit', { who, message: 'the GPU is out of memory', got: memory.message });
    if (validation !== null) {
      fail('gpu-program', { who, message: 'the GPU refuses an object', got: validation.message });
    }
  }
  return made;
}
