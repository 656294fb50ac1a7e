/**
 * Chooses the command line's adapter: the named one, else the machine's GPU, else a software adapter. The software
 * adapter needs a new process, since the Vulkan loader selects its drivers only once per process.
 */
import { spawn } from 'node:child_process';
import { fail, type Gpu, EngineError, openGpu } from '../engine/index.ts';
import { adapterEnvironment } from '../scripts/setup/adapter.mjs';
import { type AdapterName, openDawn } from './dawn.ts';

/** Opens a named adapter. Throws `gpu-unavailable`. */
export async function openNamed(name: AdapterName): Promise<Gpu> {
  try {
    return await openGpu(await openDawn(name));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    return fail('gpu-unavailable', { who: name, message: 'the adapter cannot be opened', got, cause });
  }
}

/** Opens the machine's GPU. Returns undefined if there is none. */
export async function openDefault(): Promise<Gpu | undefined> {
  try {
    return await openNamed('default');
  } catch (error) {
    if (error instanceof EngineError && error.code === 'gpu-unavailable') return undefined;
    throw error;
  }
}

/** Runs this command again on a software adapter and returns its exit code. */
export async function rerunOnSoftware(): Promise<number> {
  const name = (['swiftshader', 'lavapipe'] as const).find((n) => !('missing' in adapterEnvironment(n)));
  if (name === undefined) {
    return fail('gpu-unavailable', {
      who: 'linnet',
      message: 'this machine has neither a GPU nor a software adapter',
      expected: 'a GPU with Vulkan, or Chromium (for SwiftShader)',
    });
  }
  process.stderr.write(`no GPU found; computing on ${name}\n`);
  const args = [...process.execArgv, ...process.argv.slice(1), '--adapter', name];
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
