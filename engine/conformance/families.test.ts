/**
 * Compares every family × format with llama.cpp and transformers: logits after a prompt read at once and after steps with the
 * cache. The checkpoints come from `tiny-families.ts`, the goldens from `npm run -s goldens` and `torch_families.py`.
 *
 * Tolerances, of log-probabilities from about 0 to −30:
 *   sums    the same numbers in f32, summed in another order. The golden's file has the format's rounded weights in
 *           F32, so this holds for every format.
 *   torch   transformers with PyTorch, f32, on the same values; Gemma’s sums have the largest terms.
 *   gelu    llama.cpp looks gelu up in a table of f16.
 *   blocks  the golden is of the same file in blocks: llama.cpp rounds activations to blocks of 8 bits before each
 *           product; this engine does not.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Runtime } from '../runtime/index.ts';
import type { CheckpointFolder } from '../weights/sources/byte-source.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from '../session/load.ts';
import { furthest } from '../testing/stories.ts';
import { CAPACITY, PROMPT, STEPS, TINY_FAMILIES } from '../testing/tiny-families.ts';
import {
  GGUF_TYPES,
  type GgufType,
  type Rounding,
  tinyFamilyFiles,
  tinyFamilyGguf,
} from '../testing/tiny-family/files.ts';

interface FamilyGolden {
  readonly prompt: readonly number[];
  readonly steps: readonly number[];
  readonly formats: Readonly<
    Record<string, { readonly sha256: string; readonly logProbabilities: readonly (readonly number[])[] }>
  >;
  readonly transformers: { readonly formats: Readonly<Record<string, readonly (readonly number[])[]>> };
}

const TOLERANCE = { sums: 5e-5, torch: 1e-4, gelu: 0.01, blocks: 1 } as const;

/** Returns log-probabilities after the prompt and after each step. */
async function rowsOf(folder: CheckpointFolder, { prompt, steps }: FamilyGolden): Promise<number[][]> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights: 'f32' });
  let runtime: Runtime | undefined;
  const options = { activations: 'f32', capacity: CAPACITY } as const;
  await loadWith(store, id, options, {}, CPU_FACTS, async (...all) => {
    runtime = await interpreterRuntime(...all);
    return runtime;
  });
  const rows = [(await (runtime as Runtime).prefill(prompt, 0, { want: 'logits' })).logits];
  for (const [i, token] of steps.entries()) {
    rows.push((await (runtime as Runtime).step(token, prompt.length + i, 'logits')).logits);
  }
  return rows.map((row) => logSoftmax(row as Float32Array));
}

function logSoftmax(logits: Float32Array): number[] {
  const sum = logits.reduce((s, x) => s + Math.exp(x), 0);
  return Array.from(logits, (x) => x - Math.log(sum));
}

function distance(got: readonly number[][], want: readonly (readonly number[])[]): number {
  return Math.max(...want.map((row, i) => furthest(got[i] ?? [], row)));
}

describe.each(TINY_FAMILIES)('$name', (family) => {
  const golden = JSON.parse(readFileSync(family.golden, 'utf8')) as FamilyGolden;
  const { formats, transformers } = golden;

  test('the golden has the same prompt', () => {
    expect([golden.prompt, golden.steps]).toEqual([PROMPT, STEPS]);
  });

  const ours = JSON.stringify(family.config).includes('gelu') ? TOLERANCE.gelu : TOLERANCE.sums;

  /** Compares with both engines on the same values, and with llama.cpp on the same file where it has a golden. */
  const check = async (format: string, rounding: Rounding, folder: CheckpointFolder, file?: GgufType) => {
    const rows = await rowsOf(folder, golden);
    const near = (against: string, want: readonly (readonly number[])[] | undefined, tolerance: number) => {
      const error = distance(rows, want ?? expect.fail(`${against} is not in the golden`));
      report(family.name, format, against, error);
      expect(error, against).toBeLessThan(tolerance);
    };
    near(`llama.cpp, ${rounding} as F32`, formats[`${rounding} as F32`]?.logProbabilities, ours);
    near(`transformers, ${rounding}`, transformers.formats[rounding], TOLERANCE.torch);
    if (file === undefined) return;
    near(`llama.cpp, ${file}`, formats[file]?.logProbabilities, file === 'F16' ? ours : TOLERANCE.blocks);
  };

  test.each(['F32', 'BF16'] as const)('safetensors, %s', async (dtype) => {
    const folder = memoryFolder('tiny', tinyFamilyFiles(family, dtype));
    await check(`safetensors ${dtype}`, dtype, folder);
  });

  test.each(GGUF_TYPES)('GGUF, %s', async (type) => {
    const file = tinyFamilyGguf(family, type);
    const folder = memoryFolder('tiny', { 'm.gguf': file });
    if (type !== 'F32') {
      const digest = createHash('sha256').update(file).digest('hex');
      expect(digest, 'the file differs from the golden’s').toBe(formats[type]?.sha256);
    }
    await check(`GGUF ${type}`, type, folder, type === 'F32' ? undefined : type);
  });
});

test('uses f32 for activations beyond the range of f16, unless f16 is requested', async () => {
  const activationsOf = async (name: string, free: boolean) => {
    const family = TINY_FAMILIES.find((f) => f.name === name) ?? expect.fail(name);
    const store = openStore(memoryStorage());
    const { id } = await importModel(memoryFolder('tiny', tinyFamilyFiles(family, 'F32')), store);
    const options = { activations: 'f16', free, capacity: CAPACITY } as const;
    const model = await loadWith(store, id, options, {}, CPU_FACTS, interpreterRuntime);
    return model.facts.activations;
  };
  expect(await activationsOf('gemma3', true)).toBe('f32');
  expect(await activationsOf('gemma3', false)).toBe('f16');
  expect(await activationsOf('qwen3', true)).toBe('f16');
});

/** With ENGINE_TABLE=1, prints the measured differences, for docs/MODELS.md. */
function report(...[family, format, against, error]: [string, string, string, number]): void {
  if (process.env.ENGINE_TABLE !== '1') return;
  process.stdout.write(`${family} | ${format} | ${against} | ${error.toPrecision(2)}\n`);
}
