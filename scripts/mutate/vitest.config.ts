/**
 * The tests with one file changed, as LINNET_MUTANT says (JSON of a `Mutant`, its file relative to the repository). The
 * change is made while Vite reads the file; the file on the disk stays as it is.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import plain from '../../vitest.config.ts';
import { type Mutant, mutated } from './operators.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mutant = JSON.parse(process.env.LINNET_MUTANT ?? 'null') as Mutant | null;

const plugin = {
  name: 'mutant',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    return mutant !== null && id.replace(/\?.*$/, '') === root + mutant.file
      ? mutated(code, mutant)
      : undefined;
  },
};

const [unit] = plain.test!.projects as { test: object }[];
/** Node itself reads the file on the disk. */
const test = { ...unit!.test, execArgv: [], experimental: { viteModuleRunner: true } };

export default defineConfig({ root, test: { projects: [{ test, root, plugins: [plugin] }] } });
