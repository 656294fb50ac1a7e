/**
 * The GPU under test, for `*.gpu.test.ts`. LINNET_ADAPTER chooses it (swiftshader, lavapipe, default);
 * `npm test` runs the suite once per adapter.
 *
 *     const { gpu, f16 } = await openTestGpu();        // hand `gpu` to the engine as its provider
 *     test.skipIf(…)                                   // no: say why, so that it is counted and printed
 *     test('rmsnorm f16', (t) => { if (!f16) t.skip('the adapter has no shader-f16'); … });
 */
import { type AdapterName, adapterNamed, openDawn } from '../../cli/dawn.ts';
import { raiseShaderCache } from '../setup/shader-cache.mjs';

export interface TestGpu {
  readonly name: AdapterName;
  readonly gpu: GPU;
  /** Whether the adapter has `shader-f16`. */
  readonly f16: boolean;
  readonly description: string;
}

let opening: Promise<TestGpu> | undefined;

/** The same object for all tests of a file. */
export function openTestGpu(): Promise<TestGpu> {
  opening ??= open();
  return opening;
}

async function open(): Promise<TestGpu> {
  const chosen = process.env.LINNET_ADAPTER ?? 'swiftshader';
  const name = adapterNamed(chosen);
  if (name === undefined) throw new Error(`LINNET_ADAPTER=${chosen}: use swiftshader, lavapipe or default.`);
  const gpu = await openDawn(name);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error(`adapter ${name}: Dawn found none; its driver did not load.`);
  // Mesa starts more of these threads when there is more to write.
  setInterval(() => raiseShaderCache(process.pid), 1000).unref();
  return { name, gpu, f16: adapter.features.has('shader-f16'), description: adapter.info.description };
}
