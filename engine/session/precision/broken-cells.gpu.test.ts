/** A quantised file whose activations exceed f16: its cells are sound, so it is loaded again with f32. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { consoleLog, setLog } from '../../base/log.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { type GgufTensorBytes, tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';
import { seededRandom } from '../../tensor/random.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';

/** Bytes of a Q5_0 block, which begins with its scale. */
const BLOCK = 22;
/** A tenth, as a half. */
const TENTH = 0x2e66;
const NAN = 0x7e00;

let gpu: Gpu;
let f16: boolean;
beforeAll(async () => {
  const opened = await openTestGpu();
  f16 = opened.f16;
  gpu = await openGpu(opened.gpu);
  setLog('error', () => {});
});
afterAll(() => {
  setLog('warn', consoleLog('engine'));
  gpu.dispose();
});

/** `scale`: of the first block of `ffn_up`. The products of gate and up are about 1e11: beyond f16, far within f32. */
async function loaded(scale: number) {
  const random = seededRandom(5);
  const parts = tinyModel('Q5_0', 'llama', 'llama', 256);
  const filled = ([name, tensor]: [string, GgufTensorBytes]): [string, GgufTensorBytes] => {
    if (tensor.type === 'F32') {
      const value = name.includes('ffn_norm') ? 3e4 : 1;
      const numbers = new Float32Array(tensor.data.length / 4).fill(value);
      return [name, { ...tensor, data: new Uint8Array(numbers.buffer) }];
    }
    const data = tensor.data.map(() => Math.floor(256 * random()));
    for (let at = 0; at < data.length; at += BLOCK) {
      const half = at === 0 && name.includes('ffn_up') ? scale : TENTH;
      data.set([half & 255, half >> 8], at);
    }
    return [name, { ...tensor, data }];
  };
  const tensors = Object.fromEntries(Object.entries(parts.tensors).map(filled));
  const store = openStore(memoryStorage());
  const file = writeGguf({ ...parts, tensors });
  const { id } = await importModel(memoryFolder('tiny', { 'm.gguf': file }), store);
  return await loadModel(store, id, gpu, {});
}

const REQUEST = { prompt: { kind: 'text', text: 'abc abc' }, maxTokens: 4, ignoreEos: true } as const;

test('sound cells are not named, and the model is loaded again', async (t) => {
  if (!f16) return t.skip('the adapter has no shader-f16');
  const model = await loaded(TENTH);
  expect(model.facts.activations).toBe('f16');
  expect((await model.generate(REQUEST)).ids).toHaveLength(4);
  expect(model.facts.activations).toBe('f32');
  model.dispose();
});

test('a scale that is not a number is named', async (t) => {
  if (!f16) return t.skip('the adapter has no shader-f16');
  const model = await loaded(NAN);
  await expect(model.generate(REQUEST)).rejects.toMatchObject({
    code: 'numbers-broken',
    message: expect.stringContaining('up_proj') as string,
  });
  model.dispose();
});
