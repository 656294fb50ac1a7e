/**
 * The WebGPU adapters that Node can open. Dawn asks the Vulkan loader for drivers, and the loader reads two
 * environment variables when the first instance is made. Measured: setting `process.env` before `create()`
 * is enough in a separate process (not in a worker thread, whose `process.env` is a copy).
 *
 * - swiftshader: a GPU in software, comes with Chromium. No f16.
 * - lavapipe: Mesa's GPU in software, set up by `lavapipe/setup.mjs` into `.cache/lavapipe`. Has f16.
 * - default: the GPU that this machine has.
 * - null: Dawn's own, which computes nothing, so that only the time of JavaScript and of the API remains. For benchmarks.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { findSwiftShader } from './chromium.mjs';
import { setUpLavapipe } from './lavapipe/setup.mjs';
import { at } from './machine.mjs';

/** @typedef {'swiftshader' | 'lavapipe' | 'default' | 'null'} AdapterName */

/** The adapters that compute. */
export const adapterNames = /** @type {const} */ (['swiftshader', 'lavapipe', 'default']);

const lavapipeFolder = at('.cache/lavapipe');

/**
 * The environment that makes the Vulkan loader find this adapter, or a sentence with the reason if there is none.
 * @param {AdapterName} name
 * @returns {{ env: Record<string, string> } | { missing: string }}
 */
export function adapterEnvironment(name) {
  // Mesa complains on standard error where this is unset.
  const quiet =
    process.platform === 'linux' ? { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() } : {};
  if (name === 'default' || name === 'null') return { env: quiet };
  const manifest = name === 'swiftshader' ? findSwiftShader() : findLavapipe();
  if (manifest === undefined) {
    return {
      missing:
        name === 'swiftshader'
          ? 'no vk_swiftshader_icd.json beside any Chromium: install Chromium, or set LINNET_SWIFTSHADER to that file'
          : `no lavapipe in ${lavapipeFolder}: run \`node scripts/setup/lavapipe/setup.mjs\` (Debian, as root)`,
    };
  }
  return { env: { VK_ICD_FILENAMES: manifest, VK_DRIVER_FILES: manifest, ...quiet } };
}

/** @returns {string | undefined} */
function findLavapipe() {
  const file = process.env.LINNET_LAVAPIPE ?? `${lavapipeFolder}/lvp.json`;
  return existsSync(file) ? file : undefined;
}

/** The Chromium whose WebGPU runs on lavapipe, where it was set up. @returns {string | undefined} */
export function lavapipeChromium() {
  const file = `${lavapipeFolder}/chromium/chromium`;
  return existsSync(file) ? file : undefined;
}

/**
 * Sets lavapipe up if it is absent.
 * @returns {Promise<string | undefined>} why it is not available
 */
export async function ensureLavapipe() {
  if (findLavapipe() !== undefined) return undefined;
  const missing = await setUpLavapipe(lavapipeFolder);
  return findLavapipe() === undefined ? missing : undefined;
}
