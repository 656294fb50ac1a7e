import { expect, test } from 'vitest';
import { check } from './check-rooms.ts';

const breaches = (file: string, text: string) =>
  check(new Map([[file, text]])).map(({ line, what }) => [line, what]);

test.each([
  ['engine/runtime/run.ts', "import { device } from '../gpu/device.ts';"],
  ['engine/ops/gemv/kernel.ts', "import source from '../../../wgsl/gemv/gemv.wgsl?raw';"],
  ['app/worker/summary/summary.ts', "import { generate } from '../../../engine/index.ts';"],
  ['entrypoints/popup/main.tsx', "import { App } from '../../app/ui/assistant/app.tsx';"],
  ['engine/kv/cache.test.ts', "import { print } from '../symbolic/dim.ts'; import 'node:fs';"],
  [
    'engine/kernels/gemv.gpu.test.ts',
    "import { openTestGpu } from '../../scripts/testing/gpu.ts'; let d: GPUDevice;",
  ],
  ['engine/gpu/device.ts', 'export const gpu = navigator.gpu;'],
  [
    'engine/graph/a.ts',
    '// GPUDevice, fetch(x)\nconst s = "document.body" + `console.log`; const r = /["GPU]/; f.fetch(1);',
  ],
  ['engine/kv/window.ts', 'const window = [1]; window.length;'],
  ['cli/main.ts', "import { readFileSync } from 'node:fs'; console.log(readFileSync);"],
])('%s may: %s', (file, text) => {
  expect(breaches(file, text)).toEqual([]);
});

test.each([
  ['engine/tensor/a.ts', "\nimport { run } from '../runtime/run.ts';", 2, /engine\/tensor imports/],
  ['engine/models/llama.ts', "import { source } from '../weights/sources/byte-source.ts';", 1, /weights/],
  ['app/worker/a.ts', "import { run } from '../../engine/runtime/run.ts';", 1, /app\/worker imports/],
  ['app/worker/a.ts', "import { View } from '../ui/view.tsx';", 1, /app\/ui/],
  ['engine/base/a.ts', "export * from '../tensor/tensor.ts';", 1, /tensor/],
  ['engine/base/a.ts', "const x = await import('../tensor/tensor.ts');", 1, /tensor/],
  ['engine/base/a.ts', "type X = import('../tensor/tensor.ts').X;", 1, /tensor/],
  ['app/worker/a.ts', "new Worker(new URL('../../cli/w.ts', import.meta.url));", 1, /cli/],
  ['engine/runtime/a.ts', 'let d: GPUDevice | undefined;', 1, /GPUDevice/],
  ['engine/weights/a.ts', 'await fetch(url);', 1, /fetch/],
  ['engine/weights/a.ts', 'navigator.storage.getDirectory();', 1, /getDirectory/],
  ['app/worker/a.ts', 'browser.runtime.id;', 1, /browser\.runtime/],
  ['engine/text/a.ts', "document.querySelector('a');", 1, /document/],
  ['engine/text/a.ts', 'console.log(1);', 1, /console/],
  ['engine/text/a.ts', "import { readFileSync } from 'node:fs';", 1, /node:fs/],
  ['engine/text/a.ts', '//\n'.repeat(401), 402, /401 lines/],
])('%s may not: %s', (file, text, line, what) => {
  expect(breaches(file, text)).toEqual([[line, expect.stringMatching(what)]]);
});
