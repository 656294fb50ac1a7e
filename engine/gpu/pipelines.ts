/**
 * Compute pipelines, compiled asynchronously and once per key, and bind groups. Bind group layouts are explicit,
 * so kernels with the same bindings share one.
 */
import { fail } from '../base/errors.ts';
import type { Buffer } from './buffers.ts';
import type { Gpu } from './device.ts';

export type BindingAccess = 'uniform' | 'read' | 'read_write';

export interface PipelineRequest {
  /** Requests with the same key share one pipeline. */
  readonly key: string;
  readonly label: string;
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly bindings: readonly { readonly binding: number; readonly access: BindingAccess }[];
  /** Bytes of immediates that the shader reads; absent where it reads none. */
  readonly immediates?: number;
}

/** What a bind group is created for. Known before its pipeline is compiled. */
export interface BindingLayout {
  readonly label: string;
  readonly layout: GPUBindGroupLayout;
}

export interface Pipeline extends BindingLayout {
  readonly raw: GPUComputePipeline;
}

export interface BindGroup {
  readonly raw: GPUBindGroup;
}

export interface BoundBuffer {
  readonly binding: number;
  readonly buffer: Buffer;
  /** In bytes. Default: the whole buffer. */
  readonly offset?: number;
  readonly size?: number;
}

export interface PipelineCache {
  /** Throws `gpu-program` with the compiler's message. */
  get(request: PipelineRequest): Promise<Pipeline>;
  layoutOf(request: PipelineRequest): BindingLayout;
}

const caches = new WeakMap<Gpu, PipelineCache>();

/** The device's pipeline cache. A model that is loaded again reuses its pipelines. */
export function pipelineCache(gpu: Gpu): PipelineCache {
  const cache = caches.get(gpu) ?? newCache(gpu);
  caches.set(gpu, cache);
  return cache;
}

function newCache(gpu: Gpu): PipelineCache {
  const pipelines = new Map<string, Promise<Pipeline>>();
  const layouts = new Map<string, GPUBindGroupLayout>();
  const layoutFor = (request: PipelineRequest): GPUBindGroupLayout => {
    const key = JSON.stringify(request.bindings.map((b) => [b.binding, b.access]));
    const known = layouts.get(key);
    if (known !== undefined) return known;
    const made = gpu.device.createBindGroupLayout({
      label: request.label,
      entries: request.bindings.map(entryOf),
    });
    layouts.set(key, made);
    return made;
  };
  return {
    get(request) {
      const known = pipelines.get(request.key);
      if (known !== undefined) return known;
      const made = createPipeline(gpu, request, layoutFor(request));
      pipelines.set(request.key, made);
      return made;
    },
    layoutOf: (request) => ({ label: request.label, layout: layoutFor(request) }),
  };
}

function entryOf(b: PipelineRequest['bindings'][number]): GPUBindGroupLayoutEntry {
  const type = b.access === 'uniform' ? 'uniform' : b.access === 'read' ? 'read-only-storage' : 'storage';
  return { binding: b.binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } };
}

async function createPipeline(
  gpu: Gpu,
  request: PipelineRequest,
  layout: GPUBindGroupLayout,
): Promise<Pipeline> {
  const { label, code, constants, immediates } = request;
  gpu.counters.pipelinesCreated++;
  gpu.device.pushErrorScope('validation'); // a shader that does not compile makes the pipeline below fail
  const module = gpu.device.createShaderModule({ label, code });
  const refused = gpu.device.popErrorScope().catch(() => null); // rejects on a lost device
  try {
    const raw = await gpu.device.createComputePipelineAsync({
      label,
      layout: gpu.device.createPipelineLayout({
        label,
        bindGroupLayouts: [layout],
        ...(immediates === undefined ? {} : { immediateSize: immediates }),
      }),
      compute: { module, entryPoint: 'main', constants: { ...constants } },
    });
    return { label, raw, layout };
  } catch (cause) {
    gpu.check();
    const got = (await refused)?.message ?? (cause instanceof Error ? cause.message : String(cause));
    fail('gpu-program', { who: `kernel ${label}`, message: 'the shader does not compile here', got, cause });
  }
}

export function createBindGroup(
  gpu: Gpu,
  { label, layout }: BindingLayout,
  bound: readonly BoundBuffer[],
): BindGroup {
  gpu.counters.bindGroupsCreated++;
  const entries = bound.map(({ binding, buffer, offset, size }) => ({
    binding,
    resource: {
      buffer: buffer.raw,
      ...(offset === undefined ? {} : { offset }),
      ...(size === undefined ? {} : { size }),
    },
  }));
  return { raw: gpu.device.createBindGroup({ label, layout, entries }) };
}
