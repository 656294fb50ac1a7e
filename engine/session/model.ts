/**
 * A model from the outside: import it from a checkpoint's files, load it from the store onto a GPU, ask it.
 *
 *   const store = openStore(await opfsStorage());
 *   const entry = await importModel(folderFromFiles(files), store, { weights: 'm0e4' }, { onProgress });
 *   const model = await loadModel(store, entry.id, await openGpu(), { activations: 'f16' }, {});
 *   const result = await model.generate({ prompt, maxTokens: 200 }, { onEvent });
 *
 * Here are the shapes only. Importing: `import.ts`; loading: `load.ts`; one request: `generate.ts`; whose turn
 * it is: `queue.ts`.
 */
import type {
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  ImportOptions,
  ImportProgress,
  LoadProgress,
  Prompt,
  StoredModel,
} from './types.ts';
import type { GpuFacts } from '../gpu/index.ts';
import type { CacheForm } from '../models/index.ts';
import type { VariantCache } from '../runtime/index.ts';
import type { Pace } from '../runtime/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import type { Storage } from '../weights/store/storage.ts';

/** What is fixed once a model is loaded. */
export interface ModelFacts {
  readonly model: StoredModel;
  readonly adapter: GpuFacts;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** Tokens that prompt and answer may have together. */
  readonly capacity: number;
  readonly vocabulary: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
}

export interface GenerateHooks {
  /** Called in order; must not throw. */
  readonly onEvent?: (event: GenerateEvent) => void;
  /** Ends the answer with stop `cancelled` and the text so far; it is not an error. */
  readonly signal?: AbortSignal;
}

export interface Perplexity {
  readonly perplexity: number;
  /** Mean negative log-likelihood in nats per predicted token. */
  readonly meanNll: number;
  readonly texts: number;
  /** Predicted tokens: BOS is given, never predicted. */
  readonly tokens: number;
}

export interface PerplexityHooks {
  readonly onText?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Requests are served one after the other, in the order they came. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  generate(request: GenerateRequest, hooks?: GenerateHooks): Promise<GenerateResult>;
  /** The logits after the prompt's last token, one per vocabulary entry. */
  logits(prompt: Prompt, signal?: AbortSignal): Promise<{ ids: number[]; logits: Float32Array }>;
  /** Each text is read from BOS on; texts longer than the capacity are cut there. */
  perplexity(texts: readonly string[], hooks?: PerplexityHooks): Promise<Perplexity>;
  /** Tokens that the prompt takes of the capacity. */
  countTokens(prompt: Prompt): number;
  /** The text that the model reads, without special tokens that the tokenizer adds. */
  renderPrompt(prompt: Prompt): string;
  /**
   * Reads what the cache lacks of the prompt and writes its rows to a file, so that {@link loadPrefix} can restore them
   * after a restart. Returns what was written. Throws `store-full`, `prompt-too-long`, `request-aborted`.
   */
  savePrefix(prompt: Prompt, storage: Storage, path: string, options?: PrefixOptions): Promise<SavedPrefix>;
  /**
   * Fills a branch of the cache with a saved prefix: a prompt that begins with it computes only its own tokens. Throws
   * `prefix-unusable` for a file of another model, another precision or with damaged bytes; the cache is unchanged then.
   */
  loadPrefix(storage: Storage, path: string, options?: PrefixOptions): Promise<SavedPrefix>;
  /** How much of the GPU is taken from now on, also by an answer under way; `full` at first. */
  setPace(pace: Pace): void;
  /** Graph, memory plan and chosen kernels, for people. */
  inspect(): string;
  /** Ends what runs and waits as cancelled and frees the GPU's memory. */
  dispose(): void;
}

export interface PrefixOptions {
  /** The branch of the cache that the rows belong to, as in `GenerateRequest`; the unnamed one when absent. */
  readonly branch?: string;
  readonly signal?: AbortSignal;
}

export interface SavedPrefix {
  readonly tokens: number;
  readonly bytes: number;
}

export interface ImportHooks {
  readonly onProgress?: (progress: ImportProgress) => void;
  /** The id that the model will have; from now on the import can be found among the unfinished ones. */
  readonly onBegin?: (id: string) => void;
  /** Aborting rejects with code `source-cancelled` and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Aborting rejects with code `import-paused`; the next import of the same model goes on where this stopped. */
  readonly pause?: AbortSignal;
}

export interface LoadHooks {
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Where the GPU's verdicts on forms of kernels are kept; it is tested on first use. Without it the plain ones run. */
  readonly variants?: VariantCache;
  readonly signal?: AbortSignal;
}

export interface ImportModelOptions extends ImportOptions {
  /**
   * Replaces the stored model of this id once the new one is complete. Made from the name when absent; then only the
   * same model is replaced, and another one of this name gets the next id (`store.ts`).
   */
  readonly id?: string;
  /**
   * What the caller wants to know of the model later: at most 16 short names, kept with it and returned by
   * `listModels`. The engine gives them no meaning.
   */
  readonly traits?: readonly string[];
  /** To leave free on the disk beside the model, in bytes; 0 when absent. */
  readonly spareBytes?: number;
  /** Where it comes from, kept with an unfinished import for whoever lets it go on. */
  readonly origin?: string;
}
