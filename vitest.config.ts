/**
 * Two projects: `unit` needs nothing, `gpu` needs a WebGPU adapter in Node (scripts/testing/gpu.ts).
 * `npx vitest run FILE` finds the right one by the file's name.
 * Forks, not threads: only in a process of its own does `process.env` reach the Vulkan loader.
 */
import { defineConfig } from 'vitest/config';

const outside = ['**/node_modules/**', '.output/**', '.wxt/**', '.cache/**', 'e2e/**/*.spec.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: {
          name: 'unit',
          pool: 'forks',
          include: ['**/*.test.ts', '**/*.test.tsx', '**/*.fuzz.test.ts'],
          exclude: [...outside, '**/*.gpu.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'gpu',
          pool: 'forks',
          include: ['**/*.gpu.test.ts'],
          exclude: outside,
          environment: 'node',
          // A software adapter compiles a shader in up to a second and computes at 1 GFLOP/s.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A software adapter uses every core by itself.
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
