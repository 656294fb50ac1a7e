/**
 * Models that make one vector of each passage: a run has several passages one behind the other, and a token attends to
 * its own passage only, on both sides. The last part, pooling and dense layers, is described beside the checkpoint
 * (`modules.json` of sentence-transformers); `weights/formats/sentence-transformers.ts` adds it to config.json under
 * {@link POOLING_KEY}.
 */
import type { ValueId } from '../graph/graph.ts';
import { POOLINGS, type Pooling } from '../ops/pool/index.ts';
import { type BlockBuilder, linear } from './blocks.ts';
import { asConfig, type Config, count, flag, unsupported, wrongConfig } from './config.ts';

/** The key of config.json with what is beside the checkpoint. */
export const POOLING_KEY = 'sentence_transformers';
/** Most passages of a run: as many as products of a few rows take (kernels/matmul.ts), since dense layers have a row for each. */
export const MOST_PASSAGES = 8;

/** How a vector is made of a passage's rows, and how long a passage may be. */
export interface EmbeddingSpec {
  readonly mode: Pooling;
  /** Products after pooling, in order. */
  readonly dense: readonly DenseSpec[];
  /** Width of the result. */
  readonly width: number;
  /** Whether vectors are divided by their length. */
  readonly normalise: boolean;
  /** Tokens of a passage, special ones included; the rest of a longer one is not read. */
  readonly maxTokens: number;
  /** What is written before a question, and before a passage that may answer it. */
  readonly prompts: { readonly query: string; readonly document: string };
}

interface DenseSpec {
  /** Prefix of its tensors. */
  readonly tensor: string;
  readonly out: number;
  readonly bias: boolean;
}

const MOST_DENSE = 8;

/** Without the description: the mean of all rows, divided by its length. Throws as config.json's readers do. */
export function readEmbedding(config: Config, hidden: number, contextLength: number): EmbeddingSpec {
  const own = config[POOLING_KEY] == null ? {} : asConfig(config[POOLING_KEY], POOLING_KEY);
  const mode = POOLINGS.find((name) => name === (own.pooling ?? 'mean'));
  if (mode === undefined) unsupported(`${POOLING_KEY}.pooling`, POOLINGS.join(', '), own.pooling);
  const given = own.dense ?? [];
  if (!Array.isArray(given) || given.length > MOST_DENSE)
    wrongConfig(`${POOLING_KEY}.dense`, `a list of at most ${MOST_DENSE}`, given);
  const dense = given.map((one: unknown): DenseSpec => {
    const layer = asConfig(one, `${POOLING_KEY}.dense`);
    return { tensor: String(layer.tensor), out: count(layer, 'out'), bias: flag(layer, 'bias', false) };
  });
  const prompts = own.prompts == null ? {} : asConfig(own.prompts, `${POOLING_KEY}.prompts`);
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    mode,
    dense,
    width: dense.at(-1)?.out ?? hidden,
    normalise: flag(own, 'normalise', true),
    maxTokens: Math.min(count(own, 'max_tokens', contextLength), contextLength),
    prompts: { query: text(prompts.query), document: text(prompts.document) },
  };
}

/** x act[S,E] → output `vectors` f32[B,width], not yet divided by their lengths. */
export function pooled(s: BlockBuilder, x: ValueId, { mode, dense }: EmbeddingSpec): void {
  const passages = s.b.input('passages', { dtype: 'u32', shape: [s.B, 2] });
  const rows = s.b.node('pool', 'pool', { x, passages }, { mode });
  const vectors = dense.reduce(
    (from, { tensor, out, bias }, i) => linear(s, from, { tensor, node: `dense.${i}`, bias }, out),
    rows,
  );
  s.b.output('vectors', vectors);
}
