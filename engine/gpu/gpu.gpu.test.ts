/** engine/gpu on a real device: facts, refusals and counters. */
import { describe, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import {
  withAllocationErrors,
  createBindGroup,
  createBuffer,
  openGpu,
  pipelineCache,
  readbackRing,
  submit,
  writeBuffer,
} from './index.ts';

async function open() {
  return openGpu((await openTestGpu()).gpu);
}

test('facts are plain data, and a feature can be disabled', async () => {
  const gpu = await open();
  expect(structuredClone(gpu.facts)).toEqual(gpu.facts);
  expect(gpu.facts.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(128 << 20);
  expect(gpu.f16).toBe((await openTestGpu()).f16);
  const without = await openGpu((await openTestGpu()).gpu, { without: ['shader-f16'] });
  expect(without.f16).toBe(false);
  gpu.dispose();
  without.dispose();
});

describe('without WebGPU', () => {
  test('a missing provider is refused', async () => {
    await expect(openGpu(undefined)).rejects.toMatchObject({ code: 'gpu-unavailable' });
  });
  test('a missing adapter is refused', async () => {
    const none = { requestAdapter: async () => null } as unknown as NonNullable<
      Parameters<typeof openGpu>[0]
    >;
    await expect(openGpu(none)).rejects.toMatchObject({ code: 'gpu-unavailable' });
  });
});

describe('in compatibility mode', () => {
  /** A provider whose GPU has no core adapter, as on a phone without Vulkan 1.1. */
  const onlyCompatible = async (limits: Record<string, number> = {}) => {
    const { gpu } = await openTestGpu();
    return {
      wgslLanguageFeatures: gpu.wgslLanguageFeatures,
      async requestAdapter(options?: { readonly featureLevel?: string }) {
        if (options?.featureLevel !== 'compatibility') return null;
        const adapter = await gpu.requestAdapter(options);
        if (adapter === null) return null;
        return {
          features: adapter.features,
          info: adapter.info,
          limits: new Proxy(adapter.limits, {
            get: (all, name: string) => limits[name] ?? all[name as 'maxBufferSize'],
          }),
          requestDevice: (wanted: Parameters<typeof adapter.requestDevice>[0]) =>
            adapter.requestDevice(wanted),
        };
      },
    } as unknown as NonNullable<Parameters<typeof openGpu>[0]>;
  };

  test('a GPU without a core adapter is opened, with workgroups of 256 threads', async () => {
    const gpu = await openGpu(await onlyCompatible());
    const core = await openGpu((await openTestGpu()).gpu);
    expect(gpu.facts.limits.maxComputeInvocationsPerWorkgroup).toBe(256);
    expect(gpu.facts.limits.maxStorageBuffersPerShaderStage).toBe(
      core.facts.limits.maxStorageBuffersPerShaderStage,
    );
    const pipeline = await pipelineCache(gpu).get({
      key: 'wide',
      label: 'wide',
      code: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(256) fn main(@builtin(local_invocation_index) i: u32) { y[i] = i; }`,
      constants: {},
      bindings: [{ binding: 0, access: 'read_write' }],
    });
    const y = createBuffer(gpu, 'y', 1024);
    const slot = readbackRing(gpu, 'wide', 1024, 1).take();
    const bindings = createBindGroup(gpu, pipeline, [{ binding: 0, buffer: y }]);
    submit(gpu, [{ pipeline, bindings }], [1], [{ from: y, to: slot.buffer, bytes: 1024 }]);
    expect(new Uint32Array(await slot.read(1024))[255]).toBe(255);
    gpu.dispose();
    core.dispose();
  });

  test('one with smaller workgroups is refused with a reason', async () => {
    const small = await onlyCompatible({ maxComputeInvocationsPerWorkgroup: 128 });
    await expect(openGpu(small)).rejects.toMatchObject({ code: 'gpu-limit' });
  });
});

test('live and peak bytes are counted, and the readback ring returns written data', async () => {
  const gpu = await open();
  const a = createBuffer(gpu, 'a', 100);
  const b = createBuffer(gpu, 'b', 1000);
  const ring = readbackRing(gpu, 'ring', 8, 1);
  b.destroy();
  b.destroy();
  expect(gpu.counters.liveBytes).toBe(100 + 16);
  expect(gpu.counters.peakBytes).toBe(100 + 1000 + 16);
  writeBuffer(gpu, a, 4, Uint32Array.of(7, 8));
  const slot = ring.take();
  expect(() => ring.take()).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  submit(gpu, [], [], [{ from: a, to: slot.buffer, bytes: 8 }]);
  expect([...new Uint32Array(await slot.read(8))]).toEqual([0, 7]);
  expect(gpu.counters).toMatchObject({
    submits: 1,
    dispatches: 0,
    bytesWritten: 8,
    bytesRead: 8,
    buffersCreated: 3,
  });
  ring.take();
  gpu.dispose();
});

test('the error for a tensor larger than a binding names the tensor', async () => {
  const gpu = await open();
  const limit = gpu.facts.limits.maxStorageBufferBindingSize as number;
  const make = () => createBuffer(gpu, 'model.embed_tokens.weight', limit + 4);
  expect(make).toThrow(expect.objectContaining({ code: 'gpu-limit', who: 'model.embed_tokens.weight' }));
  expect(gpu.counters.liveBytes).toBe(0);
  await expect(withAllocationErrors(gpu, 'x', () => make())).rejects.toMatchObject({ code: 'gpu-limit' });
  gpu.dispose();
});

test('a shader error reports the compiler message, and the device stays usable', async () => {
  const gpu = await open();
  const request = {
    key: 'bad',
    label: 'bad',
    code: 'fn main() { let from = 1; }',
    constants: {},
    bindings: [],
  };
  const failure = pipelineCache(gpu).get(request);
  await expect(failure).rejects.toMatchObject({ code: 'gpu-program', who: 'kernel bad' });
  await expect(failure).rejects.toThrow('reserved');
  gpu.check();
  gpu.dispose();
});

test('more workgroups than one dimension allows are folded, each runs once', async () => {
  const gpu = await open();
  const count = 70_001;
  const code = `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
    @compute @workgroup_size(1)
    fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) n: vec3u) {
      let i = id.y * n.x + id.x;
      if (i < ${count}u) { y[i] += i; }
    }`;
  const pipeline = await pipelineCache(gpu).get({
    key: 'fold',
    label: 'fold',
    code,
    constants: {},
    bindings: [{ binding: 0, access: 'read_write' }],
  });
  const y = createBuffer(gpu, 'y', count * 4);
  const ring = readbackRing(gpu, 'ring', y.bytes, 1);
  const slot = ring.take();
  const bindings = createBindGroup(gpu, pipeline, [{ binding: 0, buffer: y }]);
  submit(gpu, [{ pipeline, bindings }], [count], [{ from: y, to: slot.buffer, bytes: y.bytes }]);
  const got = new Uint32Array(await slot.read(y.bytes));
  expect(got.every((x, i) => x === i)).toBe(true);
  gpu.dispose();
});

test('a lost device notifies its listeners and refuses further work', async () => {
  const gpu = await open();
  const ring = readbackRing(gpu, 'ring', 4, 1);
  const lost = new Promise<unknown>((resolve) => gpu.onLost(resolve));
  gpu.device.destroy();
  expect(await lost).toMatchObject({ code: 'gpu-lost' });
  expect(() => gpu.check()).toThrow(expect.objectContaining({ code: 'gpu-lost' }));
  await expect(ring.take().read(4)).rejects.toMatchObject({ code: 'gpu-lost' });
});
