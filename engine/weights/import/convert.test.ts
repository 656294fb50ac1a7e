import { expect, test } from 'vitest';
import { dequantiseRows, quantiseRows } from '../../quant/m0e4.ts';
import { quantiseQ8 } from '../../quant/q8.ts';
import { f32ArrayFromF16, roundToF16 } from '../../tensor/f16.ts';
import { seededRandom } from '../../tensor/random.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { checkpointFeed, planStore, STORE_GROUP } from './convert.ts';
import { fillWeights } from './write-weights.ts';
import { memoryFolder, memorySource } from '../sources/memory-source.ts';
import { memoryStorage } from '../store/storage-memory.ts';
import { storedWeights } from '../store/weight-reader.ts';
import { type TestTensor, tinyFiles, writeSafetensors } from '../../testing/tiny-checkpoint.ts';
import type { WeightDType } from '../../tensor/tensor.ts';
import type { Manifest } from '../store/manifest.ts';

const random = seededRandom(11);
const values = (n: number) => Float32Array.from({ length: n }, () => random() * 4 - 2);

/** A tensor larger than a block (1 MiB), one of odd width, a vector, and a single element. */
function tensors(dtype: TestTensor['dtype']): Record<string, TestTensor> {
  const make = (...shape: number[]): TestTensor => ({
    dtype,
    shape,
    values: values(shape.reduce((a, b) => a * b)),
  });
  return { big: make(1500, 333), odd: make(7, 45), vector: make(172), one: make(1, 1) };
}

async function converted(source: Record<string, TestTensor>, weights: WeightDType) {
  const files = { ...tinyFiles(), 'model.safetensors': writeSafetensors(source) };
  const checkpoint = await openCheckpoint(memoryFolder('tiny', files));
  const needed = Object.entries(source).map(([name, t]) => ({ name, shape: t.shape }));
  const plan = planStore(checkpoint, needed, weights);
  const storage = memoryStorage();
  const file = await storage.create('weights.bin');
  const progress: number[] = [];
  const { tensors: stored } = await fillWeights(plan.tensors, checkpointFeed(checkpoint, plan), file, {
    onProgress: (done) => progress.push(done),
  });
  const bytes = storage.files.get('weights.bin') as Uint8Array;
  const manifest = { name: 'tiny', tensors: stored } as unknown as Manifest;
  const open = (content = bytes) =>
    storedWeights({ manifest, file: async () => memorySource('weights.bin', content) });
  return { stored, bytes, progress, open };
}

/** Compares bytes, since `toEqual` takes seconds for half a million numbers. */
function same(got: Float32Array, want: Float32Array): void {
  expect(Buffer.compare(new Uint8Array(got.slice().buffer), new Uint8Array(want.slice().buffer))).toBe(0);
}

/** The values rounded to the checkpoint's element type. */
function rounded(t: TestTensor): Float32Array {
  if (t.dtype === 'F16') return t.values.map(roundToF16);
  if (t.dtype === 'F32') return t.values;
  const bits = new Uint32Array(t.values.slice().buffer).map((b) => b & 0xffff0000);
  return new Float32Array(bits.buffer);
}

for (const from of ['F32', 'F16', 'BF16'] as const) {
  for (const to of ['f32', 'f16', 'm0e4', 'q8'] as const) {
    test(`${from} to ${to}: the reader finds every row`, async () => {
      const source = tensors(from);
      const { stored, open, progress } = await converted(source, to);
      for (const { offset } of stored.flatMap((t) => t.sections)) expect(offset % 256).toBe(0);
      expect(progress.at(-1)).toBe(
        Object.values(source).reduce((n, t) => n + t.values.length * (from === 'F32' ? 4 : 2), 0),
      );
      const weights = await open();
      for (const [name, tensor] of Object.entries(source)) {
        const columns = tensor.shape.at(-1) as number;
        const rows = tensor.shape.length === 1 ? 1 : (tensor.shape[0] as number);
        const type = weights.type(name);
        const exact = rounded(tensor);
        expect(type?.dtype).toBe(tensor.shape.length === 1 ? 'f32' : to);
        for (let first = 0; first < rows; first += 400) {
          const count = Math.min(400, rows - first);
          const want = exact.subarray(first * columns, (first + count) * columns);
          const { data, scales } = await weights.read(name, first, count);
          const bytes = data.slice().buffer;
          if (type?.dtype === 'f32') same(new Float32Array(bytes), want);
          else if (type?.dtype === 'f16') {
            same(f32ArrayFromF16(new Uint16Array(bytes)), want.map(roundToF16));
          } else {
            const pairs = new Uint32Array(scales?.slice().buffer ?? new ArrayBuffer(0));
            if (to === 'q8') {
              const words = new Uint32Array(bytes);
              expect({ bytes: words, scales: pairs }).toEqual(quantiseQ8(want, columns, STORE_GROUP));
              continue;
            }
            const got = { nibbles: new Uint32Array(bytes), scales: pairs };
            expect(got).toEqual(quantiseRows(want, columns, STORE_GROUP));
            expect(dequantiseRows(got, columns, STORE_GROUP).length).toBe(want.length);
          }
        }
      }
    });
  }
}

test('detects a flipped bit in the store when a tensor is read in order', async () => {
  const { bytes, open } = await converted(tensors('F32'), 'm0e4');
  const flipped = bytes.slice();
  flipped[40]! ^= 4;
  const weights = await open(flipped);
  await expect(weights.read('big', 0, 1500)).rejects.toMatchObject({
    code: 'store-damaged',
    where: expect.stringMatching(/tensor big/),
  });
  await expect(open(bytes.slice(0, 1000))).rejects.toMatchObject({ code: 'store-damaged' });
  await expect((await open()).read('none', 0, 1)).rejects.toMatchObject({ code: 'store-damaged' });
});

test('writes blocks of at most 1 MiB, from pieces of any size', async () => {
  const source = tensors('F32');
  const file = writeSafetensors(source);
  const folder = memoryFolder('tiny', { ...tinyFiles(), 'model.safetensors': file });
  const smallPieces = {
    ...folder,
    async open(name: string) {
      const inner = await folder.open(name);
      return (
        inner && {
          ...inner,
          async *stream(offset: number, length: number) {
            for (let at = 0; at < length; at += 4093)
              yield await inner.read(offset + at, Math.min(4093, length - at));
          },
        }
      );
    },
  };
  const checkpoint = await openCheckpoint(smallPieces);
  const plan = planStore(checkpoint, [{ name: 'big', shape: [1500, 333] }], 'f32');
  let largest = 0;
  const parts: Uint8Array[] = [];
  await fillWeights(plan.tensors, checkpointFeed(checkpoint, plan), {
    write: async (_, bytes) => {
      largest = Math.max(largest, bytes.length);
      parts.push(bytes.slice());
    },
    read: async () => new Uint8Array(0),
    flush: async () => {},
    close: async () => {},
  });
  expect(largest).toBeLessThanOrEqual(1024 * 1024);
  expect(new Float32Array(Buffer.concat(parts).buffer.slice(0, 1500 * 333 * 4))).toHaveLength(1500 * 333);
  expect(Buffer.concat(parts).equals(Buffer.from(source.big!.values.buffer))).toBe(true);
});

test('names a weight that is not a number', async () => {
  const source = tensors('F32');
  source.odd!.values[50] = Number.NaN;
  await expect(converted(source, 'm0e4')).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    who: 'model.safetensors, tensor odd',
    where: 'row 1, column 5',
  });
});

test('an abort stops the conversion', async () => {
  const checkpoint = await openCheckpoint(memoryFolder('tiny', tinyFiles()));
  const name = 'model.embed_tokens.weight';
  const plan = planStore(checkpoint, [{ name, shape: [37, 20] }], 'f32');
  const file = await memoryStorage().create('w');
  const run = fillWeights(plan.tensors, checkpointFeed(checkpoint, plan), file, {
    signal: AbortSignal.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: 'source-cancelled' });
});
