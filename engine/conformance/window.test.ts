/**
 * A session whose layers keep only the last rows of the cache, on the CPU: those of a window, or of the taps of a
 * convolution. Far past them the results equal those with all rows, and positions that are no longer in the window are computed again. The kernels on a GPU:
 * runtime/rings.gpu.test.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { onDemand } from '../../scripts/testing/assets.ts';
import { buildModel, type CacheForm } from '../models/index.ts';
import { TINY_FAMILIES, type TinyFamily } from '../testing/tiny-families.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { tinyFiles } from '../testing/tiny-checkpoint.ts';
import { importModel } from '../session/import/import.ts';
import { CPU_FACTS, type InterpreterRuntime, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { MAX_CHUNK, REACH } from '../session/limits.ts';
import { loadWith } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import { tinyFamilyFiles } from '../testing/tiny-family/files.ts';
import type { GenerateRequest } from '../session/types.ts';

const CAPACITY = 420;

/** A model whose layers look back over `window` tokens. */
interface Kind {
  readonly window: number;
  /** Whether its answers repeat the text, so that drafts are made. */
  readonly repeats: boolean;
  readonly config: object;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

const configOf = (files: Kind['files'], more: object = {}): object => ({
  ...(JSON.parse(String(files['config.json'])) as object),
  ...more,
});
const mistral = configOf(tinyFiles(), { model_type: 'mistral', sliding_window: 6 });
const lfm2 = tinyFamilyFiles(TINY_FAMILIES.find(({ name }) => name === 'lfm2') as TinyFamily, 'F32');
const lfm3 = tinyFamilyFiles(TINY_FAMILIES.find(({ name }) => name === 'lfm3') as TinyFamily, 'F32');
const KINDS: [string, Kind, everyRun?: boolean][] = [
  ['a window', { window: 6, repeats: true, config: mistral, files: tinyFiles() }],
  // The kind below has convolutions too.
  ['a convolution', { window: 3, repeats: false, config: configOf(lfm2), files: lfm2 }, false],
  [
    'windows and convolutions of seven, with gates',
    { window: 7, repeats: true, config: configOf(lfm3, { sliding_window: 7 }), files: lfm3 },
  ],
];

/** Longer than the ring. */
const PAGE = Array.from({ length: 30 }, (_, i) => `${'abcdefgh'[i % 8]}${'xyzuvw'[i % 6]} once`).join(' ');
const PATH = 'prefixes/page';

interface Tiny {
  readonly model: LoadedModel;
  readonly runtime: InterpreterRuntime;
}

interface Options {
  /** Keeps a row for every position. */
  readonly whole?: boolean;
  readonly capacity?: number;
  readonly reach?: number;
}

async function tinyOf(
  kind: Kind,
  { whole = false, capacity = CAPACITY, reach = MAX_CHUNK }: Options = {},
): Promise<Tiny> {
  const store = openStore(memoryStorage());
  const config = { ...kind.config, max_position_embeddings: capacity };
  const files = { ...kind.files, 'config.json': JSON.stringify(config) };
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  const sizes = { activations: 'f32', capacity, reach } as const;
  const linear = { ...sizes, weights: () => ({ dtype: 'f32' }) as const, maxChunk: capacity };
  let runtime: InterpreterRuntime | undefined;
  const model = await loadWith(store, id, sizes, {}, CPU_FACTS, async (graph, options) => {
    runtime = await interpreterRuntime(whole ? buildModel(config, linear) : graph, options);
    return runtime;
  });
  return { model, runtime: runtime as InterpreterRuntime };
}

const text = (content: string) => ({ kind: 'text', text: content }) as const;
const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: text(content),
  maxTokens: 5,
  ignoreEos: true,
  ...more,
});
test('refuses an 8-bit prefix for a plain cache, and the reverse', async () => {
  const family = TINY_FAMILIES.find(({ name }) => name === 'llama') ?? expect.fail();
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', tinyFamilyFiles(family, 'F32')), store, {
    weights: 'f32',
  });
  const load = (cache: CacheForm) =>
    loadWith(store, id, { activations: 'f32', cache }, {}, CPU_FACTS, interpreterRuntime);
  const [plain, bytes] = [await load('plain'), await load('q8')];
  expect([plain.facts.cache, bytes.facts.cache]).toEqual(['plain', 'q8']);
  const storage = memoryStorage();
  await plain.savePrefix(text(''), storage, 'plain');
  await bytes.savePrefix(text(''), storage, 'q8');
  for (const [model, path] of [
    [plain, 'q8'],
    [bytes, 'plain'],
  ] as const) {
    const refused = { code: 'prefix-unusable', message: expect.stringContaining('another form of cache') };
    await expect(model.loadPrefix(storage, path)).rejects.toMatchObject(refused);
  }
  expect(await bytes.loadPrefix(storage, 'q8')).toMatchObject({ tokens: 1 });
});

describe.each(KINDS)('%s', (_, kind, everyRun = true) => {
  // A kind whose parts another one has waits for `--all`; the reason is counted and printed.
  beforeEach((t) => (everyRun || onDemand === undefined ? undefined : t.skip(onDemand)));

  const { window: WINDOW } = kind;
  const RING = WINDOW + MAX_CHUNK;
  const tiny = (options?: Options) => tinyOf(kind, options);

  /** Returns the answer of a fresh model with all rows. */
  const alone = async (request: GenerateRequest) =>
    (await (await tiny({ whole: true })).model.generate(request)).ids;

  async function rowsRun({ model, runtime }: Tiny, request: GenerateRequest): Promise<number> {
    const before = runtime.runs.length;
    expect((await model.generate(request)).ids).toEqual(await alone(request));
    const runs = runtime.runs.slice(before).filter((run) => !run.endsWith('+1'));
    return runs.reduce((sum, run) => sum + Number(run.split('+')[1]), 0);
  }

  test('gives the same answer far past the window as with all rows', async () => {
    expect(PAGE.length).toBeGreaterThan(RING + 50);
    const { model } = await tiny();
    expect(model.inspect()).toContain(`layers that see ${WINDOW} tokens keep ${RING} rows`);
    const request = ask(PAGE, { maxTokens: 150 });
    expect((await model.generate(request)).ids).toEqual(await alone(request));
  });

  test('gives the same answer with drafts', async () => {
    const { model } = await tiny();
    const request = ask(`${PAGE} ${PAGE.slice(0, 40)}`, { maxTokens: 120, speculation: 'always' });
    const { ids, counters } = await model.generate(request);
    expect(ids).toEqual(await alone({ ...request, speculation: 'off' }));
    expect(counters.acceptedTokens > 0).toBe(kind.repeats);
  });

  test('runs only the new tokens of a turn, but all of one that departs beyond reach', async () => {
    const it = await tiny();
    expect(await rowsRun(it, ask(`${PAGE} abc`))).toBe(1 + PAGE.length + 4);
    expect(await rowsRun(it, ask(`${PAGE} xyz`))).toBe(3);
    // The end of the page is now outside the ring.
    await it.model.generate(ask(`${PAGE} xyz`, { maxTokens: MAX_CHUNK + 20 }));
    expect(await rowsRun(it, ask(`${PAGE} abc`))).toBe(1 + PAGE.length + 4);
  });

  test('the default reach lets the next question follow a long answer', async () => {
    const it = await tiny({ capacity: WINDOW + REACH + 400, reach: REACH });
    expect(it.model.inspect()).toContain(`keep ${WINDOW + REACH} rows`);
    const page = PAGE.repeat(6).slice(0, REACH + 50);
    await it.model.generate(ask(`${page} abc`, { maxTokens: 300 }));
    const before = it.runtime.runs.length;
    await it.model.generate(ask(`${page} xyz`));
    expect(it.runtime.runs[before]).toBe(`${1 + page.length + 1}+3`);
  });

  test('resumes a stopped prefill where it stopped', async () => {
    const it = await tiny();
    const stop = new AbortController();
    const onEvent = ({ kind, done }: { kind: string; done?: number }) => {
      if (kind === 'prefill' && done === MAX_CHUNK) stop.abort();
    };
    const stopped = await it.model.generate(ask(PAGE), { signal: stop.signal, onEvent });
    expect(stopped.stop).toBe('cancelled');
    expect(await rowsRun(it, ask(PAGE))).toBe(1 + PAGE.length - MAX_CHUNK);
  });

  test('restores the windows of two branches', async () => {
    const it = await tiny();
    const [one, other] = [`${PAGE} abc`, `${PAGE} xyz`];
    await it.model.generate(ask(one, { maxTokens: 60 }));
    await it.model.generate(ask(other, { maxTokens: 60, branch: 'b' }));
    expect(await rowsRun(it, ask(`${one} def`))).toBe(4);
    expect(await rowsRun(it, ask(`${other} def`, { branch: 'b' }))).toBe(4);
  });

  test('saves only a window of a prefix, and continues as with all rows', async () => {
    const storage = memoryStorage();
    const first = await tiny();
    const { tokens, bytes } = await first.model.savePrefix(text(PAGE), storage, PATH);
    const whole = await tiny({ whole: true });
    expect(bytes).toBeLessThan((await whole.model.savePrefix(text(PAGE), memoryStorage(), PATH)).bytes);
    for (const content of [`${PAGE} abc`, PAGE]) {
      const it = await tiny();
      expect(await it.model.loadPrefix(storage, PATH)).toMatchObject({ tokens });
      expect(await rowsRun(it, ask(content))).toBeLessThanOrEqual(4);
    }
    // A cache with all rows refuses a prefix that has only windows.
    await expect(whole.model.loadPrefix(storage, PATH)).rejects.toMatchObject({ code: 'prefix-unusable' });
  });

  test('computes a prefix again to save it after it left the ring', async () => {
    const it = await tiny();
    await it.model.generate(ask(PAGE, { maxTokens: 20 }));
    const before = it.runtime.runs.length;
    const storage = memoryStorage();
    await it.model.savePrefix(text(PAGE), storage, PATH);
    expect(it.runtime.runs).toHaveLength(before);
    const { tokens } = await it.model.savePrefix(text(PAGE.slice(0, 20)), storage, PATH);
    expect(it.runtime.runs.slice(before)).toEqual([`0+${tokens}`]);
    const fresh = await tiny();
    await fresh.model.loadPrefix(storage, PATH);
    const longer = ask(`${PAGE.slice(0, 20)}${'b'.repeat(150)}`, { speculation: 'off' });
    expect(await rowsRun(fresh, longer)).toBe(150);
  });
});
