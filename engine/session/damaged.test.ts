/**
 * Damaged files: each import ends in an error that names file, tensor or place, expected and got, and what
 * was stored before is still there, byte for byte.
 */
import { describe, expect, test } from 'vitest';
import { LinnetError, type ErrorCode } from '../base/errors.ts';
import { seededRandom } from '../tensor/random.ts';
import { memoryFolder } from '../weights/source-memory.ts';
import { type MemoryStorage, memoryStorage } from '../weights/storage-memory.ts';
import { openStore } from '../weights/store.ts';
import { TINY_CONFIG, TINY_TOKENIZER, type Tamper, tinyFiles } from '../weights/tiny-checkpoint.ts';
import { importModel } from './import.ts';
import { listModels } from './stored-model.ts';

const SEED = Number(process.env.LINNET_SEED ?? 20260102);

type Files = Record<string, Uint8Array | string>;

const K = 'model.layers.0.self_attn.k_proj.weight';
const V = 'model.layers.0.self_attn.v_proj.weight';

function snapshot(storage: MemoryStorage): Map<string, string> {
  return new Map([...storage.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

async function importing(files: Files, storage: MemoryStorage): Promise<LinnetError> {
  try {
    await importModel(memoryFolder('tiny', files), openStore(storage), { id: 'tiny', weights: 'f32' });
  } catch (error) {
    expect(error).toBeInstanceOf(LinnetError);
    return error as LinnetError;
  }
  throw new Error('the import went through');
}

interface Damage {
  readonly name: string;
  readonly files: () => Files;
  readonly code: ErrorCode;
  /** File, and tensor or place. */
  readonly who: string;
  readonly where?: RegExp;
  readonly expected: RegExp;
  readonly got: RegExp;
}

const weights = (tamper: Tamper) => () => tinyFiles(tamper);
const bytes = (change: (b: Uint8Array) => Uint8Array) => () => {
  const files = tinyFiles();
  return { ...files, 'model.safetensors': change(files['model.safetensors'] as Uint8Array) };
};
const tokenizer = (change: (json: Record<string, unknown>) => void) => () => {
  const json = structuredClone(TINY_TOKENIZER) as unknown as Record<string, unknown>;
  change(json);
  return { ...tinyFiles(), 'tokenizer.json': JSON.stringify(json) };
};
const headerLength = (length: bigint) =>
  bytes((b) => {
    const copy = b.slice();
    new DataView(copy.buffer).setBigUint64(0, length, true);
    return copy;
  });

const file = 'model.safetensors';
const damages: Damage[] = [
  {
    name: 'weights cut short',
    files: bytes((b) => b.slice(0, b.length - 10)),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor model\.norm\.weight/,
    expected: /at least \d+ bytes/,
    got: /\d+ bytes/,
  },
  {
    name: 'weights cut in the header',
    files: bytes((b) => b.slice(0, 100)),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most 92 bytes/,
    got: /bytes/,
  },
  {
    name: 'weights of 3 bytes',
    files: bytes((b) => b.slice(0, 3)),
    code: 'checkpoint-damaged',
    who: file,
    expected: /8 bytes/,
    got: /3 bytes/,
  },
  {
    name: 'empty weights',
    files: bytes(() => new Uint8Array(0)),
    code: 'checkpoint-damaged',
    who: file,
    expected: /8 bytes/,
    got: /0 bytes/,
  },
  {
    name: 'header length of 2^60',
    files: headerLength(2n ** 60n),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most \d+ bytes/,
    got: /1152921504606846976/,
  },
  {
    name: 'header length of 2^64 - 1',
    files: headerLength(2n ** 64n - 1n),
    code: 'checkpoint-damaged',
    who: file,
    where: /header length/,
    expected: /at most/,
    got: /18446744073709551615/,
  },
  {
    name: 'header is not JSON',
    files: bytes((b) => b.slice().fill(0x58, 8, 20)),
    code: 'checkpoint-damaged',
    who: file,
    where: /header/,
    expected: /JSON/,
    got: /XXXX/,
  },
  {
    name: 'overlapping offsets',
    files: weights((h) => {
      h[V]!.data_offsets = h[K]!.data_offsets;
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor .*_proj/,
    expected: /offset \d+/,
    got: /\d+/,
  },
  {
    name: 'out-of-range offsets',
    files: weights((h) => {
      h[K]!.data_offsets = [1e9, 1e9 + 800];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: /tensor .*/,
    expected: /bytes|offset/,
    got: /\d+/,
  },
  {
    name: 'negative offsets',
    files: weights((h) => {
      h[K]!.data_offsets = [-800, 0];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /whole numbers/,
    got: /-800/,
  },
  {
    name: 'offsets beyond 2^53',
    files: weights((h) => {
      h[K]!.data_offsets = [0, 1e300];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /whole numbers/,
    got: /1e\+300/,
  },
  {
    name: 'shape and offsets disagree',
    files: weights((h) => {
      h[K]!.shape = [10, 21];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /840 bytes/,
    got: /800 bytes/,
  },
  {
    name: 'a shape whose product overflows',
    files: weights((h) => {
      h[K]!.shape = [2 ** 40, 2 ** 40];
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /2\^53/,
    got: /1099511627776/,
  },
  {
    name: 'unknown dtype',
    files: weights((h) => {
      h[K]!.dtype = 'F31';
    }),
    code: 'checkpoint-damaged',
    who: file,
    where: new RegExp(K),
    expected: /BF16/,
    got: /F31/,
  },
  {
    name: 'wrong dtype',
    files: weights((h) => {
      h[K]!.dtype = 'I32';
    }),
    code: 'checkpoint-mismatch',
    who: file,
    where: new RegExp(K),
    expected: /F32, F16 or BF16/,
    got: /I32/,
  },
  {
    name: 'missing tensor',
    files: weights((h) => {
      h.other = h[K]!;
      delete h[K];
    }),
    code: 'checkpoint-mismatch',
    who: 'tiny',
    where: new RegExp(K),
    expected: /\[10, 20\]/,
    got: /11 other tensors/,
  },
  {
    name: 'wrong shape',
    files: weights((h) => {
      h[K]!.shape = [20, 10];
    }),
    code: 'checkpoint-mismatch',
    who: file,
    where: new RegExp(K),
    expected: /\[10, 20\]/,
    got: /\[20, 10\]/,
  },
  {
    name: 'no weights',
    files: () => ({ ...tinyFiles(), [file]: undefined as unknown as string }),
    code: 'source-missing',
    who: 'tiny',
    expected: /model\.safetensors/,
    got: /neither/,
  },
  {
    name: 'tokenizer cut short',
    files: () => ({ ...tinyFiles(), 'tokenizer.json': JSON.stringify(TINY_TOKENIZER).slice(0, 300) }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    expected: /JSON/,
    got: /300 bytes/,
  },
  {
    name: 'tokenizer of wrong types',
    files: tokenizer((j) => {
      (j.model as Record<string, unknown>).vocab = ['a'];
    }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    where: /model\.vocab/,
    expected: /object/,
    got: /"a"/,
  },
  {
    name: 'tokenizer of an unknown model type',
    files: tokenizer((j) => {
      (j.model as Record<string, unknown>).type = 'Tea';
    }),
    code: 'tokenizer-damaged',
    who: 'tokenizer.json',
    where: /model\.type/,
    expected: /BPE/,
    got: /Tea/,
  },
  {
    name: 'config cut short',
    files: () => ({ ...tinyFiles(), 'config.json': JSON.stringify(TINY_CONFIG).slice(0, 50) }),
    code: 'checkpoint-damaged',
    who: 'config.json',
    expected: /JSON/,
    got: /50 bytes/,
  },
  {
    name: 'config of an unknown family',
    files: () => ({ ...tinyFiles(), 'config.json': JSON.stringify({ ...TINY_CONFIG, model_type: 'yeti' }) }),
    code: 'model-unknown',
    who: 'config.json',
    where: /model_type/,
    expected: /llama/,
    got: /yeti/,
  },
];

describe('damaged files', () => {
  test.each(damages)('$name', async (damage) => {
    const storage = memoryStorage();
    await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny', weights: 'f32' });
    await importModel(memoryFolder('other', tinyFiles()), openStore(storage), { weights: 'm0e4' });
    const before = snapshot(storage);
    const error = await importing(damage.files(), storage);
    expect(error.code).toBe(damage.code);
    expect(error.who).toBe(damage.who);
    if (damage.where !== undefined) expect(error.where).toMatch(damage.where);
    expect(error.expected).toMatch(damage.expected);
    expect(error.got).toMatch(damage.got);
    expect(snapshot(storage)).toEqual(before);
    expect((await listModels(openStore(storage))).map((m) => m.id).sort()).toEqual(['other', 'tiny']);
  });

  test('weights that end in mid-conversion leave nothing behind', async () => {
    const storage = memoryStorage();
    await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny', weights: 'f32' });
    const before = snapshot(storage);
    const files = tinyFiles();
    const folder = memoryFolder('tiny', files);
    const torn = {
      ...folder,
      async open(name: string) {
        const source = await folder.open(name);
        if (name !== file || source === undefined) return source;
        return {
          ...source,
          // biome-ignore lint/correctness/useYield: the connection breaks before the first byte
          async *stream() {
            throw new LinnetError('source-read', { who: file, message: 'the connection broke' });
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

/** Every mutation must end in a LinnetError or in a good model, soon, and never in anything else. */
test(`mutated headers and tokenizers, seed ${SEED}`, async () => {
  const seed = SEED;
  const random = seededRandom(seed);
  const pick = (n: number) => Math.floor(random() * n);
  const good = tinyFiles();
  const rounds = 600;
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const name = round % 4 === 3 ? 'tokenizer.json' : file;
    const whole = good[name] as Uint8Array | string;
    const copy = typeof whole === 'string' ? new TextEncoder().encode(whole) : whole.slice();
    const reach = name === file ? 1400 : copy.length;
    for (let n = 1 + pick(3); n > 0; n--) {
      const at = pick(reach);
      const kind = pick(3);
      // A digit for a digit keeps the JSON whole and the numbers wrong.
      if (kind === 0) copy[at] = 0x30 + pick(10);
      else if (kind === 1) copy[at] = pick(256);
      else copy.copyWithin(at, pick(reach), pick(reach));
    }
    const storage = memoryStorage();
    const started = performance.now();
    try {
      await importModel(memoryFolder('tiny', { ...good, [name]: copy }), openStore(storage), {
        weights: 'f32',
      });
    } catch (error) {
      refused++;
      expect(error, `seed ${seed}, round ${round}: ${String(error)}`).toBeInstanceOf(LinnetError);
      expect((error as LinnetError).code, `seed ${seed}, round ${round}: ${String(error)}`).not.toBe(
        'internal',
      );
      expect([...storage.files.keys()]).toEqual([]);
    }
    expect(performance.now() - started, `seed ${seed}, round ${round}`).toBeLessThan(2000);
  }
  expect(refused, `seed ${seed}`).toBeGreaterThan(rounds / 2);
});
