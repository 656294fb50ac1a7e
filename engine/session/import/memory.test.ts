/**
 * An import needs little memory, however large a model's tables are: the checkpoint is generated as it is read, and what is
 * written is counted and dropped. In the unit run with rows as wide as those of Gemma 4 E2B, on demand in the sizes of
 * published models.
 */
import { expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { GEMMA4_E2B, QWEN35_08B } from '../../testing/large/configs.ts';
import { droppingStorage, generatedCheckpoint } from '../../testing/large/generated-checkpoint.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from './import.ts';

const SMALL = {
  model_type: 'gemma4_text',
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  layer_types: ['sliding_attention', 'full_attention'],
  // Rows as wide as those of E2B.
  hidden_size_per_layer_input: 4480,
  vocab_size: 2048,
  vocab_size_per_layer_input: 2048,
  bos_token_id: 1,
  eos_token_id: 2,
};

/** Bytes of JavaScript at most beyond those before: the heap, and what it holds outside, buffers included. */
async function peakOf(config: object) {
  const inUse = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const folder = generatedCheckpoint(config);
  const before = inUse();
  let peak = before;
  const { storage, written } = droppingStorage(() => {
    peak = Math.max(peak, inUse());
  });
  const begun = process.cpuUsage();
  await importModel(folder, openStore(storage), { weights: 'm0e4+q8-head' });
  const made = { peak: peak - before, read: folder.bytes, written: written() };
  const seconds = process.cpuUsage(begun).user / 1e6;
  if (process.env.ENGINE_TABLE === '1')
    process.stdout.write(
      `${made.read} read, ${made.written} written, ${made.peak} in memory, ${seconds} s\n`,
    );
  return made;
}

test('with rows as wide as those of E2B, less memory than the file has bytes', async () => {
  const { peak, read, written } = await peakOf(SMALL);
  expect(read).toBeGreaterThan(40e6);
  expect(written).toBeGreaterThan(read * 0.3);
  expect(peak).toBeLessThan(40e6);
}, 120_000);

test.skipIf(onDemand !== undefined).each([
  ['Qwen3.5 0.8B', QWEN35_08B, 1.5e9],
  ['Gemma 4 E2B', GEMMA4_E2B, 9.2e9],
] as const)(
  'in the sizes of %s, less than 150 MB',
  async (_, config, bytes) => {
    const { peak, read } = await peakOf(config);
    expect(read).toBeGreaterThan(bytes);
    expect(peak).toBeLessThan(150e6);
  },
  3_600_000,
);
