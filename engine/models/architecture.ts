/** What the file of a model family provides; `families/llama.ts` is the pattern to follow. */
import type { BlockBuilder } from './blocks.ts';
import type { Config } from './config.ts';
import type { EmbeddingSpec } from './encoder.ts';

/** The sizes that code outside the graph needs. */
export interface ModelDims {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly layers: number;
  readonly vocab: number;
  /** Tokens that the model can attend to at once. */
  readonly contextLength: number;
  /** Activations exceed the range of f16 (65,504), so they should be f32. */
  readonly wide?: boolean;
  /** Of a model that makes vectors of passages, and no text. */
  readonly embeds?: EmbeddingSpec;
}

export interface ModelArchitecture {
  /** Values of `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Reads and checks the config. Throws an EngineError that names config.json and the key. */
  read(config: Config): ModelDims;
  /** Whether a tensor of the checkpoint is known, and has no part in the model. */
  unused?(config: Config, tensor: string): boolean;
  /**
   * Adds the graph: input `ids` u32[S], outputs `logits` act[1,V] and `best` u32[1]. Of an encoder (`embeds`): inputs
   * `ids`, `places` u32[S] where positions are learnt, `spans` u32[S,2], `passages` u32[B,2]; output `vectors` f32[B,N].
   */
  build(builder: BlockBuilder, config: Config, dims: ModelDims): void;
}
