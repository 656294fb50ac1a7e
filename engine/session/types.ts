/**
 * What the engine promises to those above it (an application, a command line, a benchmark).
 * The door is `engine/index.ts`; these are the plain-data types that cross it, and that also cross
 * message boundaries unchanged: no functions, no classes.
 */
import type { ActivationDType } from '../tensor/tensor.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import type { Pace } from '../runtime/index.ts';
import type { Sampling } from '../sampling/settings.ts';
import type { CacheForm } from '../models/index.ts';
import type { Speculation } from './drafts/speculate.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/**
 * Either messages (rendered by the model's chat template) or raw text (BOS + text as it is). `begun`: what the answer
 * has so far, where it is to go on; the answer that comes is the rest.
 */
export type Prompt =
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[]; readonly begun?: string }
  | { readonly kind: 'text'; readonly text: string };

/** All of {@link Sampling}; what is absent is off, and `temperature` 0 (greedy). Without a seed each answer differs. */
export type SamplingOptions = Partial<Sampling>;

export interface GenerateRequest {
  readonly prompt: Prompt;
  /** Of the answer; thoughts before it may have 2048 more. Neither goes beyond the cache. */
  readonly maxTokens: number;
  readonly sampling?: SamplingOptions;
  /**
   * Which continuation this belongs to. Requests of one branch reuse each other's rows; another branch keeps its own
   * beside them, sharing the beginning that both have. One unnamed branch when absent.
   */
  readonly branch?: string;
  /**
   * Whether tokens that the prompt foretells are checked several at a time: `auto` (when absent) while that is
   * faster, `always` whatever it costs, `off`. Only greedy answers; the tokens are the same.
   */
  readonly speculation?: Speculation;
  /** Go on past the end-of-text token; for tests and benchmarks. */
  readonly ignoreEos?: boolean;
}

export type GenerateEvent =
  /** Prompt tokens read so far; `reused` of them were in the cache already. */
  | { readonly kind: 'prefill'; readonly done: number; readonly total: number; readonly reused: number }
  /**
   * `text` is what became certain with this token: it may be empty, or several characters. `thinking`: the token
   * belongs to a thought before the answer, whose text is not given.
   */
  | { readonly kind: 'token'; readonly id: number; readonly text: string; readonly thinking?: true };

export type { Speculation };

export type StopReason = 'end' | 'length' | 'cancelled';

export interface GenerateResult {
  readonly promptIds: readonly number[];
  /** Those of thoughts too. */
  readonly ids: readonly number[];
  /** How many of `ids` were thoughts before the answer. */
  readonly thoughtTokens: number;
  readonly text: string;
  readonly stop: StopReason;
  readonly timings: Timings;
  readonly counters: Counters;
}

export interface Timings {
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
}

/** Per-token figures are means over the tokens after the first two decode steps. */
export interface Counters {
  /** Decode steps of the whole answer; each brings a token, and those that a draft foretold rightly besides. */
  readonly steps: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  readonly dispatchesPerToken: number;
  readonly submitsPerToken: number;
  readonly createdPerToken: {
    readonly buffers: number;
    readonly bindGroups: number;
    readonly pipelines: number;
  };
  readonly readbackBytesPerToken: number;
  readonly jsMsPerToken: number;
  readonly weightBytesReadPerToken: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly peakGpuBytes: number;
}

export interface ImportOptions {
  /** How matrices are stored; norms are always f32. */
  readonly weights?: WeightProfile;
  /** Shown to people; the folder's name when absent. */
  readonly name?: string;
}

export interface LoadOptions {
  readonly activations?: ActivationDType;
  /** KV cache capacity in tokens; the smaller of this and the model's own limit. */
  readonly capacity?: number;
  /** How keys and values are kept: `plain` (as activations are, when absent) or `q8`, in 8 bits. */
  readonly cache?: CacheForm;
  /** How much of the GPU is taken; `full` when absent. `LoadedModel.setPace` changes it. */
  readonly pace?: Pace;
}

export interface ImportProgress {
  readonly phase: 'reading' | 'converting' | 'finishing';
  /** Bytes of the checkpoint read so far, of all that are needed. */
  readonly done: number;
  readonly total: number;
  readonly tensor?: string;
}

export interface LoadProgress {
  readonly phase: 'reading' | 'uploading' | 'compiling';
  readonly done: number;
  readonly total: number;
}

/** One entry of the store, as lists show it. */
export interface StoredModel {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly weights: WeightProfile;
  /** Bytes in the store. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly importedAt: number;
  readonly contextLength: number;
  readonly hasChatTemplate: boolean;
  /** The files that its weights came from agreed with the SHA-256 that their source publishes. */
  readonly hashed?: boolean;
  /** As the import was given them; see `ImportModelOptions.traits`. */
  readonly traits?: readonly string[];
}

/** An import that can go on where it stopped. */
export interface UnfinishedImport {
  /** Of the model that it makes. */
  readonly id: string;
  readonly name: string;
  /** What the one who began it said of where it comes from. */
  readonly origin?: string;
  readonly weights: WeightProfile;
  /** Bytes of the checkpoint converted, of all that are needed. */
  readonly done: number;
  readonly total: number;
  /** Of the finished model in the store. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** By a person; otherwise it was cut off. */
  readonly paused: boolean;
}

/** What a checkpoint would become, from its small files and headers alone. */
export interface ModelPreview {
  readonly name: string;
  readonly family: string;
  readonly weights: WeightProfile;
  readonly contextLength: number;
  readonly hasChatTemplate: boolean;
  /** Bytes to fetch or read. */
  readonly total: number;
  /** Bytes in the store. */
  readonly bytes: number;
  /** The largest piece that a GPU must bind at once. */
  readonly largestBytes: number;
}
