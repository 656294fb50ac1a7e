/**
 * The counter of `npm run bench:peers` in a real browser: every WebGPU call of a page and of its workers, of both kinds,
 * is counted once, and a worker does not see the message that the counter sends it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, expect, Site, test } from '../harness/index.ts';

/** Two dispatches in one submit, three buffers of which one is destroyed, a write of 16 bytes, a readback of 64. */
const WORK = `async function work() {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();
  const storage = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const staging = device.createBuffer({ size: 256, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.createBuffer({ size: 1024, usage: GPUBufferUsage.UNIFORM }).destroy();
  const module = device.createShaderModule({ code: '@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(1) fn main() { x[0] += 1; }' });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: storage } }] });
  device.queue.writeBuffer(storage, 0, new Float32Array(8).fill(40), 2, 4);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, staging, 0, 256);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ, 0, 64);
  return new Float32Array(staging.getMappedRange(0, 64))[0];
}`;
const WORKER = `${WORK}
onmessage = async ({ data }) => postMessage([data, await work()]);`;
const PAGE = `<!doctype html><title>counter</title><script src="/counter.js"></script><script>${WORK}
const ask = (type) => new Promise((done) => {
  const blob = new Blob([${JSON.stringify(WORKER)}], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(blob), { type });
  worker.onmessage = ({ data }) => done(data);
  worker.postMessage('hello');
});</script>`;

const once = {
  dispatches: 2,
  submits: 1,
  buffers: 3,
  bindGroups: 1,
  pipelines: 1,
  copies: 1,
  writes: 1,
  bytesWritten: 16,
  readbacks: 1,
  bytesRead: 64,
  liveBytes: 512,
  peakBytes: 1536,
};

test('the page and its workers are counted, each call once', { tag: '@rare' }, async ({ linnet }) => {
  const built = mkdtempSync(join(tmpdir(), 'linnet-counter-'));
  await bundle('bench/peers/page/counter.ts', built, 'counter.js', 'iife');
  const site = new Site({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  await site.listen();
  try {
    site.folder('/', built);
    const page = await linnet.open(site.page('/page', PAGE));
    expect(await page.evaluate('work()')).toBe(42);
    expect(await page.evaluate('countsNow()')).toEqual(once);
    for (const [type, times] of [
      ['module', 2],
      ['classic', 3],
    ] as const) {
      expect(await page.evaluate(`ask('${type}')`)).toEqual(['hello', 42]);
      const all = Object.fromEntries(Object.entries(once).map(([field, n]) => [field, n * times]));
      expect(await page.evaluate('countsNow()')).toEqual(all);
    }
  } finally {
    await site.close();
    rmSync(built, { recursive: true, force: true });
  }
});
