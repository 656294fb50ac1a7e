/**
 * Opens a GPU device with the useful features and limits, and watches it for loss and errors. A {@link Gpu} is what
 * `buffers.ts` and `pipelines.ts` create objects on and `encode.ts` submits to.
 *
 *   const gpu = await openGpu(navigator.gpu);      // or Dawn's object in Node
 *
 * Not here: the computation (`kernels/`, `runtime/`).
 */
import { type EngineErrorCode, fail, EngineError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { type GpuCounters, newCounters } from './counters.ts';

/** Plain data about the adapter, for display. Can be cloned. */
export interface GpuFacts {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** Whether the adapter is software: the CPU computes instead of a GPU. */
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
  /** Least and most lanes of a subgroup; 0 without the feature. */
  readonly subgroupSizes: readonly [number, number];
  /** The language feature packed_4x8_integer_dot_product. */
  readonly packedDot: boolean;
  /** The language feature immediate_address_space, with the calls that it needs. */
  readonly immediates: boolean;
  /** Largest size in bytes of one storage binding and of its buffer. */
  readonly maxBindingBytes: number;
  readonly counters: GpuCounters;
  /**
   * Calls `listener` once when the device is lost, or now if it already is. Not called for {@link Gpu.dispose}. Returns a
   * function that removes it.
   */
  onLost(listener: (error: EngineError) => void): () => void;
  /** Throws `gpu-lost` if the device is lost, `gpu-program` if it has reported an error. */
  check(): void;
  dispose(): void;
}

const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;
/** Limits set to the adapter's best: weights are large, and the parameters of dispatches small. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'minUniformBufferOffsetAlignment',
] as const;
/** What kernels need of every GPU: WebGPU's defaults, which compatibility mode halves where it does not say otherwise. */
const NEEDED_LIMITS = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
} as const;
/** Features of WGSL, not of the device. Listed among the features nevertheless. */
const PACKED_DOT = 'packed_4x8_integer_dot_product';
const IMMEDIATES = 'immediate_address_space';
const SHOWN_LIMITS = [
  ...RAISED_LIMITS,
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export interface GpuOptions {
  /** Features to leave unused even if the adapter has them. For tests and comparisons. */
  readonly without?: readonly string[];
  /** Upper bound for {@link Gpu.maxBindingBytes}. For tests. */
  readonly maxBindingBytes?: number;
  /** Upper bound for the storage buffers of a dispatch. For tests and comparisons. */
  readonly storageBuffers?: number;
}

/**
 * Keeps the provider for as long as its device: Dawn's object for Node ends the whole instance when it is collected, and
 * a caller that passes a temporary would crash later.
 */
const providers = new WeakMap<GPUDevice, GPU>();

/** Throws `gpu-unavailable` when there is no WebGPU, no adapter, or the adapter refuses a device. */
export async function openGpu(provider: GPU | undefined, options: GpuOptions = {}): Promise<Gpu> {
  if (provider === undefined) unavailable('WebGPU is not available here');
  const adapter = await requestAdapter(provider);
  const requiredFeatures = WANTED_FEATURES.filter(
    (name) => adapter.features.has(name) && options.without?.includes(name) !== true,
  );
  const requiredLimits: Record<string, number> = {
    ...Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
    ...neededLimits(adapter),
  };
  const { maxStorageBuffersPerShaderStage } = adapter.limits;
  const storageBuffers = Math.min(
    maxStorageBuffersPerShaderStage,
    options.storageBuffers ?? maxStorageBuffersPerShaderStage,
  );
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ label: 'engine', requiredFeatures, requiredLimits });
  } catch (cause) {
    unavailable('the graphics adapter refused to create a device', cause);
  }
  providers.set(device, provider);
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const maxBindingBytes = Math.min(
    maxStorageBufferBindingSize,
    maxBufferSize,
    options.maxBindingBytes ?? maxBufferSize,
  );
  const language = [PACKED_DOT, IMMEDIATES].filter(
    (name) => provider.wgslLanguageFeatures.has(name) && options.without?.includes(name) !== true,
  );
  const features = [...requiredFeatures, ...language];
  const { subgroupMinSize = 0, subgroupMaxSize = 0 } = adapter.info;
  const sizes = [subgroupMinSize, subgroupMaxSize] as const;
  return watch(device, factsOf(adapter, device, features, storageBuffers), maxBindingBytes, sizes);
}

/**
 * The GPU's adapter; where it has none, the one of compatibility mode, which is for GPUs below Vulkan 1.1, Direct3D 12 and
 * Metal. What that mode lacks concerns textures and drawing, apart from lower default limits.
 */
async function requestAdapter(provider: GPU): Promise<GPUAdapter> {
  for (const featureLevel of ['core', 'compatibility']) {
    const adapter = await provider
      .requestAdapter({ powerPreference: 'high-performance', featureLevel })
      .catch((cause) => {
        unavailable('the graphics adapter cannot be reached', cause);
      });
    if (adapter !== null) return adapter;
  }
  return unavailable('WebGPU is available, but there is no graphics adapter');
}

function neededLimits({ limits }: GPUAdapter): Record<string, number> {
  for (const [name, needed] of Object.entries(NEEDED_LIMITS)) {
    const got = limits[name as keyof typeof NEEDED_LIMITS];
    if (got >= needed) continue;
    fail('gpu-limit', {
      who: 'gpu',
      message: 'the workgroups of this GPU are too small for the engine',
      expected: `${name} of ${needed}`,
      got: `${got}`,
    });
  }
  return NEEDED_LIMITS;
}

function watch(
  device: GPUDevice,
  facts: GpuFacts,
  maxBindingBytes: number,
  subgroupSizes: readonly [number, number],
): Gpu {
  let lost: EngineError | undefined;
  let firstError: EngineError | undefined;
  let disposed = false;
  const listeners = new Set<(error: EngineError) => void>();
  void device.lost.then((info) => {
    if (disposed) return;
    lost = error('gpu-lost', 'the graphics device was lost', info.message);
    log('error', 'gpu', lost.message);
    for (const listener of listeners) listener(lost);
    listeners.clear();
  });
  device.addEventListener('uncapturederror', (event) => {
    firstError ??= error('gpu-program', 'the graphics device reported an error', event.error.message);
    log('error', 'gpu', event.error.message);
  });
  return {
    device,
    facts,
    f16: facts.features.includes('shader-f16'),
    subgroups: facts.features.includes('subgroups'),
    subgroupSizes: facts.features.includes('subgroups') ? subgroupSizes : [0, 0],
    packedDot: facts.features.includes(PACKED_DOT),
    immediates: facts.features.includes(IMMEDIATES) && 'setImmediates' in GPUComputePassEncoder.prototype,
    maxBindingBytes,
    counters: newCounters(),
    onLost(listener) {
      if (lost === undefined) listeners.add(listener);
      else listener(lost);
      return () => void listeners.delete(listener);
    },
    check() {
      const failure = lost ?? firstError;
      if (failure !== undefined) throw failure;
      if (disposed) fail('internal', { who: 'gpu', message: 'the device was disposed' });
    },
    dispose() {
      disposed = true;
      device.destroy();
    },
  };
}

function factsOf(
  adapter: GPUAdapter,
  device: GPUDevice,
  features: readonly string[],
  maxStorageBuffersPerShaderStage: number,
): GpuFacts {
  const { vendor, architecture, device: part, description } = adapter.info;
  return {
    name: description || part || `${vendor} ${architecture}`.trim() || 'unnamed adapter',
    vendor,
    architecture,
    software: SOFTWARE.test(`${description} ${part} ${vendor} ${architecture}`),
    features: [...features],
    limits: {
      ...Object.fromEntries(SHOWN_LIMITS.map((name) => [name, device.limits[name]])),
      maxStorageBuffersPerShaderStage,
    },
  };
}

function error(code: EngineErrorCode, message: string, got: string): EngineError {
  return new EngineError(code, { who: 'gpu', message, got });
}

function unavailable(message: string, cause?: unknown): never {
  fail('gpu-unavailable', { who: 'gpu', message, cause });
}

/**
 * Runs `make`, which allocates GPU objects. Throws `gpu-limit` if the GPU runs out of memory and `gpu-program` if it
 * rejects an object as invalid.
 */
export async function withAllocationErrors<T>(gpu: Gpu, who: string, make: () => T | Promise<T>): Promise<T> {
  gpu.device.pushErrorScope('validation');
  gpu.device.pushErrorScope('out-of-memory');
  let made: T;
  try {
    made = await make();
  } finally {
    const [memory, validation] = await Promise.all([gpu.device.popErrorScope(), gpu.device.popErrorScope()]);
    if (memory !== null) fail('gpu-limit', { who, message: 'the GPU is out of memory', got: memory.message });
    if (validation !== null) {
      fail('gpu-program', { who, message: 'the GPU rejected an object', got: validation.message });
    }
  }
  return made;
}
