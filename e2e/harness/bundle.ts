/** One TypeScript file of the checkout and all that it imports, as one JavaScript file for a page or a worker. */
import { build } from 'vite';
import { at } from '../../scripts/setup/machine.mjs';

/** `entry` from the root of the checkout; writes `name` into the folder and leaves the rest of it alone. */
export async function bundle(
  entry: string,
  folder: string,
  name: string,
  format: 'es' | 'iife',
): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      rollupOptions: { input: at(entry), output: { format, entryFileNames: name } },
    },
  });
}
