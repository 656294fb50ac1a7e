/**
 * MiniCPM 1, 2, 4: a Llama whose multipliers follow from its sizes (muP; Hu et al., arXiv 2404.06395). Source: the authors'
 * `modeling_minicpm.py`, beside their checkpoints. MiniCPM3 (another attention) and models with experts are refused.
 */
import { type Config, count, flag, positive } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture, ModelDims } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireNone, requireSilu } from '../sizes.ts';

export const minicpm: ModelArchitecture = {
  modelTypes: ['minicpm'],

  read(config) {
    requireSilu(config);
    requireNone(config, 'num_experts', 'num_local_experts');
    return withDenseAttention(config, readSizes(config));
  },

  build(s, config, dims) {
    const { headWidth, hidden, layers } = dims;
    const bias = flag(config, 'attention_bias', false);
    const table = ropeTable(config, headWidth, s.capacity);
    buildDecoder(s, dims, {
      ...readCommon(config, { tied: true }),
      names: LLAMA_NAMES,
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      biases: { qkv: bias, out: bias },
      embedScale: positive(config, 'scale_emb', 1),
      residualScale: positive(config, 'scale_depth', 1) / Math.sqrt(layers),
      logitScale: positive(config, 'dim_model_base', 1) / hidden,
    });
  },
};

/** Where sparse attention is configured, it begins at `dense_len` tokens; the context ends before. */
function withDenseAttention(config: Config, dims: ModelDims): ModelDims {
  const { sparse_config: sparse } = config;
  if (typeof sparse !== 'object' || sparse === null) return dims;
  const dense = count(sparse as Config, 'dense_len', 8192);
  return { ...dims, contextLength: Math.min(dims.contextLength, dense) };
}
