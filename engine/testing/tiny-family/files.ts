/**
 * For tests: writes the checkpoints of `tiny-families.ts` as safetensors, and as GGUF by the rules of
 * llama.cpp's converter (`convert_hf_to_gguf.py`): names, interleaved rows of q and k, norms plus 1, metadata. Blocks
 * are rounded as by ggml's reference functions (`quantize_row_q8_0_ref`, `quantize_row_q4_0_ref` in `ggml-quants.c`).
 */
import { GGML_TYPES, type GgmlType, ggmlToF32 } from '../../quant/ggml.ts';
import { type TinyFamily, tinyFamilyTensors } from '../tiny-families.ts';
import { f16Array, f16FromF32, f32FromF16 } from '../../tensor/f16.ts';
import { ARCHITECTURES, type GgufArchitecture } from '../../weights/gguf/architectures/index.ts';
import { type GgufTensorBytes, writeGguf } from '../tiny-gguf.ts';
import { headWidthOf, metadata, type Ropes } from './metadata.ts';
import { multiplied, tiled } from './scans.ts';
import { TINY_TOKENIZER, writeSafetensors, type TestTensor } from '../tiny-checkpoint.ts';

/** Types of matrices in the GGUF files. */
export const GGUF_TYPES = ['F32', 'F16', 'Q8_0', 'Q4_0'] as const;
export type GgufType = (typeof GGUF_TYPES)[number];

/**
 * Returns the files of a family's checkpoint, with weights in safetensors of type `dtype`, which has the values that a GGUF
 * file rounded to `roundedTo` has.
 */
export function tinyFamilyFiles(
  family: TinyFamily,
  dtype: TestTensor['dtype'],
  roundedTo?: Rounding,
): Record<string, Uint8Array | string> {
  const tensors = tensorsOf(family, roundedTo).map(([name, t]) => [
    name,
    { ...t, dtype, shape: axes(family, name, t) },
  ]);
  return {
    'config.json': JSON.stringify(family.config),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': writeSafetensors(Object.fromEntries(tensors)),
  };
}

/** The converter writes the norm of a scan with a row for each group. */
function groupedNorm({ config }: TinyFamily, name: string, shape: readonly number[]): readonly number[] {
  const groups = (config.mamba_n_groups ?? 1) as number;
  return name.endsWith('ssm_norm.weight') && groups > 1 ? [groups, (shape[0] as number) / groups] : shape;
}

/** Kernels of convolutions have three axes, as PyTorch writes them; BERT's kinds of tokens are rows. */
export function axes({ config }: TinyFamily, name: string, { shape }: TestTensor): readonly number[] {
  const types = config.type_vocab_size as number;
  if (/token_type_embeddings\.weight$/.test(name)) return [types, (shape[0] as number) / types];
  const taps = (config.conv_L_cache ?? config.linear_conv_kernel_dim ?? config.mamba_d_conv) as number;
  return /conv(1d|\.conv)\.weight$/.test(name) ? [(shape[0] as number) / taps, 1, taps] : shape;
}

/** llama.cpp's converter drops the axis of 1 of a convolution. */
const withoutMiddle = (shape: readonly number[]) =>
  shape.length === 3 ? [shape[0] as number, shape[2] as number] : shape;

/** The tensors as published, with the values of a file that is rounded to `roundedTo`. */
export function tensorsOf(family: TinyFamily, roundedTo?: Rounding): [string, TestTensor][] {
  return Object.entries(tinyFamilyTensors(family)).map(([name, { shape, data }]) => {
    const tensor = { dtype: 'F32', shape, values: data as Float32Array } as const;
    if (roundedTo === undefined) return [name, tensor];
    if (roundedTo === 'BF16') return [name, rounded(tensor, roundedTo)];
    if (KEPT.test(name)) return [name, tensor];
    // Values are rounded where the converter puts them, and as it multiplies them.
    const places = tiled(family, name, { ...tensor, values: Float32Array.from(tensor.values.keys()) }).values;
    const factors = multiplied(family, name, { ...tensor, values: tensor.values.map(() => 1) }).values;
    const stored = rounded(multiplied(family, name, tiled(family, name, tensor)), roundedTo).values;
    const values = new Float32Array(stored.length);
    for (const [at, value] of stored.entries())
      values[places[at] as number] = value / (factors[at] as number);
    return [name, { ...tensor, values }];
  });
}

/** Formats to which weights can be rounded. BF16 is that of safetensors, where vectors are rounded too. */
export const ROUNDINGS = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** Matrices of BERT that the converter leaves in F32. */
const KEPT = /^(?:position_embd|token_types|embeddings\.(?:position|token_type)_embeddings)\./;

/** Writes a family as GGUF with matrices of `type`. `roundedTo`: first rounds the weights to that format. */
export function tinyFamilyGguf(family: TinyFamily, type: GgufType, roundedTo?: Rounding): Uint8Array {
  const { config } = family;
  const known = ARCHITECTURES[family.gguf] as GgufArchitecture;
  const architecture = config.model_type === known.modelType ? known : (known.unfused ?? known);
  const heads = config.num_attention_heads as number;
  const kvHeads = kvHeadsOf(config);
  const [early, late] = roundedTo === 'BF16' ? [roundedTo, undefined] : [undefined, roundedTo];
  const tensors = tensorsOf(family)
    .flatMap((entry) => apart(family, entry))
    .map(([name, tensor]): [string, TestTensor] => [
      name,
      // The numbers of safetensors are rounded before the converter multiplies them.
      multiplied(family, name, tiled(family, name, early === undefined ? tensor : rounded(tensor, early))),
    ])
    .map(([name, tensor]) => {
      const ours = ggufName(architecture, name);
      if (/\.ssm_[ad]$/.test(ours)) return [ours, scanVector(family, ours, tensor, late)] as const;
      const count = /attn_q/.test(ours) ? heads : /attn_k/.test(ours) ? kvHeads : 0;
      const moved = architecture.interleaved === true && count > 0 ? sideBySide(tensor, count) : tensor;
      const plus =
        architecture.normsPlusOne === true &&
        ours.endsWith('norm.weight') &&
        !ours.endsWith('ssm_norm.weight')
          ? 1
          : 0;
      const isPlain = KEPT.test(ours);
      const stored = late === undefined || isPlain ? moved : rounded(moved, late);
      const made = encode(stored, plus, isPlain ? 'F32' : type);
      const shape = groupedNorm(family, ours, withoutMiddle(axes(family, name, tensor)));
      return [
        family.gguf === 'falcon-h1' ? ours.replace(/ffn_norm\.weight$/, 'ffn_norm') : ours,
        { ...made, shape },
      ] as const;
    });
  return writeGguf({
    metadata: metadata(family, kvHeads),
    tensors: { ...Object.fromEntries(tensors), ...ropeTensors(config) },
  });
}

/** The converter stores decays as they are, and Mamba's vectors of heads with a row for each. */
function scanVector(
  { gguf }: TinyFamily,
  name: string,
  tensor: TestTensor,
  roundedTo: Rounding | undefined,
): GgufTensorBytes {
  const { shape, values } = roundedTo === undefined ? tensor : rounded(tensor, roundedTo);
  const stored = name.endsWith('ssm_a') ? values.map((w) => -Math.exp(w)) : values;
  const rows = gguf === 'qwen35' ? shape : [shape[0] as number, 1];
  return { ...encode({ dtype: 'F32', shape, values: stored }, 0, 'F32'), shape: rows };
}

/** The converter splits Granite 4's gate and up, and names them as Granite's. */
function apart({ gguf }: TinyFamily, [name, tensor]: [string, TestTensor]): [string, TestTensor][] {
  const hybrid = gguf === 'granitehybrid';
  const layer = hybrid ? name : name.replace('shared_mlp.output_linear', 'mlp.down_proj');
  if (!name.endsWith('shared_mlp.input_linear.weight')) return [[layer, tensor]];
  const [rows = 0, columns = 1] = tensor.shape;
  const half = (rows / 2) * columns;
  return ['gate', 'up'].map((part, i) => [
    name.replace('shared_mlp.input_linear', `${hybrid ? 'shared_mlp' : 'mlp'}.${part}_proj`),
    { ...tensor, shape: [rows / 2, columns], values: tensor.values.subarray(i * half, (i + 1) * half) },
  ]);
}

function kvHeadsOf(config: TinyFamily['config']): number {
  const { multi_query_group_num: groups, num_key_value_heads: own, num_attention_heads: all } = config;
  return (groups ?? own ?? all) as number;
}

/** Maps a published name to the name in the file. */
function ggufName(architecture: GgufArchitecture, name: string): string {
  const { layers = 'model.layers', top = TOP, layer } = architecture;
  const whole = Object.keys(layer).find(
    (key) => /\.(weight|bias)$|^ssm_[ad]$/.test(key) && name.endsWith(`.${layer[key]}`),
  );
  if (whole !== undefined) return `blk.${/\.(\d+)\./.exec(name)?.[1]}.${whole}`;
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const base = name.slice(0, name.lastIndexOf('.'));
  const [, number, part] = new RegExp(`^${layers}\\.(\\d+)\\.(.*)$`).exec(base) ?? [];
  const table = number === undefined ? top : layer;
  // Take the last match: an architecture's own names follow the common ones.
  const found = Object.entries(table).findLast(([, published]) => published === (part ?? base))?.[0];
  if (found === undefined) throw new Error(`no name in GGUF for ${name}`);
  return number === undefined ? `${found}.${kind}` : `blk.${number}.${found}.${kind}`;
}

const TOP = { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' };

/** RoPE frequency divisors, which llama.cpp stores in tensors, as its converter computes them for Llama 3 and Phi-3. */
function ropeTensors(config: TinyFamily['config']): Record<string, GgufTensorBytes> {
  const scaling = config.rope_scaling as Record<string, unknown> | undefined;
  const vector = (values: readonly number[]): GgufTensorBytes => ({
    type: 'F32',
    shape: [values.length],
    data: new Uint8Array(Float32Array.from(values).buffer),
  });
  if (scaling?.type === 'longrope') {
    return {
      'rope_factors_long.weight': vector(scaling.long_factor as number[]),
      'rope_factors_short.weight': vector(scaling.short_factor as number[]),
    };
  }
  const far = (config.rope_parameters as Ropes | undefined)?.full_attention;
  if (far?.rope_type === 'proportional') {
    const half = ((config.global_head_dim ?? headWidthOf(config)) as number) / 2;
    const turned = half * (far.partial_rotary_factor as number);
    return {
      'rope_freqs.weight': vector(Array.from({ length: half }, (_, i) => (i < turned ? 1 : 1e30))),
    };
  }
  if (scaling?.rope_type !== 'llama3') return {};
  const width = headWidthOf(config);
  const divisors = Array.from({ length: width / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * (config.rope_theta as number) ** ((2 * i) / width);
    if (wavelength < 8192 / 4) return 1;
    if (wavelength > 8192) return 32;
    const smooth = (8192 / wavelength - 1) / 3;
    return 1 / ((1 - smooth) / 32 + smooth);
  });
  return { 'rope_freqs.weight': vector(divisors) };
}

/** Interleaves the rows of each head of D rows: row i + j·D/2 goes to 2i + j. */
function sideBySide(tensor: TestTensor, heads: number): TestTensor {
  const [rows = 0, columns = 1] = tensor.shape;
  const width = rows / heads;
  const values = new Float32Array(tensor.values.length);
  for (let row = 0; row < rows; row++) {
    const [head, r] = [Math.floor(row / width), row % width];
    const to = head * width + 2 * (r % (width / 2)) + Math.floor(r / (width / 2));
    values.set(tensor.values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return { ...tensor, values };
}

/** Encodes a tensor; vectors are always F32. */
function encode({ shape, values }: TestTensor, plus: number, type: GgufType): GgufTensorBytes {
  if (shape.length === 1 || type === 'F32') {
    const data = new Uint8Array(Float32Array.from(values, (w) => w + plus).buffer);
    return { type: 'F32', shape, data };
  }
  if (type === 'F16') return { type, shape, data: new Uint8Array(f16Array(values).buffer) };
  const bytes: number[] = [];
  for (let at = 0; at < values.length; at += 32) {
    bytes.push(...(type === 'Q8_0' ? q8 : q4)(values.subarray(at, at + 32)));
  }
  return { type, shape, data: Uint8Array.from(bytes) };
}

function rounded(tensor: TestTensor, to: Rounding): TestTensor {
  if (to === 'BF16') {
    const bits = new Uint32Array(Float32Array.from(tensor.values).buffer).map((b) => b & 0xffff0000);
    return { ...tensor, values: new Float32Array(bits.buffer) };
  }
  const { type, data } = encode(tensor, 0, to);
  const format = [...GGML_TYPES.values()].find((t) => t.name === type) as GgmlType;
  return { ...tensor, values: ggmlToF32(format, data) };
}

function q8(block: Float32Array): number[] {
  const largest = block.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const d = Math.fround(largest / 127);
  const id = d === 0 ? 0 : Math.fround(1 / d);
  const half = f16FromF32(d);
  return [half & 255, half >> 8, ...block.map((w) => Math.round(Math.fround(w * id)))].map((b) => b & 255);
}

/** The number of largest magnitude becomes −8, whatever its sign. */
function q4(block: Float32Array): number[] {
  const extreme = block.reduce((most, w) => (Math.abs(w) > Math.abs(most) ? w : most), 0);
  const half = f16FromF32(extreme / -8);
  const d = f32FromF16(half);
  const q = Array.from(block, (w) => (d === 0 ? 8 : Math.min(15, Math.max(0, Math.floor(w / d + 8.5)))));
  return [half & 255, half >> 8, ...q.slice(0, 16).map((low, i) => low | ((q[i + 16] as number) << 4))];
}
