/**
 * Four projects. `unit` needs nothing; its files share a process, which saves loading the same modules for each. So do
 * those of `unit-components`, which all render into the same document (app/testing). `unit-views` replaces globals of the
 * browser or modules, so each file has its own thread. `gpu` needs a WebGPU adapter in Node (scripts/testing/gpu.ts),
 * which its files share: opening it and compiling for it anew is a quarter of their processor time. `npx vitest run FILE` finds the right one by the file's name.
 *
 * `unit` and `gpu` import by Node itself, which strips types, as `npm run linnet` does: a tenth of the processor time of a
 * run goes into the bundler's transforms otherwise. Views need it for JSX and for mocks of modules.
 *
 * Time limits only end what hangs: `npm test` hands on how slow the machine is, and they are multiplied by it.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { givenSlowness } from './scripts/testing/speed.mjs';

const outside = ['**/node_modules/**', '.output/**', '.wxt/**', '.cache/**', 'e2e/**/*.spec.ts'];
const limit = 300_000 * givenSlowness();

/**
 * Of the tests of components and controllers those that replace a module, which other files in the process would get too,
 * or that need one which is not loaded yet.
 */
const mocking = [
  'app/ui/conversation/markdown/markdown.test.tsx',
  'app/ui/conversation/markdown/prose.test.tsx',
  'app/ui/on-page/hover/hover.test.tsx',
  'app/ui/glossary/glossary-page.test.tsx',
  'app/ui/models/engine-page.test.tsx',
  'app/ui/models/models-controller.test.ts',
  'app/ui/assistant/chats/chats-controller.test.ts',
];
/** What is on web pages replaces globals. */
const components = ['app/{ui,testing}/**/*.test.tsx', 'app/ui/!(on-page)/**/*.test.ts'];
const views = ['app/{page,browser,i18n,testing}/**/*.test.ts', 'app/ui/on-page/**/*.test.ts', ...mocking];

const plain = {
  pool: 'forks' as const,
  environment: 'node' as const,
  setupFiles: ['scripts/testing/patience.ts', 'engine/testing/restore-log.ts'],
  testTimeout: limit,
  hookTimeout: limit,
  maxWorkers: 2,
};

/** No module is transformed, so nothing can be mocked. */
const native = {
  execArgv: ['--import', fileURLToPath(new URL('scripts/raw-loader.mjs', import.meta.url))],
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...plain,
          ...native,
          name: 'unit',
          include: ['**/*.test.ts', '**/*.fuzz.test.ts'],
          exclude: [...outside, ...views, ...components, '**/*.gpu.test.ts'],
          isolate: false,
        },
      },
      {
        test: {
          ...plain,
          name: 'unit-components',
          include: components,
          exclude: [...outside, ...mocking],
          setupFiles: [...plain.setupFiles, 'app/testing/setup-views.ts'],
          isolate: false,
        },
      },
      {
        test: {
          ...plain,
          name: 'unit-views',
          // A thread for each file starts in less time than a process.
          pool: 'threads',
          include: views,
          exclude: outside,
          setupFiles: [...plain.setupFiles, 'app/testing/setup-views.ts'],
        },
      },
      {
        test: {
          ...native,
          name: 'gpu',
          // Forks, not threads: `process.env` reaches the Vulkan loader only in a separate process.
          pool: 'forks',
          include: ['**/*.gpu.test.ts'],
          isolate: false,
          setupFiles: plain.setupFiles,
          exclude: outside,
          environment: 'node',
          // A software adapter compiles a shader in up to a second and computes at 1 GFLOP/s.
          testTimeout: limit,
          hookTimeout: limit,
          // One test on a software adapter already uses every core.
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
