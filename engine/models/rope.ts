/**
 * Rotary frequencies by the config's kind of scaling: none, `linear` (positions divided by a factor), `dynamic` (a larger
 * base beyond the trained length), `llama3` and `yarn` (low frequencies divided, high ones kept, a ramp between) and
 * `longrope` (a factor for each frequency), `proportional` (only
 * the higher frequencies turn). Source: transformers `modeling_rope_utils.py`.
 */
import type { ConstantTable } from '../ops/rope/table.ts';
import { asConfig, type Config, flag, positive, unsupported, wrongConfig } from './config.ts';

/** `rotary`: rotated elements of a head; `capacity`: most tokens of the cache. */
export function ropeTable(config: Config, rotary: number, capacity: number): ConstantTable {
  // transformers 5 writes one object, `rope_parameters`, for `rope_theta` and `rope_scaling`.
  const key = config.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const scaling = config[key] == null ? {} : asConfig(config[key], key);
  const theta = positive('rope_theta' in scaling ? scaling : config, 'rope_theta', 10000);
  const half = rotary / 2;
  const plain = Array.from({ length: half }, (_, i) => theta ** (-i / half));
  const kind = String(scaling.rope_type ?? scaling.type ?? 'default');
  if (!Object.hasOwn(SCALINGS, kind)) {
    unsupported(`${key}.rope_type`, Object.keys(SCALINGS).join(', '), kind);
  }
  const input = { frequencies: plain, theta, scaling, config, capacity };
  return { kind: 'rope', scale: 1, ...SCALINGS[kind]?.(input) } as ConstantTable;
}

/**
 * The config for the rope of a kind of layer, from `rope_parameters` by kind or from `defaults`. Files of GGUF have the base of
 * layers with a window apart.
 */
export function ropeOfKind(
  config: Config,
  kind: 'full_attention' | 'sliding_attention',
  defaults: Config,
): Config {
  if (config.rope_local_base_freq != null) {
    return kind === 'full_attention'
      ? config
      : { ...config, rope_scaling: null, rope_theta: config.rope_local_base_freq };
  }
  const { [kind]: own } = asConfig(config.rope_parameters ?? defaults, 'rope_parameters');
  return { ...config, rope_scaling: null, rope_parameters: own ?? null };
}

type Stretched = Pick<ConstantTable, 'frequencies'> & Partial<ConstantTable>;

interface RopeInput {
  /** Without scaling. */
  readonly frequencies: readonly number[];
  readonly theta: number;
  readonly scaling: Config;
  readonly config: Config;
  readonly capacity: number;
}

type Scaling = (input: RopeInput) => Stretched;

const SCALINGS: Readonly<Record<string, Scaling>> = {
  default: ({ frequencies }) => ({ frequencies }),
  none: ({ frequencies }) => ({ frequencies }),
  dynamic,
  yarn,
  linear: ({ frequencies, scaling }) => {
    const factor = positive(scaling, 'factor');
    return { frequencies: frequencies.map((f) => f / factor) };
  },
  llama3: ({ frequencies, scaling, config }) => {
    const factor = positive(scaling, 'factor');
    const low = positive(scaling, 'low_freq_factor');
    const high = positive(scaling, 'high_freq_factor');
    if (high <= low) wrongConfig('high_freq_factor', `more than low_freq_factor ${low}`, high);
    const trained = trainedLength(scaling, config);
    const stretched = frequencies.map((f) => {
      const turns = (trained * f) / (2 * Math.PI); // full turns within the trained length
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return kept * f + ((1 - kept) * f) / factor;
    });
    return { frequencies: stretched };
  },
  // The first part of the frequencies, as if the whole head turned; the others stand still.
  proportional: ({ frequencies, scaling }) => {
    const factor = positive(scaling, 'factor', 1);
    const turned = Math.floor(frequencies.length * positive(scaling, 'partial_rotary_factor', 1));
    return { frequencies: frequencies.map((f, i) => (i < turned ? f / factor : 0)) };
  },
  longrope,
  // The name in files of Phi-3 before transformers 4.43.
  su: longrope,
};

/**
 * Phi-3's scaling: one list of divisors up to the trained length and one beyond (Ding et al., arXiv 2402.13753). Keys
 * in the cache are rotated by one of them, so the capacity decides once, as in llama.cpp. Cosines and sines are scaled
 * for the model's full context length.
 */
function longrope({ frequencies, scaling, config, capacity }: RopeInput): Stretched {
  const trained = trainedLength(scaling, config);
  const factor =
    scaling.factor == null
      ? positive(config, 'max_position_embeddings') / trained
      : positive(scaling, 'factor');
  const key = capacity > trained ? 'long_factor' : 'short_factor';
  const divisors = scaling[key];
  const sound =
    Array.isArray(divisors) && divisors.length === frequencies.length && divisors.every((d) => d > 0);
  if (!sound) wrongConfig(key, `${frequencies.length} numbers above 0`, divisors);
  const own = scaling.attention_factor == null ? undefined : positive(scaling, 'attention_factor');
  return {
    frequencies: frequencies.map((f, i) => f / (divisors[i] as number)),
    scale: own ?? (factor > 1 ? Math.sqrt(1 + Math.log(factor) / Math.log(trained)) : 1),
  };
}

/** Tokens that the model was trained on before it was stretched. Phi-3 has the key beside the scaling, which wins. */
function trainedLength(scaling: Config, config: Config): number {
  const key = 'original_max_position_embeddings';
  const place = config[key] != null ? config : scaling;
  return positive(place, key, positive(config, 'max_position_embeddings', 2048));
}

/** Frequencies are those of training unless the cache is longer; then the base grows with its capacity. */
function dynamic({ frequencies, scaling, config, capacity }: RopeInput): Stretched {
  const factor = positive(scaling, 'factor');
  const trained = positive(config, 'max_position_embeddings', 2048);
  const grown = (factor * Math.max(capacity, trained)) / trained - (factor - 1);
  const width = 2 * frequencies.length;
  // With one frequency the exponent is infinite, and that frequency is 1 with any base.
  if (grown <= 1 || width === 2) return { frequencies };
  const power = width / (width - 2);
  return { frequencies: frequencies.map((f, i) => f * grown ** ((-i * power) / frequencies.length)) };
}

/**
 * Frequencies that turn often within the trained length are kept, those that turn less than once are divided by the
 * factor; cosines and sines are scaled (Peng et al., arXiv 2309.00071).
 */
function yarn({ frequencies, theta, scaling, config }: RopeInput): Stretched {
  const trained = trainedLength(scaling, config);
  const stretched = positive(config, 'max_position_embeddings', 2048) / trained;
  const factor = positive(scaling, 'factor', stretched);
  const half = frequencies.length;
  const at = (turns: number) => (half * Math.log(trained / (turns * 2 * Math.PI))) / Math.log(theta);
  const [fast, slow] = [at(positive(scaling, 'beta_fast', 32)), at(positive(scaling, 'beta_slow', 1))];
  const rounded = flag(scaling, 'truncate', true);
  const low = Math.max(rounded ? Math.floor(fast) : fast, 0);
  const last = Math.min(rounded ? Math.ceil(slow) : slow, 2 * half - 1);
  const high = last === low ? low + 0.001 : last;
  return {
    frequencies: frequencies.map((f, i) => {
      const divided = Math.min(1, Math.max(0, (i - low) / (high - low)));
      return f * (1 - divided) + (f / factor) * divided;
    }),
    scale: yarnScale(scaling, factor),
  };
}

function yarnScale(scaling: Config, factor: number): number {
  if (scaling.attention_factor != null) return positive(scaling, 'attention_factor');
  const scaleOf = (part: number) => (factor <= 1 ? 1 : 0.1 * part * Math.log(factor) + 1);
  const [own, all] = [Number(scaling.mscale ?? 0), Number(scaling.mscale_all_dim ?? 0)];
  return own > 0 && all > 0 ? scaleOf(own) / scaleOf(all) : scaleOf(1);
}
