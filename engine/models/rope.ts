/**
 * Rotary frequencies by the config's kind of scaling: none, `linear` (positions divided by a factor), `llama3` (low
 * frequencies divided, high ones kept, a ramp between) and `longrope` (a factor for each frequency). Source:
 * transformers `modeling_rope_utils.py`.
 */
import type { ConstantTable } from '../ops/rope/table.ts';
import { asConfig, type Config, positive, unsupported, wrongConfig } from './config.ts';

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
  return { kind: 'rope', scale: 1, ...SCALINGS[kind]?.(plain, scaling, config, capacity) } as ConstantTable;
}

type Stretched = Pick<ConstantTable, 'frequencies'> & Partial<ConstantTable>;
type Scaling = (frequencies: number[], scaling: Config, config: Config, capacity: number) => Stretched;

const SCALINGS: Readonly<Record<string, Scaling>> = {
  default: (frequencies) => ({ frequencies }),
  linear: (frequencies, scaling) => {
    const factor = positive(scaling, 'factor');
    return { frequencies: frequencies.map((f) => f / factor) };
  },
  llama3: (frequencies, scaling) => {
    const factor = positive(scaling, 'factor');
    const low = positive(scaling, 'low_freq_factor');
    const high = positive(scaling, 'high_freq_factor');
    if (high <= low) wrongConfig('high_freq_factor', `more than low_freq_factor ${low}`, high);
    const trained = positive(scaling, 'original_max_position_embeddings');
    const stretched = frequencies.map((f) => {
      const turns = (trained * f) / (2 * Math.PI); // full turns within the trained length
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return kept * f + ((1 - kept) * f) / factor;
    });
    return { frequencies: stretched };
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
function longrope(frequencies: number[], scaling: Config, config: Config, capacity: number): Stretched {
  const place = 'original_max_position_embeddings' in scaling ? scaling : config;
  const trained = positive(place, 'original_max_position_embeddings');
  const factor = positive(config, 'max_position_embeddings') / trained;
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
