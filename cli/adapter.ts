/**
 * Which adapter the command line computes on: the one that was named; else the machine's own; else, on a
 * machine without one, a software adapter, in a process of its own, since the Vulkan loader chooses its drivers once.
 */
import { spawn } from 'node:child_process';
import { fail, type Gpu, EngineError, openGpu } from '../engine/index.ts';
import { adapterEnvironment } from '../scripts/setup/adapter.mjs';
import { type AdapterName, openDawn } from './dawn.ts';

/** Throws `gpu-unavailable`. */
export async function openNamed(name: AdapterName): Promise<Gpu> {
  try {
    return await openGpu(await openDawn(name));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    return fail('gpu-unavailable', { who: name, message: 'the adapter does not open', got, cause });
  }
}

/** The machine's own adapter, or undefined where there is none. */
export async function openDefault(): Promise<Gpu | undefined> {
  try {
    return await openNamed('default');
  } catch (error) {
    if (error instanceof EngineError && error.code === 'gpu-unavailable') return undefined;
    throw error;
  }
}

/** Runs this very command again on a software adapter; returns its exit code. */
export async function rerunOnSoftware(): Promise<number> {
  const name = (['swiftshader', 'lavapipe'] as const).find((n) => !('missing' in adapterEnvironment(n)));
  if (name === undefined) {
    return fail('gpu-unavailable', {
      who: 'linnet',
      message: 'this machine has no graphics adapter and no software one either',
      expected: 'a GPU with Vulkan, or Chromium (for SwiftShader)',
    });
  }
  process.stderr.write(`no graphics adapter here; computing on ${name}\n`);
  const args = [...process.execArgv, ...process.argv.slice(1), '--adapter', name];
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
