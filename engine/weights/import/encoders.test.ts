/** Rows that are encoded in workers end as the same bytes, whatever becomes of the workers. */
import { expect, test } from 'vitest';
import { setLog } from '../../base/log.ts';
import { seededRandom } from '../../tensor/random.ts';
import { tinyFiles, writeSafetensors } from '../../testing/tiny-checkpoint.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { memoryFolder } from '../sources/memory-source.ts';
import { memoryStorage } from '../store/storage-memory.ts';
import { checkpointFeed, planStore } from './convert.ts';
import { type EncoderWorker, encodersIn, type OpenEncoders, serveEncoder } from './encoders.ts';
import { fillWeights } from './write-weights.ts';

const random = seededRandom(3);
const SHAPES = { first: [900, 320], second: [33, 45], third: [700, 400], vector: [77] };
const made = Object.entries(SHAPES).map(([name, shape]) => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random() - 0.5);
  return [name, { dtype: 'BF16' as const, shape, values }] as const;
});

async function bytesWith(
  encoders: OpenEncoders | undefined,
  weights: 'm0e4' | 'q8' | 'f32',
  tensors = Object.fromEntries(made),
): Promise<Buffer> {
  const files = { ...tinyFiles(), 'model.safetensors': writeSafetensors(tensors) };
  const checkpoint = await openCheckpoint(memoryFolder('tiny', files));
  const needed = made.map(([name, { shape }]) => ({ name, shape }));
  const plan = planStore(checkpoint, needed, weights);
  const storage = memoryStorage();
  const file = await storage.create('weights.bin');
  await fillWeights(plan.tensors, checkpointFeed(checkpoint, plan, encoders), file);
  return Buffer.from(storage.files.get('weights.bin') as Uint8Array);
}

interface FakeWorker extends EncoderWorker {
  ended: boolean;
}

/** `answers(n)`: what becomes of the n-th message of a worker. Answers come late, and the later the earlier they were asked for. */
function workers(answers: (n: number) => 'answer' | 'die' | 'silence') {
  const all: FakeWorker[] = [];
  const start = () => {
    const serve = serveEncoder((message) => worker.onmessage?.({ data: message } as MessageEvent));
    let count = 0;
    const worker: FakeWorker = {
      ended: false,
      onmessage: null,
      onerror: null,
      postMessage(message) {
        const copy = structuredClone(message);
        const what = answers(count++);
        if (what === 'answer') setTimeout(() => serve(copy), count % 2 === 0 ? 0 : 5);
        if (what === 'die') setTimeout(() => worker.onerror?.({ message: 'out of memory' } as ErrorEvent));
      },
      terminate() {
        worker.ended = true;
      },
    };
    all.push(worker);
    return worker;
  };
  return { all, start };
}

test.each(['m0e4', 'q8', 'f32'] as const)('%s: workers make the same bytes', async (weights) => {
  const { all, start } = workers(() => 'answer');
  const got = await bytesWith(encodersIn(start, 2), weights);
  expect(got.equals(await bytesWith(undefined, weights))).toBe(true);
  expect(all.map(({ ended }) => ended)).toEqual([true, true]);
});

test('rows of a worker that dies, does not answer or cannot be started are encoded here', async () => {
  setLog('error', () => {});
  const want = await bytesWith(undefined, 'm0e4');
  const dying = workers((n) => (n === 1 ? 'die' : 'answer'));
  expect((await bytesWith(encodersIn(dying.start, 1), 'm0e4')).equals(want)).toBe(true);
  const silent = workers(() => 'silence');
  expect((await bytesWith(encodersIn(silent.start, 2, { patience: 1 }), 'm0e4')).equals(want)).toBe(true);
  const none = encodersIn(() => {
    throw new Error('forbidden');
  }, 3);
  expect((await bytesWith(none, 'm0e4')).equals(want)).toBe(true);
});

test('a weight that cannot be stored is named as without workers, and the workers end', async () => {
  const { all, start } = workers(() => 'answer');
  const broken = structuredClone(Object.fromEntries(made));
  broken.second!.values[50] = Number.NaN;
  await expect(bytesWith(encodersIn(start, 2), 'm0e4', broken)).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    who: 'model.safetensors, tensor second',
    where: 'row 1, column 5',
  });
  expect(all.every(({ ended }) => ended)).toBe(true);
});
