/** What families with carried states refuse, and names of tensors that their tiny models do not have. */
import { expect, test } from 'vitest';
import { buildModel } from '../../index.ts';
import { TINY_FAMILIES } from '../../../testing/tiny-families.ts';

const options = {
  activations: 'f32',
  weights: () => ({ dtype: 'f32' }) as const,
  maxChunk: 16,
  capacity: 32,
} as const;
const configOf = (name: string) => TINY_FAMILIES.find((family) => family.name === name)!.config;

test('Qwen3.5 beside pictures: the text part, by its longer names', () => {
  const text = configOf('qwen3-5');
  const plain = buildModel(text, options);
  const beside = buildModel(
    { model_type: 'qwen3_5', text_config: text, vision_config: {}, tie_word_embeddings: true },
    options,
  );
  expect(beside.tensors.map(({ name }) => name)).toEqual(
    plain.tensors.map(({ name }) => name.replace(/^model\./, 'model.language_model.')),
  );
});

test('Qwen3.5 without tied embeddings has a head, where the config says nothing of it', () => {
  const { tie_word_embeddings: _, ...text } = configOf('qwen3-5');
  const { tensors } = buildModel({ model_type: 'qwen3_5', text_config: text }, options);
  expect(tensors.at(-1)?.name).toBe('lm_head.weight');
});

const refused: [what: string, family: string, change: object, where: string][] = [
  ['attention without its gate', 'qwen3-5', { attn_output_gate: false }, 'attn_output_gate'],
  ['keys shared unevenly', 'qwen3-5', { linear_num_key_heads: 3 }, 'linear_num_key_heads'],
  ['a key wider than a workgroup', 'qwen3-5', { linear_key_head_dim: 512 }, 'linear_key_head_dim'],
  ['a kernel of one tap', 'qwen3-5', { linear_conv_kernel_dim: 1 }, 'linear_conv_kernel_dim'],
  ['millions of heads', 'qwen3-5', { num_attention_heads: 2 ** 20 }, 'num_attention_heads'],
  ['an unknown kind of layer', 'qwen3-5', { layer_types: new Array(4).fill('conv') }, 'layer_types'],
  ['experts', 'granite-4-h', { num_local_experts: 8 }, 'num_local_experts'],
  ['heads that do not fill the width', 'granite-4-h', { mamba_d_head: 8 }, 'mamba_d_head'],
  ['groups shared unevenly', 'granite-4-h', { mamba_n_groups: 3 }, 'mamba_n_groups'],
  ['biases of products', 'granite-4-h', { mamba_proj_bias: true }, 'mamba_proj_bias'],
  ['bounds that are none', 'granite-4-h', { time_step_limit: ['a', 1] }, 'time_step_limit'],
  [
    'a norm before its gate',
    'falcon-h1',
    { mamba_rms_norm: true, mamba_norm_before_gate: true },
    'mamba_norm_before_gate',
  ],
  ['a missing multiplier', 'falcon-h1', { ssm_multipliers: [1, 1, 1, 1] }, 'ssm_multipliers'],
];
test.each(refused)('refuses %s', (_what, name, change, where) => {
  expect(() => buildModel({ ...configOf(name), ...change }, options)).toThrow(
    expect.objectContaining({ who: 'config.json', where }),
  );
});
