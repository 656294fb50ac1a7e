/** BitNet's matrices, packed as transformers packs them (`pack_weights` of `integrations/bitnet.py`). */
import { expect, test } from 'vitest';
import { memoryFolder } from '../../sources/memory-source.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { readBitNet } from './bitnet.ts';

const [ROWS, COLUMNS] = [8, 128];
const value = (row: number, k: number) => ((row * 5 + k * 7) % 3) - 1;

async function widened(facts: Record<string, unknown>): Promise<Float32Array> {
  const packed = new Uint8Array((ROWS / 4) * COLUMNS);
  for (let r = 0; r < ROWS; r++) {
    for (let k = 0; k < COLUMNS; k++) {
      const at = (r % (ROWS / 4)) * COLUMNS + k;
      packed[at] = (packed[at] as number) | ((value(r, k) + 1) << (2 * Math.floor(r / (ROWS / 4))));
    }
  }
  const folder = memoryFolder('m', { w: packed, s: new Uint8Array(Float32Array.of(0.3).buffer) });
  const tensor = async (name: string, file: string, dtype: string, shape: number[]) => {
    const source = (await folder.open(file))!;
    return [name, { name, dtype, shape, offset: 0, bytes: source.size, source } as CheckpointTensor] as const;
  };
  const tensors = new Map([
    await tensor('q.weight', 'w', 'U8', [ROWS / 4, COLUMNS]),
    await tensor('q.weight_scale', 's', 'F32', [1]),
  ]);
  const all = await readBitNet(tensors, facts);
  expect([...all.keys()]).toEqual(['q.weight']);
  const { shape, source, rows } = all.get('q.weight')!;
  expect(shape).toEqual([ROWS, COLUMNS]);
  return rows!.widen(await source.read(0, source.size));
}

test.each([
  ['autobitlinear', Math.fround(0.3)],
  ['bitlinear', 1 / Math.fround(0.3)],
])('%s: every value, and the scale as its class has it', async (linear_class, scale) => {
  const got = await widened({ linear_class });
  const s = Math.fround(scale);
  for (let i = 0; i < got.length; i++) {
    expect(got[i]).toBeCloseTo(s * value(Math.floor(i / COLUMNS), i % COLUMNS), 6);
  }
});
