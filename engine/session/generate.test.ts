/** A whole session on the CPU: import, load, generate. On a GPU: engine/conformance/golden.gpu.test.ts. */
import { expect, test } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { createCache } from '../kv/cache.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { TINY, TINY_CONFIG, tinyFiles } from '../testing/tiny-checkpoint.ts';
import { withLessRoom } from './limits.ts';
import { readPrompt } from './read-prompt.ts';
import { importModel } from './import/import.ts';
import { CPU_FACTS, type InterpreterRuntime, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from './load.ts';
import { openText } from './text.ts';
import type { StatsMeter } from './stats.ts';
import type { LoadedModel } from './model.ts';
import type { GenerateEvent, GenerateRequest, LoadOptions } from './types.ts';

async function tiny(
  options: LoadOptions = {},
  files = tinyFiles(),
): Promise<{ model: LoadedModel; runtime: InterpreterRuntime }> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  let runtime: InterpreterRuntime | undefined;
  const model = await loadWith(
    store,
    id,
    { ...options, activations: 'f32' },
    {},
    CPU_FACTS,
    async (graph, given) => {
      runtime = await interpreterRuntime(graph, given);
      return runtime;
    },
  );
  return { model, runtime: runtime as InterpreterRuntime };
}

const ask = (text: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: { kind: 'text', text },
  maxTokens: 8,
  ignoreEos: true,
  ...more,
});

test('greedy decoding with a step in flight equals the argmax of the logits', async () => {
  const { model } = await tiny();
  const { ids, promptIds, stop, counters } = await model.generate(ask('hello'));
  expect(promptIds).toHaveLength(6);
  expect(stop).toBe('length');
  const slow: number[] = [];
  for (let i = 1; i <= 8; i++)
    slow.push((await model.generate(ask('hello', { maxTokens: i }))).ids.at(-1) as number);
  expect(ids).toEqual(slow);
  const { logits } = await model.logits(ask('hello').prompt);
  expect(ids[0]).toBe(logits.indexOf(Math.max(...logits)));
  expect(counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
  expect(counters.submitsPerToken).toBe(1);
  expect(counters.readbackBytesPerToken).toBe(4);
  expect(counters.dispatchesPerToken).toBeGreaterThan(10);
});

test('reports the prefill, then the pieces of the text', async () => {
  const { model } = await tiny();
  const events: GenerateEvent[] = [];
  const result = await model.generate(ask('abc def'), { onEvent: (e) => events.push(e) });
  expect(events[0]).toEqual({ kind: 'prefill', done: 0, total: 8, reused: 0 });
  expect(events[1]).toEqual({ kind: 'prefill', done: 8, total: 8, reused: 0 });
  const tokens = events.filter((e) => e.kind === 'token');
  expect(tokens.map((t) => t.id)).toEqual(result.ids);
  expect(tokens.map((t) => t.text).join('')).toBe(result.text);
});

test('runs only the new tokens of a prompt that starts like the previous one', async () => {
  const { model, runtime } = await tiny();
  await model.generate(ask('once upon a time', { maxTokens: 2 }));
  const { length } = runtime.runs;
  const events: GenerateEvent[] = [];
  const again = await model.generate(ask('once upon a hill', { maxTokens: 2 }), {
    onEvent: (e) => events.push(e),
  });
  expect(runtime.runs[length]).toBe('13+4');
  expect(events[0]).toEqual({ kind: 'prefill', done: 13, total: 17, reused: 13 });
  const { model: fresh } = await tiny();
  expect((await fresh.generate(ask('once upon a hill', { maxTokens: 2 }))).ids).toEqual(again.ids);
});

test('reuses an answer from the cache in the next turn', async () => {
  const { model, runtime } = await tiny();
  for (const prompt of 'abcdefghijklmnopqrstuvwxyz') {
    const first = await model.generate(ask(prompt, { maxTokens: 3 }));
    if (!/^[a-z ]{3}$/.test(first.text)) continue; // special tokens cannot be typed again
    const before = runtime.runs.length;
    await model.generate(ask(`${prompt}${first.text}c`, { maxTokens: 1 }));
    // BOS, the letter and two tokens of the answer have been run, the last token has not.
    expect(runtime.runs[before]).toBe('4+2');
    return;
  }
  expect.fail('no prompt gave an answer that can be typed');
});

test('sampling is reproducible by its seed', async () => {
  const { model } = await tiny();
  const sampling = { temperature: 1.5, topK: 20, topP: 0.95, seed: 5 };
  const one = await model.generate(ask('abc', { sampling }));
  const two = await model.generate(ask('abc', { sampling }));
  const other = await model.generate(ask('abc', { sampling: { ...sampling, seed: 6 } }));
  expect(two.ids).toEqual(one.ids);
  expect(other.ids).not.toEqual(one.ids);
  expect(one.counters.readbackBytesPerToken).toBe(4);
});

test('the end token ends the answer and is not part of it', async () => {
  const { model } = await tiny();
  const free = await model.generate(ask('abc'));
  const third = free.ids[2] as number;
  const files = { ...tinyFiles(), 'generation_config.json': JSON.stringify({ eos_token_id: [third] }) };
  const { model: ending } = await tiny({}, files);
  const result = await ending.generate(ask('abc', { ignoreEos: false }));
  expect(result.stop).toBe('end');
  expect(result.ids).toEqual(free.ids.slice(0, free.ids.indexOf(third)));
  expect((await ending.generate(ask('abc'))).ids).toEqual(free.ids);
});

test('a cancelled answer returns the text so far and leaves the cache correct', async () => {
  const { model } = await tiny();
  const whole = await model.generate(ask('abc', { maxTokens: 12 }));
  const stop = new AbortController();
  let count = 0;
  const onEvent = (e: GenerateEvent) => {
    if (e.kind === 'token' && ++count === 4) stop.abort();
  };
  const cut = await model.generate(ask('abc', { maxTokens: 12 }), { onEvent, signal: stop.signal });
  expect(cut.stop).toBe('cancelled');
  expect(cut.ids).toEqual(whole.ids.slice(0, 4));
  expect((await model.generate(ask('abc', { maxTokens: 12 }))).ids).toEqual(whole.ids);
  const early = await model.generate(ask('xyz'), { signal: AbortSignal.abort() });
  expect([early.stop, early.text]).toEqual(['cancelled', '']);
});

test('counts the part of the prompt that was read before an abort', async () => {
  const counted: number[] = [];
  const meter = { prefilled: (tokens: number) => void counted.push(tokens) } as unknown as StatsMeter;
  const runtime = {
    async prefill(_, __, { onChunk } = {}) {
      onChunk?.(3, 5);
      throw new EngineError('request-aborted', { who: 'runtime', message: 'stopped' });
    },
  } as Pick<Runtime, 'prefill'> as Runtime;
  const cache = createCache(10);
  await expect(readPrompt({ runtime, cache }, [1, 2, 3, 4, 5], 'id', meter, {})).rejects.toThrow('stopped');
  expect([counted, cache.ids]).toEqual([[3], [1, 2, 3]]);
});

test('asks a model not to think, and continues a partial answer', async () => {
  const template =
    "{% for m in messages %}{{ m.content }}{% endfor %}{{ ' ' if enable_thinking is false else '?' }}";
  const config = JSON.stringify({ bos_token: '<s>', eos_token: '</s>', chat_template: template });
  const files: Record<string, Uint8Array | string> = { ...tinyFiles(), 'tokenizer_config.json': config };
  const { model, runtime } = await tiny({}, files as ReturnType<typeof tinyFiles>);
  const bytes = (file: Uint8Array | string | undefined) =>
    typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const text = openText((name) => bytes(files[name]), { vocab: TINY.vocab, bosIds: [], eosIds: [] });
  const messages = [{ role: 'user', content: 'once upon' }] as const;
  expect(text.render({ kind: 'messages', messages })).toBe('once upon ');
  const prompt = { kind: 'messages', messages, begun: 'a time' } as const;
  expect(text.render(prompt)).toBe('once upon a time');
  await model.generate(ask('', { prompt: { kind: 'messages', messages }, maxTokens: 1 }));
  const { length } = runtime.runs;
  await model.generate(ask('', { prompt, maxTokens: 1 }));
  expect(runtime.runs[length]).toMatch(/^1\d\+\d$/);
});

test('a request cancelled while the prompt is read leaves the cache correct', async () => {
  const { model, runtime } = await tiny({ capacity: 60 });
  const stop = new AbortController();
  const long = 'a b c d e f g h i j k l m n o p q r s t';
  const onEvent = (e: GenerateEvent) => {
    if (e.kind === 'prefill') stop.abort();
  };
  const cut = await model.generate(ask(long), { onEvent, signal: stop.signal });
  expect([cut.stop, cut.ids]).toEqual(['cancelled', []]);
  expect(runtime.runs).toEqual([]);
  expect((await model.generate(ask(long))).stop).toBe('length');
});

test('runs requests one after the other, and cancels one that waits', async () => {
  const { model } = await tiny();
  const alone = [await model.generate(ask('abc')), await model.generate(ask('xyz'))];
  const order: string[] = [];
  const record = (name: string) => ({
    onEvent: (e: GenerateEvent) => void (e.kind === 'token' && order.push(name)),
  });
  const stop = new AbortController();
  const running = model.generate(ask('abc'), record('1'));
  const waiting = model.generate(ask('qqq'), { ...record('2'), signal: stop.signal });
  const third = model.generate(ask('xyz'), record('3'));
  stop.abort();
  expect((await waiting).stop).toBe('cancelled');
  expect(order.join('')).not.toContain('3');
  expect([(await running).ids, (await third).ids]).toEqual([alone[0]?.ids, alone[1]?.ids]);
  expect(order.join('')).toBe('1111111133333333');
});

test.each([
  // 64 tokens of context; rows of one layer take 2 × 10 × 4 bytes.
  ['the context is shorter than the default', {}, 64],
  ['the caller wants less', { capacity: 7 }, 7],
  ['the caller wants more', { capacity: 10_000 }, 64],
  ['little memory, but the capacity is little already', { cacheBytes: 1 }, 64],
])('capacity: %s', async (_, options, capacity) => {
  expect((await tiny(options)).model.facts.capacity).toBe(capacity);
});

test.each([
  [Number.POSITIVE_INFINITY, 4096],
  [4096 * 80, 4096],
  [4096 * 80 - 1, 2048],
  [2048 * 80 - 1, 1024],
  [1, 1024],
])('a cache of at most %d bytes holds %d tokens', async (cacheBytes, capacity) => {
  const config = JSON.stringify({ ...TINY_CONFIG, max_position_embeddings: 100_000 });
  const { model } = await tiny({ cacheBytes }, { ...tinyFiles(), 'config.json': config });
  expect([model.facts.capacity, model.facts.model.contextLength]).toEqual([capacity, 100_000]);
});

test('where the GPU has no room, half the capacity is tried, and 1024 tokens last', async () => {
  const full = new EngineError('gpu-limit', { who: 'x', message: 'the GPU is out of memory' });
  const tried: number[] = [];
  const load = (fits: number) => async (capacity: number) => {
    tried.push(capacity);
    if (capacity > fits) throw full;
    return capacity;
  };
  expect(await withLessRoom(4096, load(2048))).toBe(2048);
  await expect(withLessRoom(4096, load(5))).rejects.toBe(full);
  await expect(withLessRoom(512, load(5))).rejects.toBe(full);
  expect(tried).toEqual([4096, 2048, 4096, 2048, 1024, 512]);
  const other = new EngineError('gpu-lost', { who: 'x', message: '' });
  await expect(withLessRoom(4096, () => Promise.reject(other))).rejects.toBe(other);
});

test.each<[object, object | undefined]>([
  [{}, undefined],
  [{ do_sample: true }, { temperature: 1 }],
  [
    { do_sample: true, temperature: 0.6, top_k: 20, top_p: 0.95, min_p: 0.05, repetition_penalty: 1.1 },
    { temperature: 0.6, topK: 20, topP: 0.95, minP: 0.05, repetitionPenalty: 1.1 },
  ],
  [
    { temperature: 0.7, top_p: 0.8 },
    { temperature: 0.7, topP: 0.8 },
  ],
  [{ do_sample: false, temperature: 0.6, top_p: 0.9 }, undefined],
  [
    { do_sample: false, repetition_penalty: 1.05 },
    { temperature: 0, repetitionPenalty: 1.05 },
  ],
  [{ repetition_penalty: 1.05 }, { temperature: 0, repetitionPenalty: 1.05 }],
  [{ do_sample: true, temperature: 0 }, undefined],
  [
    { do_sample: true, temperature: 99, top_k: -1, top_p: 2, min_p: '1', repetition_penalty: 0 },
    { temperature: 1 },
  ],
])('%j of generation_config.json recommends %j', async (generation, expected) => {
  const files = { ...tinyFiles(), 'generation_config.json': JSON.stringify(generation) };
  const { model } = await tiny({}, files);
  expect(model.facts.sampling).toEqual(expected);
});

test('errors give the limits as numbers', async () => {
  const { model } = await tiny({ capacity: 6 });
  await expect(model.generate(ask('abcdefgh'))).rejects.toMatchObject({
    code: 'prompt-too-long',
    expected: 'at most 6 tokens',
    got: '9 tokens',
  });
  const full = await model.generate(ask('abcde'));
  expect([full.stop, full.ids.length]).toEqual(['length', 1]);
  expect((await model.generate(ask('abcd', { maxTokens: 50 }))).ids).toHaveLength(2);
  const samplings = [{ temperature: -1 }, { topK: 0.5 }, { topP: 0 }, { minP: 2 }, { repetitionPenalty: 0 }];
  for (const wrong of [{ maxTokens: 0 }, ...samplings.map((sampling) => ({ sampling }))]) {
    await expect(model.generate(ask('a', wrong))).rejects.toMatchObject({ code: 'request-invalid' });
  }
  expect((await model.generate(ask('abc', { maxTokens: 1 }))).ids).toHaveLength(1);
});

test('returns logits, perplexity and token counts, and accepts an empty prompt', async () => {
  const { model } = await tiny();
  const { ids, logits } = await model.logits({ kind: 'text', text: '' });
  expect(ids).toEqual([1]);
  expect(logits).toHaveLength(TINY.vocab);
  expect(model.countTokens({ kind: 'text', text: 'abc' })).toBe(4);
  const p = await model.perplexity(['ab', 'c']);
  expect([p.texts, p.tokens]).toEqual([2, 3]);
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  const one = await model.perplexity(['a']);
  const a = 4; // id of the letter in the tiny vocabulary
  expect(one.meanNll).toBeCloseTo(Math.log(total) - (logits[a] as number), 4);
  expect(Math.exp(p.meanNll)).toBeCloseTo(p.perplexity, 6);
  expect(model.inspect()).toMatch(/graph llama[\s\S]*on the CPU/);
});

test('disposing cancels running and waiting requests', async () => {
  const { model } = await tiny();
  const running = model.generate(ask('abc', { maxTokens: 30 }));
  const waiting = model.generate(ask('xyz'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  model.dispose();
  expect((await running).stop).toBe('cancelled');
  expect((await waiting).stop).toBe('cancelled');
});
