/**
 * The interface of a model that makes vectors of texts: texts that mean the same have vectors in nearly the same direction.
 *
 *   const embedder = await loadEmbedder(store, id, await openGpu());
 *   const { vectors } = await embedder.embed(['Where do ships dock?'], { as: 'query' });
 *
 * This module has types only; `load-embedder.ts` makes an embedder.
 */
import type { GpuFacts } from '../../gpu/index.ts';
import type { Pace } from '../../runtime/index.ts';
import type { ActivationDType } from '../../tensor/tensor.ts';
import type { StoredModel } from '../types.ts';

export interface EmbedderFacts {
  readonly model: StoredModel;
  readonly adapter: GpuFacts;
  readonly activations: ActivationDType;
  /** Numbers of a vector. */
  readonly width: number;
  /** Tokens of a text that are read, special ones included. */
  readonly maxTokens: number;
  /** Bytes of weights on the GPU; dispatches of a run, however many texts it has. */
  readonly weightBytes: number;
  readonly dispatches: number;
}

export interface EmbedOptions {
  /** What the texts are: some models are told so in words. `document` when absent. */
  readonly as?: 'query' | 'document';
  /**
   * Keep only so many numbers of each vector, from the first on, for models that were trained for it (Matryoshka, arXiv
   * 2205.13147). All when absent.
   */
  readonly width?: number;
  /** Called after each run. */
  readonly onText?: (done: number, total: number) => void;
  /** Rejects with code `request-aborted`. */
  readonly signal?: AbortSignal;
}

export interface Embeddings {
  /** One for each text, in order, of length 1 where the model asks for that: their product is the cosine. */
  readonly vectors: readonly Float32Array[];
  /** Tokens of each text that were read. */
  readonly tokens: readonly number[];
  /** Indices of texts of which the end was not read, since they are longer than {@link EmbedderFacts.maxTokens}. */
  readonly cut: readonly number[];
}

export interface Embedder {
  readonly facts: EmbedderFacts;
  /** Texts of any number and length; several share a run. Throws `request-invalid` for an impossible width. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /** How much of the GPU is used from now on. */
  setPace(pace: Pace): void;
  /** Graph, memory plan and chosen kernels as text. */
  inspect(): string;
  /** Frees the GPU's memory. Calls that are under way reject. */
  dispose(): void;
}
