/**
 * Reads RoPE scaling as `rope_scaling` of config.json. GGUF stores the kind in metadata, and factors per frequency in
 * tensors: `rope_freqs.weight` (Llama 3.1 and later) and `rope_factors_long/short.weight` (Phi-3).
 */
import { collect } from '../sources/byte-source.ts';
import { ggmlToF32 } from '../../quant/ggml.ts';
import type { GgufFile } from './header.ts';
import { type Metadata, shortest, unsupported } from './value.ts';

/** What the scaling is computed from. */
export interface RopeFacts {
  readonly theta: number;
  /** Number of elements of a head that RoPE rotates. */
  readonly turned: number;
  /** Context length of the original training, in tokens. */
  readonly trained: number | undefined;
}

/** Returns `rope_scaling`; null for none. Throws `model-unknown` for factors that no known config gives. */
export async function ropeScaling(
  file: GgufFile,
  ask: Metadata,
  key: (k: string) => string,
  rope: RopeFacts,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  const half = rope.turned / 2;
  const long = await factors(file, 'rope_factors_long.weight', half, signal);
  const short = await factors(file, 'rope_factors_short.weight', half, signal);
  if (long !== undefined && short !== undefined) {
    return { type: 'longrope', long_factor: long.map(shortest), short_factor: short.map(shortest) };
  }
  const divisors = await factors(file, 'rope_freqs.weight', half, signal);
  if (divisors !== undefined) return proportional(divisors) ?? llama3(file, divisors, rope);
  // Files without a kind have a factor only if positions are divided by it; `none` turns a factor off.
  const kind = ask.text(key('rope.scaling.type')) ?? 'linear';
  const given = ask.number(key('rope.scaling.factor')) ?? ask.number(key('rope.scale_linear')) ?? 0;
  const factor = given === 0 ? 1 : shortest(given);
  if (kind === 'none' || (kind === 'linear' && factor === 1)) return null;
  return {
    rope_type: kind,
    factor,
    ...(rope.trained === undefined ? {} : { original_max_position_embeddings: rope.trained }),
    ...(kind === 'yarn' ? yarn(ask, key, factor) : {}),
  };
}

/** What a file says of YaRN beside its factor. llama.cpp multiplies its own scale of cosines and sines by one in the file. */
function yarn(ask: Metadata, key: (k: string) => string, factor: number): Record<string, unknown> {
  const of = (name: string) => {
    const value = ask.number(key(`rope.scaling.${name}`));
    return value === undefined ? undefined : shortest(value);
  };
  const [fast, slow, scale, all] = [
    'yarn_beta_fast',
    'yarn_beta_slow',
    'attn_factor',
    'yarn_log_multiplier',
  ].map(of);
  const own = factor > 1 ? 1 + 0.1 * Math.log(factor) : 1;
  return {
    ...(fast === undefined ? {} : { beta_fast: fast }),
    ...(slow === undefined ? {} : { beta_slow: slow }),
    ...(all === undefined || all === 0 ? {} : { mscale: 1, mscale_all_dim: all }),
    ...(scale === undefined || scale === 1 ? {} : { attention_factor: scale * own }),
  };
}

/** From this divisor on a frequency stands still. */
const STILL = 1e29;

/** Frequencies as they are, then some that stand still; undefined for others. */
function proportional(divisors: readonly number[]): Record<string, unknown> | undefined {
  const turned = divisors.findIndex((divisor) => divisor >= STILL);
  const sound = divisors.every((divisor, i) => (i < turned ? divisor === 1 : divisor >= STILL));
  if (turned < 1 || !sound) return undefined;
  return { rope_type: 'proportional', partial_rotary_factor: turned / divisors.length };
}

/** The inputs of llama.cpp's converter for the divisors; every published model has these three numbers. */
const LLAMA3 = { low: 1, high: 4, trained: 8192 };
/** Relative tolerance; the divisors are f32 and were computed in f32. */
const TOLERANCE = 1e-4;

/** Returns the config that gives these divisors; refuses others rather than approximating them. */
function llama3(file: GgufFile, divisors: readonly number[], { theta, turned, trained }: RopeFacts) {
  const factor = Math.max(...divisors);
  if (factor === 1) return null;
  const length = trained ?? LLAMA3.trained;
  const { low, high } = LLAMA3;
  for (const [i, got] of divisors.entries()) {
    const turns = (length * theta ** ((-2 * i) / turned)) / (2 * Math.PI); // full turns within the trained length
    const unscaled = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    const expected = 1 / (unscaled + (1 - unscaled) / factor);
    if (Math.abs(got / expected - 1) > TOLERANCE) {
      unsupported(file.source.name, `rope_freqs.weight[${i}]`, `${expected}, as Llama 3 has it`, got);
    }
  }
  return {
    rope_type: 'llama3',
    factor: shortest(factor),
    low_freq_factor: low,
    high_freq_factor: high,
    original_max_position_embeddings: length,
  };
}

/** Reads an f32[length] tensor; undefined if there is none. Throws `model-unknown` for another type or shape. */
async function factors(
  file: GgufFile,
  name: string,
  length: number,
  signal: AbortSignal | undefined,
): Promise<number[] | undefined> {
  const tensor = file.tensors.find((t) => t.name === name);
  if (tensor === undefined) return undefined;
  if (tensor.type.name !== 'F32' || tensor.shape.length !== 1 || tensor.shape[0] !== length) {
    const got = `${tensor.type.name} [${tensor.shape.join(', ')}]`;
    unsupported(file.source.name, name, `F32 [${length}]`, got);
  }
  const { source } = file;
  const bytes = await collect(source.name, source.stream(tensor.offset, tensor.bytes, signal), tensor.bytes);
  // Copy: floats must be aligned, and the bytes may start anywhere in a larger buffer.
  return [...ggmlToF32(tensor.type, new Uint8Array(bytes))];
}
