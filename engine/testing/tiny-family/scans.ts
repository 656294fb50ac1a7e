/** For tests: what llama.cpp's converter writes of layers with a carried state (models/recurrent.ts). */
import type { TinyFamily } from '../tiny-families.ts';
import type { TestTensor } from '../tiny-checkpoint.ts';
import { bool, numbers, type Typed, u32 } from '../tiny-gguf.ts';

/** The converter moves heads of values of Qwen3.5 so that head h has the keys of head h modulo their number. */
export function tiled({ config }: TinyFamily, name: string, tensor: TestTensor): TestTensor {
  const part = /linear_attn\.(.*)$/.exec(name)?.[1];
  if (part === undefined || part === 'norm.weight') return tensor;
  const of = (key: string) => config[key] as number;
  const [heads, groups] = [of('linear_num_value_heads'), of('linear_num_key_heads')];
  const width = /in_proj_[ab]|A_log|dt_bias/.test(part) ? 1 : of('linear_value_head_dim');
  const before = /qkv|conv1d/.test(part) ? 2 * groups * of('linear_key_head_dim') : 0;
  // Heads are columns of the last product, else rows; a row of a kernel is its taps.
  const columns = part.startsWith('out_proj');
  const row = part.startsWith('conv1d') ? of('linear_conv_kernel_dim') : (tensor.shape[1] ?? 1);
  const [lines, stride, unit] = columns ? [tensor.shape[0] as number, row, 1] : [1, 0, row];
  const values = Float32Array.from(tensor.values);
  for (let line = 0; line < lines; line++) {
    for (let h = 0; h < heads; h++) {
      const to = (h % (heads / groups)) * groups + Math.floor(h / (heads / groups));
      const at = (head: number) => line * stride + (before + head * width) * unit;
      values.set(tensor.values.subarray(at(h), at(h + 1)), at(to));
    }
  }
  return { ...tensor, values };
}

/** Of Qwen3.5, and of Mamba layers. */
export function scanSizes(config: TinyFamily['config']): Record<string, Typed | undefined> {
  const of = (key: string) => config[key] as number;
  if (config.mamba_n_heads !== undefined) {
    return {
      'ssm.conv_kernel': u32(of('mamba_d_conv')),
      'ssm.state_size': u32(of('mamba_d_state')),
      'ssm.group_count': u32(of('mamba_n_groups')),
      'ssm.time_step_rank': u32(of('mamba_n_heads')),
      'ssm.inner_size': u32(of('mamba_n_heads') * of('mamba_d_head')),
      'rope.scaling.finetuned': bool(config.position_embedding_type === 'rope'),
    };
  }
  if (config.linear_num_value_heads === undefined) return {};
  return {
    'ssm.conv_kernel': u32(of('linear_conv_kernel_dim')),
    'ssm.state_size': u32(of('linear_key_head_dim')),
    'ssm.group_count': u32(of('linear_num_key_heads')),
    'ssm.time_step_rank': u32(of('linear_num_value_heads')),
    'ssm.inner_size': u32(of('linear_num_value_heads') * of('linear_value_head_dim')),
    full_attention_interval: u32(3),
    'rope.dimension_sections': numbers(5, [2, 1, 1, 0]),
  };
}

/** The converter multiplies tensors of Falcon-H1 by its multipliers. */
export function multiplied({ config }: TinyFamily, name: string, tensor: TestTensor): TestTensor {
  if (config.model_type !== 'falcon_h1') return tensor;
  const of = (key: string) => (config[key] ?? 1) as number;
  const [mlp, ssm] = [config.mlp_multipliers, config.ssm_multipliers] as number[][];
  const inner = of('mamba_d_ssm');
  const keys = of('mamba_n_groups') * of('mamba_d_state');
  const ends = [inner, 2 * inner, 2 * inner + keys, 2 * inner + 2 * keys, Number.POSITIVE_INFINITY];
  const factors: Record<string, (row: number) => number> = {
    'feed_forward.down_proj': () => mlp?.[1] as number,
    'feed_forward.gate_proj': () => mlp?.[0] as number,
    k_proj: () => of('key_multiplier') * of('attention_in_multiplier'),
    q_proj: () => of('attention_in_multiplier'),
    v_proj: () => of('attention_in_multiplier'),
    o_proj: () => of('attention_out_multiplier'),
    out_proj: () => of('ssm_out_multiplier'),
    in_proj: (row) => of('ssm_in_multiplier') * (ssm?.[ends.findIndex((end) => row < end)] as number),
    lm_head: () => of('lm_head_multiplier'),
    embed_tokens: () => of('embedding_multiplier'),
  };
  const [, factor] = Object.entries(factors).find(([part]) => name.endsWith(`${part}.weight`)) ?? [];
  if (factor === undefined) return tensor;
  const columns = tensor.shape[1] as number;
  const values = Float32Array.from(tensor.values, (w, i) => w * factor(Math.floor(i / columns)));
  return { ...tensor, values };
}
