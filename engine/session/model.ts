/**
 * The interface of a model: import it from a checkpoint's files, load it from the store onto a GPU, generate.
 *
 *   const store = openStore(await opfsStorage());
 *   const entry = await importModel(folderFromFiles(files), store, { weights: 'm0e4' }, { onProgress });
 *   const model = await loadModel(store, entry.id, await openGpu(), { activations: 'f16' }, {});
 *   const result = await model.generate({ prompt, maxTokens: 200 }, { onEvent });
 *
 * This module has types only. Importing: `import/import.ts`; loading: `load.ts`; one request: `generate.ts`; order of
 * requests: `queue.ts`.
 */
import type {
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  ImportOptions,
  ImportProgress,
  LoadProgress,
  NeedleTest,
  PackResult,
  Prompt,
  SamplingOptions,
  StoredModel,
} from './types.ts';
import type { Guide } from './guide/guide.ts';
import type { PrecisionCache } from './adapters/stored-precision.ts';
import type { PackingCache } from './adapters/stored-packing.ts';
import type { DryRun } from './dry-run/dry-run.ts';
import type { Calibrator } from '../calibrate/backend.ts';
import type { CalibrationNeed } from '../calibrate/need.ts';
import type { GpuFacts } from '../gpu/index.ts';
import type { CacheForm } from '../models/index.ts';
import type { VariantCache } from '../runtime/index.ts';
import type { Pace } from '../runtime/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import type { OpenEncoders } from '../weights/import/encoders.ts';
import type { Storage } from '../weights/store/storage.ts';

/** Facts about a loaded model. Only `activations`, with what depends on them, can change (`precision/widening.ts`). */
export interface ModelFacts {
  readonly model: StoredModel;
  readonly adapter: GpuFacts;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** Maximum tokens of prompt and answer together. */
  readonly capacity: number;
  /** The chat template begins every answer with a thought. */
  readonly thinks: boolean;
  /** The sampling that the model's makers recommend (generation_config.json); absent if they recommend none. */
  readonly sampling?: SamplingOptions;
  /** Number of logits. */
  readonly vocabulary: number;
  /** Bytes of weights on the GPU. */
  readonly weightBytes: number;
  /** Bytes of the KV cache on the GPU. */
  readonly cacheBytes: number;
}

/** Callbacks and cancellation of one request. */
export interface GenerateHooks {
  /** Called in order; must not throw. */
  readonly onEvent?: (event: GenerateEvent) => void;
  /** Ends the answer with stop `cancelled` and the text so far; this is not an error. */
  readonly signal?: AbortSignal;
  /** Limits what may be written; asked before each token of the answer, but not within thoughts. */
  readonly guide?: Guide;
}

/** The result of {@link LoadedModel.perplexity}. */
export interface Perplexity {
  /** exp of {@link meanNll}. */
  readonly perplexity: number;
  /** Mean negative log-likelihood in nats per predicted token. */
  readonly meanNll: number;
  /** Number of texts. */
  readonly texts: number;
  /** Number of predicted tokens; BOS is given, not predicted. */
  readonly tokens: number;
}

/** Callbacks and cancellation of a measurement. */
export interface PerplexityHooks {
  /** Called after each text. */
  readonly onText?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A loaded model. Requests are served one after the other, in order of arrival. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  /** Generates an answer. Throws `request-invalid`, `prompt-too-long`, `gpu-lost`, but not for a cancellation. */
  generate(request: GenerateRequest, hooks?: GenerateHooks): Promise<GenerateResult>;
  /** Returns the prompt's ids and the logits after its last token, f32[vocabulary]. Throws `prompt-too-long`. */
  logits(prompt: Prompt, signal?: AbortSignal): Promise<{ ids: number[]; logits: Float32Array }>;
  /** Reads each text from BOS on; texts longer than the capacity are truncated. */
  perplexity(texts: readonly string[], hooks?: PerplexityHooks): Promise<Perplexity>;
  /** Returns the ids of a plain text, BOS included if the model has one. */
  encodeText(text: string): number[];
  /**
   * Resolves to the logits after each of `ids[from]` … `ids.at(-1)`, f32[vocabulary] each. Ids that the last request had
   * already are not run again. Throws `prompt-too-long`, `request-aborted`.
   */
  score(ids: readonly number[], from: number, signal?: AbortSignal): Promise<Float32Array[]>;
  /** Returns the number of tokens of the prompt, special tokens included; 0 for an empty one without BOS. */
  countTokens(prompt: Prompt): number;
  /** Returns the ids of text that continues other text: no BOS, no special tokens, no space added. For guides. */
  encode(text: string): number[];
  /** Returns the text of ids that continue other text, leading space included. Special tokens have none. */
  decode(ids: readonly number[]): string;
  /**
   * Runs the part of the prompt that the cache lacks, so that a request that begins with it finds it read. A cancellation
   * is no error: what was read until then stays. Throws `prompt-too-long`, and the runtime's errors.
   */
  read(prompt: Prompt, options?: PromptReadOptions): Promise<PromptReadResult>;
  /** Returns the number of leading tokens of the prompt that a request of this branch would find read. */
  held(prompt: Prompt, branch?: string): number;
  /**
   * Runs the part of the prompt that the cache lacks and writes its rows to a file, from which {@link loadPrefix} can
   * restore them after a restart. Returns what was written. Throws `store-full`, `prompt-too-long`, `request-aborted`.
   */
  savePrefix(prompt: Prompt, storage: Storage, path: string, options?: PrefixOptions): Promise<SavedPrefix>;
  /**
   * Fills a branch of the cache with a saved prefix, so that a prompt that starts with it runs only its remaining tokens.
   * With `prompt`, only where the file has clearly more of that prompt than the cache; resolves to 0 tokens otherwise. Throws `prefix-unusable` for a file of another model or precision, or with damaged bytes; the cache is unchanged then.
   */
  loadPrefix(
    storage: Storage,
    path: string,
    options?: PrefixOptions & { readonly prompt?: Prompt | undefined },
  ): Promise<SavedPrefix>;
  /**
   * Drops the rows that the model does not need (`packing/pack.ts`) of the tokens that `prompt` and `shared` begin with: a text,
   * without what is asked about it. The branch must hold them. Reads them once more, and the first time makes the needle test,
   * whose result is remembered. Drops nothing where the model did not pass it, or where the text is short or fills the cache.
   * A prompt that differs within the text is read as a whole after that. Throws `request-aborted`, and the runtime's errors.
   */
  pack(prompt: Prompt, shared: Prompt, options?: PackOptions): Promise<PackResult>;
  /** Sets how much of the GPU is used from now on, also by a running request; initially `full`. */
  setPace(pace: Pace): void;
  /** Describes graph, memory plan and chosen kernels as text. */
  inspect(): string;
  /** Cancels running and waiting requests and frees the GPU's memory. */
  dispose(): void;
}

/** Options of saving and loading a prefix. */
export interface PrefixOptions {
  /** The branch of the cache that the rows belong to, as in `GenerateRequest`. Default: the unnamed branch. */
  readonly branch?: string;
  readonly signal?: AbortSignal;
}

/** Options of reading a prompt ahead. */
export interface PromptReadOptions extends PrefixOptions {
  /** In place of the pace that was set, for this reading alone. */
  readonly pace?: Pace;
  readonly onEvent?: (event: GenerateEvent) => void;
}

/** What the cache holds of a prompt that was read ahead, in tokens. */
export interface PromptReadResult {
  /** Of the prompt. */
  readonly tokens: number;
  /** Those that the cache held already. */
  readonly reused: number;
  /** Those that were run; `reused + read < tokens` after a cancellation. */
  readonly read: number;
}

/** Options of dropping rows. */
export interface PackOptions extends PrefixOptions {
  /** In place of the pace that was set, for this alone. */
  readonly pace?: Pace;
  /** Called with the result of the needle test, if it is made. */
  readonly onTested?: (test: NeedleTest) => void;
}

/** A prefix in a file. */
export interface SavedPrefix {
  /** Number of tokens of the prefix. */
  readonly tokens: number;
  /** Size in bytes. */
  readonly bytes: number;
}

/** Callbacks and cancellation of an import. */
export interface ImportHooks {
  readonly onProgress?: (progress: ImportProgress) => void;
  /**
   * Called with id and name of the new model, first before its files are opened, and again if reading them changes the id;
   * from then on the import is listed among the unfinished ones.
   */
  readonly onBegin?: (id: string, name: string) => void;
  /** Called once the import is on the disk: from then on it is listed after a restart, until it ends. */
  readonly onKept?: () => void;
  /** Aborting rejects with code `source-cancelled` and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Aborting rejects with code `import-paused`; the next import of the same model resumes there. */
  readonly pause?: AbortSignal;
  /** Tries the source before it is opened; if absent, it is opened at once. */
  readonly dryRun?: DryRun | undefined;
  /** Workers that encode weights; if absent, that is done here. */
  readonly encoders?: OpenEncoders | undefined;
  /** The most that a crash can lose, in bytes of the source: a flush to the disk comes as often. Default: 8 MiB. */
  readonly journalBytes?: number | undefined;
  /** If absent, nothing is calibrated, and the profile `calibrated` is refused. */
  readonly calibrator?: AskCalibrator | undefined;
}

/**
 * Asked before a checkpoint in f32, f16 or bf16 is converted, unless the caller chose a profile without calibration:
 * returns what to calibrate it with, or undefined to convert it plainly. What it throws ends the import.
 */
export type AskCalibrator = (need: CalibrationNeed) => Promise<Calibrator | undefined>;

/** Callbacks and cancellation of loading. */
export interface LoadHooks {
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Stores which kernel variants work on a GPU, which is tested on first use. Without it only plain variants run. */
  readonly variants?: VariantCache;
  /** Remembers models for which f16 is too small; they are loaded with f32 activations at once. */
  readonly precision?: PrecisionCache;
  /** Remembers what the needle test found; without it {@link LoadedModel.pack} drops nothing. */
  readonly packing?: PackingCache | undefined;
  /** Tries a model that this version has not tried yet before it is opened. */
  readonly dryRun?: DryRun | undefined;
  /** Of the program: prefixes that another version saved are refused, since a corrected kernel computes other rows. */
  readonly version?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Options of an import. */
export interface ImportModelOptions extends ImportOptions {
  /**
   * Id of the new model; it replaces a stored model of this id once it is complete. When absent, the id is made from
   * the name, only an equal model is replaced, and another model of this name gets the next id (`store.ts`).
   */
  readonly id?: string;
  /**
   * The model must be the stored one of {@link id} in another form: equal in its small files, or the import fails with
   * `checkpoint-mismatch`.
   */
  readonly improves?: true;
  /**
   * What the caller wants to know of the model later: at most 16 short names, stored with it and returned by
   * `listModels`. The engine gives them no meaning.
   */
  readonly traits?: readonly string[];
  /** Bytes to leave free on the disk beside the model. Default: 0. */
  readonly spareBytes?: number;
  /** Description of the source; stored with the model, and with an unfinished import for the caller that resumes it. */
  readonly origin?: string;
}
