/**
 * Opens Dawn, Chromium's implementation of WebGPU, in Node. The engine accepts the {@link GPU} object as its provider.
 *
 * A process can open only one kind of adapter, since the Vulkan loader reads its environment once.
 * Not here: the list of adapters and the paths of their drivers (`scripts/setup/adapter.mjs`).
 */
import { type AdapterName, adapterEnvironment, adapterNames } from '../scripts/setup/adapter.mjs';
import { slowNativePolls } from './polite-polls.ts';

export type { AdapterName };

/** Pipelines that compile now. */
const compiling = new Set<Promise<unknown>>();

let opened: { readonly name: AdapterName; readonly gpu: GPU } | undefined;

/** Returns the adapter with this name, or undefined for an unknown name. The null adapter is not included. */
export function adapterNamed(text: string): AdapterName | undefined {
  return adapterNames.find((name) => name === text);
}

/**
 * Opens an adapter, and defines WebGPU's constants (`GPUBufferUsage`, …) as globals, as in a browser.
 * The object keeps the process alive: call `process.exit`, after {@link compilationsDone}, or {@link closeDawn} to end it.
 * Throws an Error if the adapter's driver is not installed.
 */
export async function openDawn(name: AdapterName): Promise<GPU> {
  if (opened !== undefined) {
    if (opened.name === name) return opened.gpu;
    throw new Error(
      `this process has opened ${opened.name} and cannot open ${name} too: start another process`,
    );
  }
  const found = adapterEnvironment(name);
  if ('missing' in found) throw new Error(`adapter ${name}: ${found.missing}.`);
  Object.assign(process.env, found.env);
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  countCompilations(globals as { readonly GPUDevice: { readonly prototype: GPUDevice } });
  if (name === 'lavapipe' || name === 'swiftshader') slowNativePolls();
  opened = { name, gpu: create(name === 'null' ? ['backend=null'] : []) };
  return opened.gpu;
}

/**
 * Waits until no pipeline compiles. `process.exit` while one does frees what its thread still reads, and the process ends by
 * a segmentation fault.
 */
export async function compilationsDone(): Promise<void> {
  while (compiling.size > 0) await Promise.allSettled(compiling);
}

function countCompilations({
  GPUDevice: { prototype },
}: {
  readonly GPUDevice: { readonly prototype: GPUDevice };
}): void {
  const compile = prototype.createComputePipelineAsync;
  prototype.createComputePipelineAsync = function (this: GPUDevice, descriptor) {
    const pipeline = compile.call(this, descriptor);
    compiling.add(pipeline);
    const done = () => void compiling.delete(pipeline);
    pipeline.then(done, done);
    return pipeline;
  };
}

/** Releases the object so that the process can end. Its devices must be destroyed separately by their owners. */
export function closeDawn(): void {
  opened = undefined;
}
