/**
 * Imports damaged files of every kind. Each import must give a valid model or a named error, within the time limit,
 * without an allocation above {@link MAX_ALLOCATION}, and a failed one must leave nothing in the store.
 *
 * Runs a hundred mutations per kind, three hundred with `--all`; `FUZZ_ROUNDS=10000 npx vitest run engine/session/import/files.fuzz` runs more.
 * `SEED=…`, which the tests' names contain, repeats a run. GGUF headers have another fuzz test
 * (weights/gguf/header.fuzz.test.ts); here GGUF files are imported completely.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzRounds } from '../../../scripts/testing/assets.ts';
import { givenSlowness } from '../../../scripts/testing/speed.mjs';
import { EngineError } from '../../base/errors.ts';
import { seededRandom } from '../../tensor/random.ts';
import { tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { importModel } from './import.ts';

type Files = Record<string, Uint8Array | string>;

const MUTATIONS = fuzzRounds(100, 300);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
/** Milliseconds allowed per mutation, on a busy machine. */
const TIME_LIMIT_MS = 250;
/** Bytes allowed per typed array; the tiny files have 25 kB. */
const MAX_ALLOCATION = 64 * 1024 * 1024;

const random = seededRandom(seed);
const below = (n: number) => Math.floor(random() * n);
const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;

// Record the lengths of new typed arrays: an unchecked length from a file must not allocate memory.
const watched = ['Uint8Array', 'Uint16Array', 'Uint32Array', 'Int32Array', 'Float32Array'] as const;
const originals = new Map<string, unknown>();
let largest = 0;

beforeAll(() => {
  for (const name of watched) {
    const original = globalThis[name] as unknown as new (...args: unknown[]) => ArrayBufferView;
    originals.set(name, original);
    const construct = (target: typeof original, args: unknown[], newTarget: object) => {
      const [length] = args;
      if (typeof length === 'number') largest = Math.max(largest, length * bytesOf(name));
      return Reflect.construct(target, args, newTarget as never) as object;
    };
    Object.assign(globalThis, { [name]: new Proxy(original, { construct }) });
  }
});
afterAll(() => Object.assign(globalThis, Object.fromEntries(originals)));

const bytesOf = (name: string): number => Number(/\d+/.exec(name)?.[0]) / 8;

/** Changes, moves and cuts bytes, mostly within the first `reach`. */
function noisy(whole: Uint8Array, reach: number): Uint8Array {
  let copy = whole.slice();
  for (let n = 1 + below(3); n > 0 && copy.length > 0; n--) {
    const at = below(Math.min(reach, copy.length));
    const kind = below(5);
    // Replacing a digit keeps JSON valid and makes its numbers wrong.
    if (kind === 0) copy[at] = 0x30 + below(10);
    else if (kind === 1) copy[at] = below(256);
    else if (kind === 2) copy[at] = (copy[at] as number) ^ (1 << below(8));
    else if (kind === 3) copy.copyWithin(at, below(reach), below(reach));
    else copy = copy.slice(0, random() < 0.3 ? at : copy.length - below(64));
  }
  return copy;
}

const EDGES: readonly unknown[] = [
  0,
  -1,
  1,
  0.5,
  2,
  3,
  255,
  65_537,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  -1e300,
  null,
  true,
  '',
  'x',
  '1e9',
  [],
  [1],
  [[]],
  {},
  { a: 1 },
  'a'.repeat(5000),
];

/** Replaces, removes or duplicates a value in a JSON text. */
function reshaped(text: string): string {
  const json = JSON.parse(text) as unknown;
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(json);
  for (let n = 1 + below(2); n > 0; n--) {
    const { holder, key } = oneOf(places);
    const kind = below(4);
    if (kind === 0) delete holder[key];
    else if (kind === 1 && Array.isArray(holder)) holder.push(holder[Number(key)]);
    else if (kind === 2) holder[key] = oneOf(places).holder;
    else holder[key] = oneOf(EDGES);
  }
  try {
    return JSON.stringify(json);
  } catch {
    return text; // the value contains itself now
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const damagedJson = (text: string) => (random() < 0.6 ? reshaped(text) : noisy(utf8(text), text.length));

const tiny = tinyFiles() as Files;
const ggufs = (['Q4_0', 'F16', 'Q6_K'] as const).map((type) => writeGguf(tinyModel(type)));

/** What is damaged, and the files of an import with that damage. */
const kinds: readonly (readonly [name: string, make: () => Files])[] = [
  [
    'model.safetensors',
    () => ({ ...tiny, 'model.safetensors': noisy(tiny['model.safetensors'] as Uint8Array, 1400) }),
  ],
  ['tokenizer.json', () => ({ ...tiny, 'tokenizer.json': damagedJson(tiny['tokenizer.json'] as string) })],
  ['config.json', () => ({ ...tiny, 'config.json': damagedJson(tiny['config.json'] as string) })],
  ['a GGUF file', () => ({ 'm.gguf': noisy(oneOf(ggufs), 3000) })],
];

async function published(): Promise<Files> {
  const storage = memoryStorage();
  await importModel(memoryFolder('tiny', tiny), openStore(storage), { id: 'tiny' });
  return Object.fromEntries(
    [...storage.files].map(([path, bytes]) => [path.split('/').pop() as string, bytes]),
  );
}

/** Whether the files were refused; throws for any result other than a model or a named error. */
async function refused(files: Files, round: number): Promise<boolean> {
  const storage = memoryStorage();
  largest = 0;
  try {
    await importModel(memoryFolder('tiny', files), openStore(storage), { weights: 'm0e4' });
    return false;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'internal' || error.who === '') {
      throw new Error(`round ${round} of SEED=${seed} ends in ${String(error)}`, { cause: error });
    }
    expect([...storage.files.keys()], `round ${round} of SEED=${seed}`).toEqual([]);
    return true;
  } finally {
    expect(largest, `bytes of one array, round ${round} of SEED=${seed}`).toBeLessThanOrEqual(MAX_ALLOCATION);
  }
}

const timeout = (120_000 + MUTATIONS * TIME_LIMIT_MS) * givenSlowness();

for (const [name, make] of kinds) {
  test(`${MUTATIONS} damaged files: ${name}, SEED=${seed}`, { timeout }, async () => {
    let count = 0;
    for (let round = 0; round < MUTATIONS; round++) if (await refused(make(), round)) count++;
    expect(count).toBeGreaterThan(MUTATIONS / 10);
  });
}

test(`${MUTATIONS} damaged files: manifest.json of a published model, SEED=${seed}`, {
  timeout,
}, async () => {
  const good = await published();
  const manifest = new TextDecoder().decode(good['manifest.json'] as Uint8Array);
  let count = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    if (await refused({ ...good, 'manifest.json': damagedJson(manifest) }, round)) count++;
  }
  expect(count).toBeGreaterThan(MUTATIONS / 10);
});
