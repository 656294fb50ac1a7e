/**
 * A model on a GPU: the graph compiled to programs, its weights uploaded, its cache allocated. It computes tokens; what
 * they mean, where they come from and when to stop is up to the session.
 *
 *   const runtime = await createRuntime(gpu, graph, { capacity: 2048, weights });
 *   let { id } = await runtime.prefill(promptIds, 0);
 *   for (let position = promptIds.length; ; position++) ({ id } = await runtime.step(id, position));
 *
 * A step creates no GPU objects: it writes ids and parameters, and submits one compute pass. This file is only the
 * interface. `create-runtime.ts` implements it with `program/` (graph → dispatches), `memory/` (buffers, upload of
 * weights) and `pacing.ts` (slices of a prompt).
 */
import type { Mask } from '../sampling/mask.ts';
import type { Sampling } from '../sampling/settings.ts';
import type { TensorType } from '../tensor/tensor.ts';
import type { AdapterVariants } from './variants/variants.ts';
import type { Pace } from './pacing.ts';
import type { CacheRows } from './cache-rows.ts';
import type { Packer } from './packing/packer.ts';
import type { Snapshots } from '../kv/snapshots.ts';

/** Rows of a tensor as the store lays them out. */
export interface WeightBytes {
  /** f32 or f16 rows, or the nibbles of m0e4 rows; no padding between rows beyond the format's own. */
  readonly data: Uint8Array;
  /** Only m0e4: its scales, u32[rows, groups]. */
  readonly scales?: Uint8Array;
}

/** The source of the weights, by the checkpoint's names. */
export interface WeightSource {
  /** The tensor's type as stored, or undefined if no tensor has that name. Vectors are f32[n]. */
  type(tensor: string): TensorType | undefined;
  /** Reads `count` rows from `first`; a vector is one row. The next read may reuse the returned bytes. */
  read(tensor: string, first: number, count: number, signal?: AbortSignal): Promise<WeightBytes>;
  /** Reads some rows of a matrix, in their order; required for matrices that stay in the store. */
  readRows?(tensor: string, rows: readonly number[], signal?: AbortSignal): Promise<WeightBytes>;
}

export interface RuntimeProgress {
  readonly phase: 'uploading' | 'compiling';
  /** Bytes of weights, or pipelines. */
  readonly done: number;
  readonly total: number;
}

export interface RuntimeOptions {
  /** Tokens that the cache holds: the value of the graph's symbol C. */
  readonly capacity: number;
  readonly weights: WeightSource;
  /** Most tokens of a prompt per submit; 128 when absent, never more than the graph allows. */
  readonly maxChunk?: number;
  /** The tested kernel variants of this GPU; none are used when absent. */
  readonly variants?: AdapterVariants;
  /** Rows of the cache can be packed ({@link Runtime.packer}). */
  readonly packs?: boolean;
  readonly onProgress?: (progress: RuntimeProgress) => void;
  readonly signal?: AbortSignal;
}

/** `id` reads 4 bytes back, `logits` a whole row, `none` nothing (all but a prompt's last chunk). */
export type StepOutput = 'id' | 'logits' | 'none';

export interface StepResult {
  /** The next token by `setSampling`; greedy takes the smallest id among equals. -1 for `none`. */
  readonly id: number;
  /** f32[V], only for `logits`. */
  readonly logits?: Float32Array;
}

/** Where a number that is not finite was first computed. */
export interface BrokenNumber {
  /** The node's name, as `layers.3.down`, its op, and the value that has the number. */
  readonly node: string;
  readonly op: string;
  readonly value: string;
  /** Type of that value. */
  readonly dtype: string;
  /** NaN or an infinity. */
  readonly number: number;
  /** The tensor of the checkpoint that has such a number itself; absent if its numbers are finite. */
  readonly tensor?: string;
}

export interface PrefillOptions {
  /** `id` when absent. */
  readonly want?: StepOutput;
  /** Takes effect between two slices (`pacing.ts`); rejects with code `request-aborted`. */
  readonly signal?: AbortSignal;
  /** Tokens computed so far. */
  readonly onChunk?: (done: number, total: number) => void;
}

/** Totals since the runtime was created. Subtract two readings for an interval. */
export interface RuntimeCounters {
  readonly dispatches: number;
  readonly submits: number;
  /** Rows that went through the model, of prompts and of steps. */
  readonly rows: number;
  /** Rows of matrices that stay in the store which were read from it. */
  readonly rowsFetched: number;
  readonly buffersCreated: number;
  readonly bindGroupsCreated: number;
  readonly pipelinesCreated: number;
  readonly bytesWritten: number;
  readonly bytesRead: number;
}

export interface Runtime {
  readonly capacity: number;
  readonly vocabulary: number;
  /** GPU bytes of weights; of the cache; the most that was ever allocated at once, all buffers included. */
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly peakBytes: number;
  /** Weight bytes that the kernels of one decode step read. */
  readonly weightBytesReadPerToken: number;
  readonly dispatchesPerToken: number;
  /**
   * Whether a step can be submitted before the id of the one before is known. Rows of a matrix that stays in the store can be
   * fetched only then; {@link step} waits for it itself.
   */
  readonly overlaps: boolean;

  /**
   * Computes `ids` at positions position … position + ids.length − 1 of the cache. Earlier positions must have been
   * computed (and not overwritten in rings: `graph/rings.ts`), and `snapshots` must have the state of `position`; later
   * positions are discarded. Throws `prompt-too-long` beyond the capacity, `gpu-lost`, `gpu-program` where a pipeline does not
   * compile.
   */
  prefill(ids: ArrayLike<number>, position: number, options?: PrefillOptions): Promise<StepResult>;

  /**
   * Computes one token at cache row `position`. At full speed it is submitted before this function returns, so steps
   * can be in flight together; `previous` takes the id that the previous step chose, without leaving the GPU. `want` is
   * `id` when absent. While its pipelines compile, a step waits, and those after it in call order. Below full speed steps are
   * submitted in slices, in call order. The signal takes effect while a step waits and between two slices, and rejects with
   * code `request-aborted`. Throws `gpu-program` where a pipeline does not compile.
   */
  step(
    id: number | 'previous',
    position: number,
    want?: StepOutput,
    signal?: AbortSignal,
  ): Promise<StepResult>;

  /** Prepares {@link verify}: programs and memory. Resolves to false where the model cannot verify drafts. */
  prepareVerify(): Promise<boolean>;
  /**
   * Runs 2 to `VERIFY_ROWS` ids at row `position` and resolves to the likeliest id after each: the ids that greedy
   * steps would choose if the ids before were their choices. One submit. Requires {@link prepareVerify} and no step in
   * flight.
   */
  verify(ids: readonly number[], position: number, signal?: AbortSignal): Promise<number[]>;
  /** Runs ids as {@link verify} does and resolves to the logits after each, f32[V]. For measurements. */
  score(ids: readonly number[], position: number, signal?: AbortSignal): Promise<Float32Array[]>;

  /**
   * Sets how ids are chosen from the next run on; {@link GREEDY} at first. Requires that nothing is in flight.
   * `context` are the ids at cache rows 0 …, which a repetition penalty reads.
   */
  setSampling(sampling: Sampling, context?: ArrayLike<number>): void;
  /**
   * Sets which ids the calls from now on may choose, but not {@link verify}; runs in flight are unaffected. At most
   * `MASK_IDS` ids; {@link NO_MASK} at first.
   */
  setMask(mask: Mask): void;

  /**
   * Runs ids from row 0 on as {@link prefill} and {@link step} would, the first `prompt` of them together, and returns
   * where the first number that is not finite was computed; undefined if there is none. Overwrites the cache. Requires
   * that nothing is in flight. Throws `request-aborted` after `signal`, since it takes as long as the answer did. Absent
   * where nothing but results can be read.
   */
  findBroken?(
    ids: readonly number[],
    prompt: number,
    signal?: AbortSignal,
  ): Promise<BrokenNumber | undefined>;

  /** Which lengths can be continued; absent where each one can be. */
  readonly snapshots: Snapshots | undefined;

  /** Moves rows of the cache. Requires that nothing is in flight. */
  readonly rows: CacheRows;
  /** Drops rows that a text does not need; absent without `packs`, and for a model without layers that can be packed. */
  readonly packer?: Packer | undefined;

  /** The share of the GPU to use; `full` at first. A change takes effect with the next slice. */
  readonly pace: Pace;
  setPace(pace: Pace): void;

  counters(): RuntimeCounters;
  /** Prints programs, selected kernels with reasons, and slots with symbolic sizes, for `inspect` of the command line. */
  describe(): string;
  /** Frees all GPU memory of this model. The device stays open. */
  dispose(): void;
}
