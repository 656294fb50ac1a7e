/**
 * Falcon-H1: each layer has attention and a Mamba-2 mixer on the same input, and multipliers nearly everywhere. Source:
 * arXiv 2507.22448; transformers `models/falcon_h1/modeling_falcon_h1.py`.
 *
 * Where the multipliers go, so that no number is multiplied in a step: into the norm before a product, into the scale of
 * scores, kernels of convolutions and factors of the scan (ops/scan), and, for those of the feed-forward block, into the
 * scale of the whole stream.
 */
import { type Config, count, flag, positive, unsupported, wrongConfig } from '../../config.ts';
import { buildDecoder, LLAMA_NAMES, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { ropeTable } from '../../rope.ts';
import { readCommon, readSizes, requireOff, requireSilu } from '../../sizes.ts';
import { mambaLayer } from './mamba.ts';

const NAMES: TensorNames = {
  ...LLAMA_NAMES,
  finalNorm: 'model.final_layernorm',
  mlpNorm: 'pre_ff_layernorm',
  gateUp: ['feed_forward.gate_proj', 'feed_forward.up_proj'],
  down: 'feed_forward.down_proj',
};

export const falconH1: ModelArchitecture = {
  modelTypes: ['falcon_h1'],

  read(config) {
    requireSilu(config);
    requireOff(config, 'attention_bias', 'mlp_bias', 'projectors_bias');
    if (flag(config, 'mamba_rms_norm', false) && flag(config, 'mamba_norm_before_gate', true)) {
      unsupported('mamba_norm_before_gate', 'false', true);
    }
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, hidden } = dims;
    const table = ropeTable(config, headWidth, s.capacity);
    const of = (key: string) => positive(config, key, 1);
    const [gate, down] = numbers(config, 'mlp_multipliers', 2) as [number, number];
    // gate and up are both multiplied by `gate`, and what they add to the stream by down / gate.
    const residualScale = down / gate;
    const input = (of('attention_in_multiplier') * of('attention_out_multiplier')) / residualScale;
    const [z, x, b, c, dt] = numbers(config, 'ssm_multipliers', 5).map(
      (factor) => (factor * of('ssm_in_multiplier')) / input,
    ) as [number, number, number, number, number];
    const out = of('ssm_out_multiplier') / residualScale;
    const normed = flag(config, 'mamba_rms_norm', false);
    const inner =
      config.mamba_d_ssm == null ? count(config, 'mamba_expand', 2) * hidden : count(config, 'mamba_d_ssm');
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: NAMES,
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      embedScale: of('embedding_multiplier'),
      logitScale: of('lm_head_multiplier'),
      residualScale,
      inputScales: { attention: input, mlp: gate },
      // Queries and keys are multiplied by `input`, and should be by attention_in_multiplier.
      scale: (of('key_multiplier') * (of('attention_in_multiplier') / input) ** 2) / Math.sqrt(headWidth),
      beside(_, prefix) {
        const { names, shape } = mambaLayer(config, `${prefix}.mamba`, inner);
        const { norm, ...others } = names;
        const keys = shape.groups * shape.keyWidth;
        return {
          names: normed && norm !== undefined ? { ...others, norm } : others,
          shape: {
            ...shape,
            zScale: z,
            aScale: dt,
            xScales: [
              [inner, x],
              [keys, b],
              [keys, c],
            ],
            ...(normed ? { normScale: out } : { scale: out }),
          },
        };
      },
    });
  },
};

/** A list of numbers above 0; all 1 where there is none. */
function numbers(config: Config, key: string, length: number): number[] {
  const { [key]: list } = config;
  if (list == null) return new Array<number>(length).fill(1);
  const sound = Array.isArray(list) && list.length === length && list.every((n) => n > 0);
  return sound ? list : wrongConfig(key, `${length} numbers above 0`, list);
}
