/**
 * Plain-data types of the engine's public interface, which `engine/index.ts` exports. They contain no functions and no
 * classes, so a host can send them in messages unchanged.
 */
import type { ActivationDType } from '../tensor/tensor.ts';
import type { DialogueReport, TemplateOutcome } from '../text/probes/outcome.ts';
import type { CalibrationFacts, EmbeddingFacts } from '../weights/store/manifest.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import type { Pace } from '../runtime/index.ts';
import type { Sampling } from '../sampling/settings.ts';
import type { CacheForm } from '../models/index.ts';
import type { Speculation } from './drafts/speculate.ts';

/** One message of a dialogue. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/**
 * Either messages (rendered by the model's chat template) or raw text (BOS and the unchanged text). `begun`: the start
 * of the answer, which the model continues; the result contains only the rest. Contents and `begun` give no control
 * tokens, whatever they spell. Raw text does, unless it is `literal`.
 */
export type Prompt =
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[]; readonly begun?: string }
  | { readonly kind: 'text'; readonly text: string; readonly literal?: true };

/**
 * The fields of {@link Sampling}; absent ones are off, and `temperature` is 0 (greedy). Without a seed it is random.
 */
export type SamplingOptions = Partial<Sampling>;

/** A request for an answer. */
export interface GenerateRequest {
  readonly prompt: Prompt;
  /** Maximum tokens of the answer; thoughts before it may have 2048 more. The cache's capacity limits both. */
  readonly maxTokens: number;
  readonly sampling?: SamplingOptions;
  /**
   * Name of the conversation. Requests of one branch reuse each other's cache rows. Branches keep separate rows after
   * the prefix that they share. Absent: one unnamed branch.
   */
  readonly branch?: string;
  /**
   * Whether tokens predicted from the prompt are verified several at a time: `auto` (the default) while that is faster,
   * `always` regardless of cost, `off`. Only for greedy answers; the tokens are the same.
   */
  readonly speculation?: Speculation;
  /** Continue past the end-of-text token; for tests and benchmarks. */
  readonly ignoreEos?: boolean;
}

/** Progress of an answer. */
export type GenerateEvent =
  /** `done` of `total` prompt tokens are read; `reused` of them were in the cache already. */
  | { readonly kind: 'prefill'; readonly done: number; readonly total: number; readonly reused: number }
  /**
   * `text` is the text that this token completes: it may be empty or several characters. `thinking`: the token belongs
   * to a thought before the answer, whose text is omitted.
   */
  | { readonly kind: 'token'; readonly id: number; readonly text: string; readonly thinking?: true }
  /** A guide took back what was written: of the text so far only the first `length` UTF-16 code units remain. */
  | { readonly kind: 'rewind'; readonly length: number }
  /** Numbers exceeded the range of f16. The model was loaded again, and the answer begins anew: a rewind to 0 follows. */
  | { readonly kind: 'precision'; readonly activations: 'f32' };

export type { DialogueReport, Speculation, TemplateOutcome };

/** Why an answer ended: an end token, the limit of tokens, a cancellation, or the request's guide. */
export type StopReason = 'end' | 'length' | 'cancelled' | 'guide';

/** A finished answer. */
export interface GenerateResult {
  readonly promptIds: readonly number[];
  /** Ids of the answer, including thoughts. */
  readonly ids: readonly number[];
  /** Number of `ids` that belong to thoughts before the answer. */
  readonly thoughtTokens: number;
  readonly text: string;
  readonly stop: StopReason;
  readonly timings: Timings;
  readonly counters: Counters;
}

/** Speed of an answer. */
export interface Timings {
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
}

/** Cost of an answer. Per-token figures are means over the tokens after the first two decode steps. */
export interface Counters {
  /** Decode steps of the whole answer; each gives one token, plus the correct tokens of its draft. */
  readonly steps: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** Tokens that a guide forced. They are run together before the next choice. */
  readonly forcedTokens: number;
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

/** What a model found of a text with a share of the rows. */
export interface NeedleResult {
  readonly share: number;
  /** Needles of which each token was the likeliest. */
  readonly found: number;
  /** Mean negative log-likelihood of a needle, in nats. */
  readonly loss: number;
}

/** The result of a needle test (`packing/needles.ts`). */
export interface NeedleTest {
  /** Number of needles. */
  readonly needles: number;
  /** With all rows first, then with fewer and fewer. */
  readonly results: readonly NeedleResult[];
  /** The smallest share that passed; 1 where none did. */
  readonly share: number;
}

/** What is left of a text's rows. */
export interface PackResult {
  /** Tokens of the text. */
  readonly tokens: number;
  /** Share of its rows, over all heads of the layers whose rows can be dropped; 1 where none was. */
  readonly share: number;
}

/** Options of importing and previewing. */
export interface ImportOptions {
  /** How matrices are stored; norms are always f32. Default: in the bits of a quantised checkpoint, else `m0e4+q8-head`. */
  readonly weights?: WeightProfile;
  /** Display name; the folder's name when absent. */
  readonly name?: string;
}

/** Options of loading. */
export interface LoadOptions {
  /** Type of activations; when absent, the best that GPU and model support. */
  readonly activations?: ActivationDType;
  /** Capacity of the KV cache in tokens; the model's own limit applies too. */
  readonly capacity?: number;
  /** Bytes that the KV cache may take; the capacity is halved, to 1024 at least, until it takes no more. */
  readonly cacheBytes?: number;
  /** How keys and values are stored: `plain` (the default), in the type of activations, or `q8`, in 8 bits. */
  readonly cache?: CacheForm;
  /** How much of the GPU is used; `full` when absent. `LoadedModel.setPace` changes it. */
  readonly pace?: Pace;
}

/** Progress of an import. */
export interface ImportProgress {
  readonly phase: 'reading' | 'converting' | 'finishing';
  /** Bytes of the checkpoint read so far. */
  readonly done: number;
  /** Bytes of the checkpoint to read; 0 while unknown. */
  readonly total: number;
  /** The tensor that is being converted. */
  readonly tensor?: string;
}

/** Progress of loading; `done` and `total` are bytes, or programs while compiling. */
export interface LoadProgress {
  readonly phase: 'reading' | 'uploading' | 'compiling';
  readonly done: number;
  readonly total: number;
}

/** A model in the store. */
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
  /** What the probe dialogue showed at the import; of models of earlier versions known once they are loaded. */
  readonly dialogue?: DialogueReport;
  /** The source files of the weights matched their published SHA-256. */
  readonly hashed?: boolean;
  /** All matrices of its checkpoint were in f32, f16 or bf16; absent for models of earlier versions. */
  readonly unquantised?: boolean;
  /** As given to the import; see `ImportModelOptions.origin`. */
  readonly origin?: string;
  /** Set if its matrices were rounded by the inputs that they get. */
  readonly calibration?: CalibrationFacts;
  /** As given to the import; see `ImportModelOptions.traits`. */
  readonly traits?: readonly string[];
  /** Of a model that makes vectors of texts, for search: it writes none. */
  readonly embeds?: EmbeddingFacts;
}

/** An import that can resume. */
export interface UnfinishedImport {
  /** Id of the new model. */
  readonly id: string;
  readonly name: string;
  /** Description of the source, from the caller that started the import. */
  readonly origin?: string;
  readonly weights: WeightProfile;
  /** When it is complete, it replaces the stored model of its id. */
  readonly replaces?: boolean;
  /** Bytes of the checkpoint converted so far. */
  readonly done: number;
  /** Bytes of the checkpoint to convert; 0 while unknown. */
  readonly total: number;
  /** Bytes of the finished model in the store; 0 while unknown. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The user paused it; otherwise it was interrupted. */
  readonly paused: boolean;
  /** Attempts without progress during which the process ended. After two, resuming it again is likely to end it too. */
  readonly attempts: number;
}

/** What an import of a checkpoint would produce, from its small files and headers alone. */
export interface ModelPreview {
  readonly name: string;
  readonly family: string;
  readonly weights: WeightProfile;
  readonly contextLength: number;
  readonly hasChatTemplate: boolean;
  readonly dialogue: DialogueReport;
  /** As in {@link StoredModel}. */
  readonly embeds?: EmbeddingFacts;
  /** Bytes to download or read. */
  readonly total: number;
  /** Bytes in the store. */
  readonly bytes: number;
  /** Bytes of the largest section, which a GPU must bind as one buffer. */
  readonly largestBytes: number;
  /** The sizes in which it can be stored, the smallest first; large models have one below the default. None for a model that is quantised already. */
  readonly sizes: readonly ModelSize[];
}

/** A size in which a checkpoint can be stored. */
export interface ModelSize {
  readonly weights: WeightProfile;
  /** As in {@link ModelPreview}. */
  readonly bytes: number;
  readonly largestBytes: number;
}
