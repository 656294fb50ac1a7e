/**
 * Imports of damaged files fail with an error that names file, tensor or position, expected and got, and leave earlier
 * models in the store unchanged, byte for byte.
 */
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../base/errors.ts';
import { seededRandom } from '../../tensor/random.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { type MemoryStorage, memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { damages, type CheckpointFiles } from '../../testing/damages.ts';
import { importModel } from './import.ts';
import { listModels } from '../stored-model.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20260102);

function snapshot(storage: MemoryStorage): Map<string, string> {
  return new Map([...storage.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

async function importError(files: CheckpointFiles, storage: MemoryStorage): Promise<EngineError> {
  try {
    await importModel(memoryFolder('tiny', files), openStore(storage), { id: 'tiny', weights: 'f32' });
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  }
  throw new Error('the import succeeded');
}

describe('damaged files', () => {
  test.each(damages)('$name', async (damage) => {
    const storage = memoryStorage();
    await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny', weights: 'f32' });
    await importModel(memoryFolder('other', tinyFiles()), openStore(storage), { weights: 'm0e4' });
    const before = snapshot(storage);
    const error = await importError(damage.files(), storage);
    expect(error.code).toBe(damage.code);
    expect(error.who).toBe(damage.who);
    if (damage.where !== undefined) expect(error.where).toMatch(damage.where);
    expect(error.expected).toMatch(damage.expected);
    expect(error.got).toMatch(damage.got);
    expect(snapshot(storage)).toEqual(before);
    expect((await listModels(openStore(storage))).map((m) => m.id).sort()).toEqual(['other', 'tiny']);
  });

  test('leaves nothing behind if the weights end during the conversion', async () => {
    const storage = memoryStorage();
    await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny', weights: 'f32' });
    const before = snapshot(storage);
    const files = tinyFiles();
    const folder = memoryFolder('tiny', files);
    const torn = {
      ...folder,
      async open(name: string) {
        const source = await folder.open(name);
        if (name !== 'model.safetensors' || source === undefined) return source;
        return {
          ...source,
          // biome-ignore lint/correctness/useYield: the connection breaks before the first byte
          async *stream() {
            throw new EngineError('source-read', { who: name, message: 'the connection broke' });
          },
        };
      },
    };
    await expect(importModel(torn, openStore(storage), { id: 'tiny' })).rejects.toThrow(
      'the connection broke',
    );
    expect(snapshot(storage)).toEqual(before);
  });
});

/** Every mutation must give a named error or a valid model. */
test(`mutated headers and tokenizers, seed ${SEED}`, async () => {
  const seed = SEED;
  const random = seededRandom(seed);
  const pick = (n: number) => Math.floor(random() * n);
  const good = tinyFiles();
  const rounds = 600;
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const name = round % 4 === 3 ? 'tokenizer.json' : 'model.safetensors';
    const whole = good[name] as Uint8Array | string;
    const copy = typeof whole === 'string' ? new TextEncoder().encode(whole) : whole.slice();
    const reach = name !== 'tokenizer.json' ? 1400 : copy.length;
    for (let n = 1 + pick(3); n > 0; n--) {
      const at = pick(reach);
      const kind = pick(3);
      // Replacing a digit keeps the JSON valid and makes numbers wrong.
      if (kind === 0) copy[at] = 0x30 + pick(10);
      else if (kind === 1) copy[at] = pick(256);
      else copy.copyWithin(at, pick(reach), pick(reach));
    }
    const storage = memoryStorage();
    try {
      await importModel(memoryFolder('tiny', { ...good, [name]: copy }), openStore(storage), {
        weights: 'f32',
      });
    } catch (error) {
      refused++;
      expect(error, `seed ${seed}, round ${round}: ${String(error)}`).toBeInstanceOf(EngineError);
      expect((error as EngineError).code, `seed ${seed}, round ${round}: ${String(error)}`).not.toBe(
        'internal',
      );
      expect([...storage.files.keys()]).toEqual([]);
    }
  }
  expect(refused, `seed ${seed}`).toBeGreaterThan(rounds / 2);
});

test('keeps stored models if the disk fills up during an import', async () => {
  const probe = memoryStorage();
  await importModel(memoryFolder('tiny', tinyFiles()), openStore(probe), { id: 'tiny', weights: 'f32' });
  const one = [...probe.files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  for (const part of [0.02, 0.2, 0.5, 0.9, 0.999]) {
    const storage = memoryStorage(one + Math.floor(one * part));
    // Without an estimate the shortage is only detected while writing.
    const blind = { ...storage, estimate: async () => undefined };
    await importModel(memoryFolder('tiny', tinyFiles()), openStore(blind), { id: 'tiny', weights: 'f32' });
    const before = snapshot(storage);
    const again = importModel(memoryFolder('tiny', tinyFiles()), openStore(blind), {
      id: 'tiny',
      weights: 'f32',
    });
    await expect(again).rejects.toMatchObject({ code: 'store-full' });
    expect(snapshot(storage)).toEqual(before);
  }
  const warned = importModel(memoryFolder('tiny', tinyFiles()), openStore(memoryStorage(1000)), {});
  await expect(warned).rejects.toMatchObject({ code: 'store-full', got: '1000 bytes' });
});

test('a cancelled import leaves nothing behind', async () => {
  const storage = memoryStorage();
  const stop = new AbortController();
  const onProgress = ({ phase }: { phase: string }) => {
    if (phase === 'converting') stop.abort();
  };
  const run = importModel(
    memoryFolder('tiny', tinyFiles()),
    openStore(storage),
    {},
    { onProgress, signal: stop.signal },
  );
  await expect(run).rejects.toMatchObject({ code: 'source-cancelled' });
  expect(storage.files.size).toBe(0);
});
