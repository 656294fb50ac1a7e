/**
 * Node's door to the GPU: opens Dawn, the WebGPU of Chromium, as a package.
 * The engine takes the {@link GPU} object that comes out as its provider and does not know where it is from.
 *
 * One process opens one kind of adapter: the Vulkan loader reads its environment once.
 * Not here: which adapters exist and where their drivers lie (`scripts/setup/adapter.mjs`).
 */
import { type AdapterName, adapterEnvironment, adapterNames } from '../scripts/setup/adapter.mjs';

export type { AdapterName };

let opened: { readonly name: AdapterName; readonly gpu: GPU } | undefined;

/** `undefined` for anything that is no name of an adapter that computes. */
export function adapterNamed(text: string): AdapterName | undefined {
  return adapterNames.find((name) => name === text);
}

/**
 * Also installs WebGPU's constants (`GPUBufferUsage`, …) as globals, as a browser has them.
 * A process that holds the object does not end by itself: end it with `process.exit`, or {@link closeDawn}.
 * @throws Error with a sentence when the adapter's driver is not on this machine
 */
export async function openDawn(name: AdapterName): Promise<GPU> {
  if (opened !== undefined) {
    if (opened.name === name) return opened.gpu;
    throw new Error(`this process has opened ${opened.name} and cannot open ${name} as well: start another`);
  }
  const found = adapterEnvironment(name);
  if ('missing' in found) throw new Error(`adapter ${name}: ${found.missing}.`);
  Object.assign(process.env, found.env);
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  opened = { name, gpu: create(name === 'null' ? ['backend=null'] : []) };
  return opened.gpu;
}

/** Lets the process end; devices made from the object must be destroyed by those who made them. */
export function closeDawn(): void {
  opened = undefined;
}
