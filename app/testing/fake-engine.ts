/** A fake engine for unit tests. It answers at once, and counts words as tokens. */
import {
  type CacheForm,
  type Embedder,
  fail,
  type GenerateHooks,
  type GenerateRequest,
  type GenerateResult,
  type LoadedModel,
  memoryStorage,
  type PackOptions,
  type PrefixOptions,
  type PromptReadOptions,
  type Storage,
  type EngineError,
  type Pace,
  type Prompt,
  type StoredModel,
} from '../../engine/index.ts';
import type { HubTokenPlace } from '../protocol/types.ts';
import type { Engine } from '../worker/models/engine.ts';
import { storedModel } from './builders.ts';
import { fakeEmbedder } from './embedder/fake-embedder.ts';

/** With the bytes of a model that is asked by the profile `instruct`. */
export const tinyModel: StoredModel = storedModel({ bytes: 1e9 });

const words = (prompt: Prompt): number =>
  (prompt.kind === 'text'
    ? prompt.text
    : [...prompt.messages.map((m) => m.content), prompt.begun ?? ''].join(' ')
  )
    .split(/\s+/)
    .filter(Boolean).length;

export interface FakeEngine extends Engine {
  stored: StoredModel[];
  left: Awaited<ReturnType<Engine['unfinished']>>;
  loads: number;
  pace: Pace;
  disposals: number;
  /** Each text of which a vector was asked for. */
  readonly embedded: string[];
  /** Models for search that are on the GPU. */
  readonly embedders: Embedder[];
  /** Branches whose rows were saved to a file, or restored from one. */
  readonly savedPrefixes: string[];
  readonly loadedPrefixes: string[];
  /** Branches that were to be packed, with the pace of each, and what later prompts share. */
  readonly packs: { readonly branch: string; readonly pace: Pace | undefined; readonly shared: Prompt }[];
  /** Awaited by each packing; resolves to the share of the rows that is left, which is that of the bytes of its file too. */
  packing(signal: AbortSignal | undefined): Promise<number>;
  /** The prompts that were read ahead. */
  readonly reads: Prompt[];
  /** Tokens of a prompt that the cache is said to hold; it reads one token a second. */
  held(prompt: Prompt): number;
  /** Each reading ahead awaits this. */
  reading(signal: AbortSignal | undefined): Promise<void>;
  /** The prompts of all requests. */
  readonly asked: GenerateRequest[];
  /** Where the access token for the hub is. */
  token: HubTokenPlace | undefined;
  /** Number of thought tokens before each answer. */
  thoughts: number;
  /** The tokens of an answer, which is cut at the request's `maxTokens`. */
  pieces(request: GenerateRequest): readonly string[];
  /** Each answer awaits this after each token. */
  pause(): Promise<void>;
  /** Thrown by the next `generate`. */
  failure: EngineError | undefined;
}

/** `storage`: where prefixes are saved; hand in the same one to play a restart. */
export function fakeEngine(
  stored: StoredModel[] = [tinyModel],
  storage: Storage = memoryStorage(),
): FakeEngine {
  const engine: FakeEngine = {
    stored,
    left: [],
    loads: 0,
    pace: 'full',
    disposals: 0,
    asked: [],
    embedded: [],
    embedders: [],
    savedPrefixes: [],
    loadedPrefixes: [],
    packs: [],
    packing: async () => 0.5,
    reads: [],
    held: words,
    reading: async () => {},
    failure: undefined,
    thoughts: 0,
    token: undefined,
    // Letters: an answer with a number that its page does not have would not be kept.
    pieces: () => ['Answer', ` ${String.fromCharCode(64 + engine.asked.length)}`, ' ends.'],
    pause: async () => {},
    list: async () => engine.stored,
    async import(checkpoint, { onProgress, onKept }) {
      if (checkpoint.kind === 'demo') fail('source-missing', { who: 'demo', message: 'not in this build' });
      if (checkpoint.kind === 'address' && checkpoint.address === 'bad') {
        fail('checkpoint-damaged', { who: 'model.safetensors', message: 'cut short', expected: 10, got: 5 });
      }
      onKept?.();
      onProgress?.({ phase: 'reading', done: 5, total: 10 });
      const model = { ...tinyModel, id: 'new', name: 'New', importedAt: 2 };
      engine.stored = [model, ...engine.stored];
      return model;
    },
    sourceOf: ({ origin }) => (origin === undefined ? undefined : { kind: 'address', address: origin }),
    unfinished: async () => engine.left,
    async discard(id) {
      engine.left = engine.left.filter((each) => each.id !== id);
    },
    unreadable: async () => [],
    discardUnreadable: async () => {},
    async erase() {
      engine.stored = [];
      engine.left = [];
    },
    find: async () => undefined,
    hubToken: async () => engine.token,
    async setHubToken(token, keep) {
      engine.token = token === '' ? undefined : keep ? 'device' : 'memory';
    },
    preview: async () => ({
      name: 'New',
      family: 'llama',
      weights: 'm0e4',
      contextLength: 400,
      hasChatTemplate: true,
      dialogue: { own: 'rendered' },
      total: 2000,
      bytes: 1000,
      largestBytes: 100,
      sizes: [],
    }),
    async measureLoss(_, id, { onProgress, signal }) {
      onProgress?.(5, 10);
      await engine.reading(signal);
      const model = engine.stored.find((one) => one.id === id);
      const size = { weights: model?.weights ?? 'm0e4', bytes: 1000, sameChoice: 0.97, divergence: 0.01 };
      return { tokens: 900, sizes: [size] };
    },
    verify: async () => 1000,
    async remove(id) {
      engine.stored = engine.stored.filter((model) => model.id !== id);
    },
    async load(id, cache) {
      engine.loads++;
      const model =
        engine.stored.find((entry) => entry.id === id) ?? fail('store-missing', { who: id, message: '' });
      return loadedModel(engine, model, cache);
    },
    async loadEmbedder(id) {
      const model =
        engine.stored.find((entry) => entry.id === id) ?? fail('store-missing', { who: id, message: '' });
      const embedder = fakeEmbedder(model, engine.embedded, () => {
        engine.embedders.splice(engine.embedders.indexOf(embedder), 1);
      });
      engine.embedders.push(embedder);
      return embedder;
    },
    setPace(pace) {
      engine.pace = pace;
    },
    storage: async () => storage,
    estimate: async () => ({ usage: 1000, quota: 10_000 }),
    adapter: async () => ({
      name: 'fake',
      vendor: '',
      architecture: '',
      software: false,
      features: [],
      limits: {},
    }),
  };
  return engine;
}

function loadedModel(engine: FakeEngine, model: StoredModel, cache: CacheForm): LoadedModel {
  /** Branches whose rows were loaded: no file has more of them. */
  const held = new Set<string>();
  /** The share of rows that is left of each packed branch. */
  const shares = new Map<string, number>();
  return {
    facts: {
      model,
      adapter: { name: 'fake', vendor: '', architecture: '', software: false, features: [], limits: {} },
      activations: 'f32',
      cache,
      capacity: model.contextLength,
      vocabulary: 10,
      weightBytes: 1,
      cacheBytes: 1,
    },
    countTokens: words,
    encode: (text: string) => Array.from(text, (character) => character.codePointAt(0)),
    decode: (ids: readonly number[]) => String.fromCodePoint(...ids),
    generate: (request: GenerateRequest, hooks?: GenerateHooks) => generate(engine, request, hooks),
    held: (prompt: Prompt) => engine.held(prompt),
    async read(prompt: Prompt, { signal }: PromptReadOptions = {}) {
      engine.reads.push(prompt);
      await engine.reading(signal);
      return { tokens: words(prompt), reused: 0, read: words(prompt) };
    },
    async savePrefix(prompt: Prompt, files: Storage, path: string, { branch = '' }: PrefixOptions = {}) {
      engine.savedPrefixes.push(branch);
      const tokens = words(prompt);
      const bytes = Math.ceil(tokens * (shares.get(branch) ?? 1));
      const writer = await files.create(path);
      await writer.write(0, new Uint8Array(bytes));
      await writer.close();
      return { tokens, bytes };
    },
    async pack(_: Prompt, shared: Prompt, { branch = '', pace, signal }: PackOptions = {}) {
      engine.packs.push({ branch, pace, shared });
      const share = await engine.packing(signal);
      if (signal?.aborted === true) fail('request-aborted', { who: 'pack', message: 'stopped' });
      shares.set(branch, share);
      return { tokens: words(shared), share };
    },
    async loadPrefix(files: Storage, path: string, { branch = '' }: PrefixOptions = {}) {
      if (held.has(branch)) return { tokens: 0, bytes: 0 };
      held.add(branch);
      engine.loadedPrefixes.push(branch);
      const tokens = (await files.open(path))?.size ?? 0;
      return { tokens, bytes: tokens };
    },
    dispose: () => {
      engine.disposals++;
    },
  } as unknown as LoadedModel;
}

async function generate(
  engine: FakeEngine,
  request: GenerateRequest,
  hooks: GenerateHooks = {},
): Promise<GenerateResult> {
  engine.asked.push(request);
  const { failure } = engine;
  engine.failure = undefined;
  if (failure !== undefined) throw failure;
  const total = words(request.prompt);
  hooks.onEvent?.({ kind: 'prefill', done: total, total, reused: 0 });
  const ids: number[] = [];
  let text = '';
  const pieces = engine.pieces(request);
  const thoughts = Array.from({ length: engine.thoughts }, () => ({ text: '', thinking: true as const }));
  const answer = pieces.slice(0, request.maxTokens).map((piece) => ({ text: piece }));
  for (const token of [...thoughts, ...answer]) {
    if (hooks.signal?.aborted === true) break;
    text += token.text;
    ids.push(ids.length);
    hooks.onEvent?.({ kind: 'token', id: ids.length, ...token });
    await engine.pause();
  }
  const ended = pieces.length > answer.length ? 'length' : 'end';
  const stop = hooks.signal?.aborted === true ? 'cancelled' : ended;
  const timings = { prefillTokensPerSecond: 1, decodeTokensPerSecond: 7, timeToFirstTokenMs: 1 };
  const counters = {} as GenerateResult['counters'];
  return { promptIds: [], ids, thoughtTokens: thoughts.length, text, stop, timings, counters };
}
