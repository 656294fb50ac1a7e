/** Branches and saved prefixes of a whole session on the CPU. On a GPU: engine/conformance/golden.gpu.test.ts. */
import { describe, expect, test } from 'vitest';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { type MemoryStorage, memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { tinyFiles } from '../testing/tiny-checkpoint.ts';
import { importModel } from './import/import.ts';
import { CPU_FACTS, type InterpreterRuntime, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from './load.ts';
import type { LoadedModel } from './model.ts';
import type { LoadOptions } from './types.ts';

const PAGE = 'once upon a time there was a page';
const PATH = 'prefixes/page';

/** The tiny checkpoint with room for a long text. */
const roomy = {
  ...tinyFiles(),
  'config.json': String(tinyFiles()['config.json']).replace(/("max_position_embeddings":\s*)\d+/, '$1512'),
};

interface Tiny {
  readonly model: LoadedModel;
  readonly runtime: InterpreterRuntime;
}

async function tiny(options: LoadOptions = {}, files = tinyFiles()): Promise<Tiny> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  let runtime: InterpreterRuntime | undefined;
  const some = { ...options, activations: options.activations ?? ('f32' as const) };
  const model = await loadWith(store, id, some, {}, CPU_FACTS, async (graph, given) => {
    runtime = await interpreterRuntime(graph, given);
    return runtime;
  });
  return { model, runtime: runtime as InterpreterRuntime };
}

const text = (content: string) => ({ kind: 'text', text: content }) as const;
const ask = (content: string, branch?: string) => ({
  prompt: text(content),
  maxTokens: 3,
  ignoreEos: true,
  ...(branch === undefined ? {} : { branch }),
});

test('two continuations of one page run only their own tokens and do not affect each other', async () => {
  const alone = await tiny();
  const want = (await alone.model.generate(ask(`${PAGE} abc def`))).ids;
  const { model, runtime } = await tiny();
  await model.generate(ask(`${PAGE} abc`));
  await model.generate(ask(`${PAGE} xyz`, 'other'));
  const before = runtime.runs.length;
  expect((await model.generate(ask(`${PAGE} abc def`))).ids).toEqual(want);
  // BOS, the page and ` abc` were in the cache.
  expect(runtime.runs[before]).toBe(`${1 + PAGE.length + 4}+4`);
});

test('a second question on the same page runs at most 5 % of the rows', async () => {
  const { model, runtime } = await tiny({ capacity: 60 });
  const rows = async (question: string) => {
    const before = runtime.counters().rows;
    await model.generate({ ...ask(PAGE.slice(0, 20).padEnd(50, 'a') + question), maxTokens: 1 });
    return runtime.counters().rows - before;
  };
  const first = await rows('bc');
  expect(await rows('xy')).toBeLessThanOrEqual(0.05 * first);
});

describe('saved prefixes', () => {
  const saved = async (): Promise<MemoryStorage> => {
    const storage = memoryStorage();
    const { model } = await tiny();
    const { tokens } = await model.savePrefix(text(PAGE), storage, PATH);
    expect(tokens).toBe(1 + PAGE.length);
    return storage;
  };

  test('restores a prefix after a restart and runs only the rest', async () => {
    const storage = await saved();
    const { model: fresh } = await tiny();
    const want = (await fresh.generate(ask(`${PAGE} abc`))).ids;
    const { model, runtime } = await tiny();
    const { tokens, bytes } = await model.loadPrefix(storage, PATH);
    expect(bytes).toBeGreaterThan(0);
    expect((await model.generate(ask(`${PAGE} abc`))).ids).toEqual(want);
    expect(runtime.runs[0]).toBe(`${tokens}+4`);
  });

  test('computes nothing to save what is in the cache already', async () => {
    const { model, runtime } = await tiny();
    await model.generate(ask(`${PAGE} abc`));
    const before = runtime.runs.length;
    await model.savePrefix(text(PAGE), memoryStorage(), PATH);
    expect(runtime.runs).toHaveLength(before);
  });

  test.each([
    ['a flipped bit', (f: Uint8Array) => f.with(f.length - 9, (f.at(-9) as number) ^ 4), 'damaged'],
    ['a truncated file', (f: Uint8Array) => f.subarray(0, f.length - 4), 'truncated'],
    ['a header that was never written', (f: Uint8Array) => f.fill(0, 0, 8), 'damaged'],
    ['a foreign file', () => new Uint8Array(64).fill(65), 'damaged'],
    ['an empty file', () => new Uint8Array(0), 'damaged'],
    ['a missing file', undefined, 'no saved text'],
  ])('refuses %s and leaves the cache unchanged', async (_, damage, message) => {
    const storage = memoryStorage();
    const whole = (await saved()).files.get(PATH) as Uint8Array;
    if (damage !== undefined) {
      const file = await storage.create(PATH);
      await file.write(0, damage(whole.slice()));
    }
    const { model, runtime } = await tiny();
    await model.generate(ask(`${PAGE} abc`));
    await expect(model.loadPrefix(storage, PATH)).rejects.toMatchObject({
      code: 'prefix-unusable',
      message: expect.stringContaining(message),
    });
    const before = runtime.runs.length;
    await model.generate(ask(`${PAGE} abd`));
    expect(runtime.runs[before]).toBe(`${1 + PAGE.length + 3}+1`);
  });

  /** A saved prefix with other fields in its header. */
  const withHeader = async (fields: object) => {
    const whole = (await saved()).files.get(PATH) as Uint8Array;
    const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length))) as object;
    const text = new TextEncoder().encode(JSON.stringify({ ...header, ...fields }));
    const bytes = new Uint8Array(4 + Math.ceil(text.length / 4) * 4 + whole.length - 4 - length).fill(0x20);
    new DataView(bytes.buffer).setUint32(0, Math.ceil(text.length / 4) * 4, true);
    bytes.set(text, 4);
    bytes.set(whole.subarray(4 + length), bytes.length - (whole.length - 4 - length));
    const storage = memoryStorage();
    await (await storage.create(PATH)).write(0, bytes);
    return storage;
  };

  test("a header with another producer's tag is read, one of a later form is refused", async () => {
    const { model } = await tiny();
    const later = await withHeader({ format: 'earlier-prefix/2' });
    await expect(model.loadPrefix(later, PATH)).rejects.toMatchObject({
      code: 'prefix-unusable',
      message: expect.stringContaining('another form'),
    });
    await model.loadPrefix(await withHeader({ format: 'earlier-prefix/1' }), PATH);
  });

  test.each([
    ['rows packed for a model with other heads', { length: 8, starts: [1, 2, 3] }, 'packed in another way'],
    ['a start after the packed rows', { length: 8, starts: [9] }, 'damaged'],
    ['a negative start', { length: 8, starts: [-1] }, 'damaged'],
    ['more packed rows than tokens', { length: 1e6, starts: [0] }, 'damaged'],
    ['no starts', { length: 8 }, 'damaged'],
    ['no object', 'all', 'damaged'],
  ])('refuses %s', async (_, packed, message) => {
    const { model } = await tiny();
    await expect(model.loadPrefix(await withHeader({ packed }), PATH)).rejects.toMatchObject({
      code: 'prefix-unusable',
      message: expect.stringContaining(message),
    });
  });

  test('names the difference: another model, another precision, a smaller cache', async () => {
    const storage = await saved();
    const config = JSON.parse(String(tinyFiles()['config.json'])) as object;
    const files = { ...tinyFiles(), 'config.json': JSON.stringify({ ...config, rope_theta: 500 }) };
    const others = [await tiny({}, files), await tiny({ activations: 'f16' }), await tiny({ capacity: 20 })];
    const messages = ['another model', 'another model', 'longer than the cache'];
    for (const [i, { model }] of others.entries()) {
      await expect(model.loadPrefix(storage, PATH)).rejects.toMatchObject({
        code: 'prefix-unusable',
        message: expect.stringContaining(messages[i] as string),
      });
    }
  });

  test('leaves no file on a full disk', async () => {
    const storage = memoryStorage(1000);
    const { model } = await tiny();
    await expect(model.savePrefix(text(PAGE), storage, PATH)).rejects.toMatchObject({ code: 'store-full' });
    expect(storage.files.has(PATH)).toBe(false);
  });
});

describe('a prompt read ahead', () => {
  test('leaves a request with its last token alone, and on another branch with what differs', async () => {
    const { model, runtime } = await tiny();
    const ahead = await model.read(text(PAGE), { branch: 'ahead' });
    expect(ahead).toEqual({ tokens: 1 + PAGE.length, reused: 0, read: 1 + PAGE.length });
    expect((await model.read(text(PAGE), { branch: 'ahead' })).read).toBe(0);
    const rows = async (content: string) => {
      const before = runtime.counters().rows;
      await model.generate({ ...ask(content, 'question'), maxTokens: 1 });
      return runtime.counters().rows - before;
    };
    expect(await rows(PAGE)).toBe(1);
    expect(await rows(`${PAGE} ab`)).toBe(3);
  });

  test('keeps what it read until it was stopped', async () => {
    const { model } = await tiny({ capacity: 400 }, roomy);
    const stop = new AbortController();
    const long = text(PAGE.repeat(10));
    const onEvent = ({ kind, ...event }: { kind: string; done?: number }) => {
      if (kind === 'prefill' && (event.done ?? 0) > 0) stop.abort();
    };
    const first = await model.read(long, { onEvent, signal: stop.signal });
    expect(first.read).toBeGreaterThan(0);
    expect(first.read).toBeLessThan(first.tokens);
    expect(await model.read(long)).toEqual({ ...first, reused: first.read, read: first.tokens - first.read });
  });

  test('has a pace of its own, after which the usual one counts again', async () => {
    const { model, runtime } = await tiny();
    model.setPace('balanced');
    const paces: string[] = [];
    await model.read(text(PAGE), { pace: 'polite', onEvent: () => paces.push(runtime.pace) });
    expect(new Set(paces)).toEqual(new Set(['polite']));
    expect(runtime.pace).toBe('balanced');
  });
});

describe('a prefix for a prompt', () => {
  const LONG = PAGE.repeat(3);
  const saved = async () => {
    const storage = memoryStorage();
    const { model } = await tiny({ capacity: 200 }, roomy);
    await model.savePrefix(text(`${LONG} answer`), storage, PATH);
    return storage;
  };

  test('is loaded where it has more than the cache, and left alone where it has not', async () => {
    const storage = await saved();
    const { model, runtime } = await tiny({ capacity: 200 }, roomy);
    const prompt = text(`${LONG} other`);
    expect((await model.loadPrefix(storage, PATH, { branch: 'b', prompt })).tokens).toBeGreaterThan(0);
    expect((await model.loadPrefix(storage, PATH, { branch: 'b', prompt })).tokens).toBe(0);
    const before = runtime.counters().rows;
    await model.generate({ ...ask(`${LONG} other`, 'b'), maxTokens: 1 });
    expect(runtime.counters().rows - before).toBe('other'.length);
  });

  test('is not loaded for another text', async () => {
    const { model } = await tiny({ capacity: 200 }, roomy);
    const prompt = text('quite another text');
    expect((await model.loadPrefix(await saved(), PATH, { prompt })).tokens).toBe(0);
  });
});
