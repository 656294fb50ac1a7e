/** What a model file provides: `llama.ts` is the pattern to follow. */
import type { BlockBuilder } from './blocks.ts';
import type { Config } from './config.ts';

/** The numbers that everything outside the graph needs. */
export interface ModelDims {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly layers: number;
  readonly vocab: number;
  /** Tokens that the model can attend to at once. */
  readonly contextLength: number;
  /** Its activations go beyond what a half can hold (65,504), so they want f32. */
  readonly wide?: boolean;
}

export interface ModelArchitecture {
  /** Values of `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Reads and checks the config; throws an EngineError naming config.json and the key. */
  read(config: Config): ModelDims;
  /** Adds the graph: input `ids` u32[S], outputs `logits` act[1,V] and `best` u32[1]. */
  build(site: BlockBuilder, config: Config, dims: ModelDims): void;
}
