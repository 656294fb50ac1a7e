/** What sizes lose, on the CPU: the measurement agrees with the logits of whole models. */
import { describe, expect, test } from 'vitest';
import { agreementMeter, topRow } from '../../calibrate/loss/agreement.ts';
import { cpuCalibrator } from '../../testing/cpu-calibrator.ts';
import { TINY_CONFIG, tinyFiles, tinyTensors } from '../../testing/tiny-checkpoint.ts';
import { TINY_FAMILIES } from '../../testing/tiny-families.ts';
import { tinyFamilyFiles, tinyFamilyGguf } from '../../testing/tiny-family/files.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { measureModelLoss } from './measure-model-loss.ts';

/** Two passages: the interpreter is slow. */
const device = cpuCalibrator({ most: 2 });
const oneText = cpuCalibrator({ most: 1 });

async function measured(
  folder = memoryFolder('tiny', tinyFiles()),
  weights: 'f32' | 'm0e4' = 'm0e4',
  on = device,
) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights });
  return await measureModelLoss(folder, store, id, on);
}

test('the stored size comes first, and more bits lose less', async () => {
  const { tokens, sizes } = await measured();
  expect(tokens).toBeGreaterThan(50);
  expect(sizes.map(({ weights }) => weights)).toEqual(['m0e4', 'u6+q8-head', 'q8']);
  const [four, six, eight] = sizes as [(typeof sizes)[0], (typeof sizes)[0], (typeof sizes)[0]];
  expect(six.divergence).toBeLessThan(four.divergence / 4);
  expect(eight.divergence).toBeLessThan(four.divergence / 4);
  expect(eight.sameChoice).toBeGreaterThanOrEqual(four.sameChoice);
  expect(four.bytes).toBeLessThan(eight.bytes);
});

test('a model in its own numbers has lost nothing', async () => {
  const { sizes } = await measured(undefined, 'f32');
  expect(sizes[0]).toMatchObject({ weights: 'f32', sameChoice: 1 });
  expect(sizes[0]!.divergence).toBeLessThan(1e-6); // shares of the original are kept in f32
});

/** Attention alone; scales, rings and a cap; a convolution; a carried matrix. */
const KINDS = ['llama', 'gemma2', 'lfm2', 'granite-4-h'];

test.each(TINY_FAMILIES.filter(({ name }) => KINDS.includes(name)))(
  '$name: f32 is the original, and 8 bits are near it',
  async (family) => {
    const { sizes } = await measured(memoryFolder('tiny', tinyFamilyFiles(family, 'BF16')), 'f32', oneText);
    const [own, , eight] = sizes as [(typeof sizes)[0], (typeof sizes)[0], (typeof sizes)[0]];
    expect(own.divergence).toBeLessThan(1e-6);
    expect(eight.divergence).toBeGreaterThan(0);
    expect(eight.divergence).toBeLessThan(0.05);
  },
);

describe('refused', () => {
  test('a quantised original', async () => {
    const family = TINY_FAMILIES.find(({ name }) => name === 'llama')!;
    const folder = memoryFolder('gguf', { 'model.gguf': tinyFamilyGguf(family, 'Q4_0') });
    await expect(measured(folder)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  test('files of another model', async () => {
    const store = openStore(memoryStorage());
    const { id } = await importModel(memoryFolder('tiny', tinyFiles()), store, { weights: 'q8' });
    const files = { ...tinyFiles(), 'config.json': JSON.stringify({ ...TINY_CONFIG, rope_theta: 5000 }) };
    const other = measureModelLoss(memoryFolder('other', files), store, id, device);
    await expect(other).rejects.toMatchObject({ code: 'checkpoint-mismatch' });
  });

  test('where a layer has no room', async () => {
    const store = openStore(memoryStorage());
    const folder = memoryFolder('tiny', tinyFiles());
    const { id } = await importModel(folder, store, { weights: 'q8' });
    const small = measureModelLoss(folder, store, id, device, { mostBytes: 1000 });
    await expect(small).rejects.toMatchObject({ code: 'gpu-limit' });
  });

  test('after a stop', async () => {
    const store = openStore(memoryStorage());
    const folder = memoryFolder('tiny', tinyFiles());
    const { id } = await importModel(folder, store, { weights: 'q8' });
    const stop = new AbortController();
    const stopped = measureModelLoss(folder, store, id, device, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'source-cancelled' });
  });
});

test('the checkpoint is read once, though head and embedding are one tensor', async () => {
  const folder = memoryFolder('tiny', tinyFiles());
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights: 'q8' });
  const seen: [number, number][] = [];
  await measureModelLoss(folder, store, id, device, { onProgress: (...at) => seen.push(at) });
  const bytes = Object.values(tinyTensors()).reduce((sum, { values }) => sum + values.length * 4, 0);
  expect(seen.at(-1)).toEqual([bytes, bytes]);
});

describe('a row against its original', () => {
  const random = (seed: number) =>
    Float32Array.from({ length: 1000 }, (_, i) => 6 * Math.sin((i + 1) * seed) + 4 * Math.cos(i * i));

  test('its likeliest ids are kept in order', () => {
    const logits = random(0.7);
    const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, 256);
    expect([...topRow(logits).ids]).toEqual(order);
  });

  test('the divergence is that of the whole row, or a little less; never below 0', () => {
    const p = random(0.7);
    const q = p.map((x, i) => x + 0.2 * Math.sin(i));
    const log = (row: Float32Array) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    const whole = p.reduce((sum, x, i) => sum + Math.exp(x - log(p)) * (x - log(p) - (q[i]! - log(q))), 0);
    const meter = agreementMeter();
    meter.add(q, topRow(p));
    const { divergence } = meter.result();
    expect(divergence).toBeLessThanOrEqual(whole * 1.0001);
    expect(divergence).toBeGreaterThan(0.9 * whole);
    const same = agreementMeter();
    same.add(p, topRow(p));
    expect(same.result()).toEqual({ sameChoice: 1, divergence: expect.closeTo(0, 6) });
  });
});
