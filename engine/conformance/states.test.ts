/**
 * A session with states that cannot be cut back, on the CPU: whatever happened before, its answers are those of a fresh
 * model, and only what no kept state covers is run again. Which states are kept: kv/snapshots.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { CPU_FACTS, type InterpreterRuntime, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { TINY_FAMILIES } from '../testing/tiny-families.ts';
import { tinyFamilyFiles } from '../testing/tiny-family/files.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import type { Guide } from '../session/guide/guide.ts';
import { importModel } from '../session/import/import.ts';
import { MAX_CHUNK } from '../session/limits.ts';
import { loadWith } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import type { GenerateRequest } from '../session/types.ts';

const CAPACITY = 420;
const NAMES = ['qwen3-5', 'falcon-h1'];
/** States as Falcon-H1's, beside layers without any, or with groups: what saves and reopens them is tried. */
const SAVED = ['granite-4-h', 'granite-4-h-groups'];

interface Tiny {
  readonly model: LoadedModel;
  readonly runtime: InterpreterRuntime;
}

const text = (content: string) => ({ kind: 'text', text: content }) as const;
const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: text(content),
  maxTokens: 5,
  ignoreEos: true,
  ...more,
});

/** A token for each letter. */
const PAGE = Array.from({ length: 20 }, (_, i) => `${'abcdefgh'[i % 8]}${'xyzuvw'[i % 6]} once`).join(' ');
const TOKENS = 1 + PAGE.length;

describe.each(TINY_FAMILIES.filter(({ name }) => [...NAMES, ...SAVED].includes(name)))('$name', (family) => {
  const tiny = async (): Promise<Tiny> => {
    const store = openStore(memoryStorage());
    const files = tinyFamilyFiles(family, 'F32');
    const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
    let runtime: InterpreterRuntime | undefined;
    const options = { activations: 'f32', capacity: CAPACITY } as const;
    const model = await loadWith(store, id, options, {}, CPU_FACTS, async (...all) => {
      runtime = await interpreterRuntime(...all);
      return runtime;
    });
    return { model, runtime: runtime as InterpreterRuntime };
  };
  const answers = new Map<string, readonly number[]>();
  const alone = async (request: GenerateRequest, guide?: Guide): Promise<readonly number[]> => {
    const key = JSON.stringify([request.prompt, request.maxTokens, guide !== undefined]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const { ids } = await (await tiny()).model.generate(request, guide === undefined ? {} : { guide });
    answers.set(key, ids);
    return ids;
  };

  /** The answer is that of a fresh model; returns where the first run of it began. */
  async function startOf({ model, runtime }: Tiny, request: GenerateRequest): Promise<number> {
    const before = runtime.runs.length;
    expect((await model.generate(request)).ids).toEqual(await alone(request));
    return Number(runtime.runs[before]?.split('+')[0]);
  }

  test('a saved prefix is continued without running it, and a longer text from its end', async () => {
    const storage = memoryStorage();
    const first = await tiny();
    await first.model.generate(ask(`${PAGE} abc`, { maxTokens: 30 }));
    const { tokens } = await first.model.savePrefix(text(PAGE), storage, 'page');
    expect(tokens).toBe(TOKENS);
    const it = await tiny();
    expect(await it.model.loadPrefix(storage, 'page')).toMatchObject({ tokens });
    expect(await startOf(it, ask(`${PAGE} def`))).toBe(TOKENS);
    expect(await startOf(it, ask(`${PAGE} uvw`))).toBe(TOKENS);
  });

  if (SAVED.includes(family.name)) return;

  test('the next question about a text begins at the last state within it', async () => {
    const it = await tiny();
    expect(await startOf(it, ask(`${PAGE} abc`, { maxTokens: 40 }))).toBe(0);
    expect(await startOf(it, ask(`${PAGE} xyz`))).toBe(Math.floor(TOKENS / MAX_CHUNK) * MAX_CHUNK);
  });

  test('an answer is continued where it ended', async () => {
    const it = await tiny();
    const first = await it.model.generate(ask(PAGE, { maxTokens: 20 }));
    const before = it.runtime.runs.length;
    const longer = `${PAGE}${first.text} and`;
    expect((await it.model.generate(ask(longer))).ids).toEqual(await alone(ask(longer)));
    expect(Number(it.runtime.runs[before]?.split('+')[0])).toBeGreaterThanOrEqual(TOKENS - 1);
  });

  test('gives the same answer with drafts, right and wrong ones', async () => {
    const it = await tiny();
    const request = ask(`${PAGE} ${PAGE.slice(0, 40)}`, { maxTokens: 50, speculation: 'always' });
    const { ids } = await it.model.generate(request);
    expect(ids).toEqual(await alone({ ...request, speculation: 'off' }));
    expect(await startOf(it, ask(`${PAGE} xyz`))).toBeGreaterThan(0);
  });

  test('gives the same answer after a guide took tokens back and forced others', async () => {
    const guide = (): Guide => {
      let done = false;
      return {
        next({ ids }) {
          if (ids.length === 9 && !done) {
            done = true;
            return { rewind: 3 };
          }
          return done && ids.length === 3 ? { force: [5, 7, 9] } : 'free';
        },
      };
    };
    const it = await tiny();
    const { ids } = await it.model.generate(ask(PAGE, { maxTokens: 16 }), { guide: guide() });
    const { ids: plain } = await it.model.generate(ask(PAGE, { maxTokens: 3 }));
    expect(ids.slice(0, 6)).toEqual([...plain, 5, 7, 9]);
    expect(ids).toEqual(await alone(ask(PAGE, { maxTokens: 16 }), guide()));
  });

  test('resumes a stopped prefill at the last state', async () => {
    const it = await tiny();
    const stop = new AbortController();
    const onEvent = ({ kind, done }: { kind: string; done?: number }) => {
      if (kind === 'prefill' && done === MAX_CHUNK) stop.abort();
    };
    expect((await it.model.generate(ask(PAGE), { signal: stop.signal, onEvent })).stop).toBe('cancelled');
    expect(await startOf(it, ask(PAGE))).toBe(MAX_CHUNK);
  });

  test('two branches each continue where they ended', async () => {
    const it = await tiny();
    await it.model.generate(ask(`${PAGE} abc`, { maxTokens: 1 }));
    await it.model.generate(ask(`${PAGE} xyz`, { maxTokens: 1, branch: 'b' }));
    const back = await startOf(it, ask(`${PAGE} abc def`));
    expect(back).toBeGreaterThan(TOKENS);
    expect(await startOf(it, ask(`${PAGE} xyz def`, { branch: 'b' }))).toBeGreaterThan(TOKENS);
  });
});
