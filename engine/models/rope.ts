/**
 * Rotary frequencies as a config asks for them: plain, `linear` (positions divided by a factor) and
 * `llama3` (low frequencies divided, high ones kept, a ramp between; transformers
 * `modeling_rope_utils.py`, `_compute_llama3_parameters`).
 */
import type { ConstantTable } from '../graph/graph.ts';
import { asConfig, type Config, positive, unsupported, wrongConfig } from './config.ts';

export function ropeTable(config: Config, rotary: number): ConstantTable {
  // transformers 5 writes one object, `rope_parameters`, for what were `rope_theta` and `rope_scaling`.
  const key = config.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const scaling = config[key] == null ? {} : asConfig(config[key], key);
  const theta = positive('rope_theta' in scaling ? scaling : config, 'rope_theta', 10000);
  const half = rotary / 2;
  const plain = Array.from({ length: half }, (_, i) => theta ** (-i / half));
  const kind = scaling.rope_type ?? scaling.type ?? 'default';
  const change = SCALINGS[String(kind)];
  if (change === undefined) unsupported(`${key}.rope_type`, Object.keys(SCALINGS).join(', '), kind);
  return { kind: 'rope', frequencies: change(plain, scaling), scale: 1 };
}

const SCALINGS: Readonly<Record<string, (frequencies: number[], scaling: Config) => number[]>> = {
  default: (frequencies) => frequencies,
  linear: (frequencies, scaling) => {
    const factor = positive(scaling, 'factor');
    return frequencies.map((f) => f / factor);
  },
  llama3: (frequencies, scaling) => {
    const factor = positive(scaling, 'factor');
    const low = positive(scaling, 'low_freq_factor');
    const high = positive(scaling, 'high_freq_factor');
    if (high <= low) wrongConfig('high_freq_factor', `more than low_freq_factor ${low}`, high);
    const trained = positive(scaling, 'original_max_position_embeddings');
    return frequencies.map((f) => {
      const turns = (trained * f) / (2 * Math.PI); // full turns within the trained length
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return kept * f + ((1 - kept) * f) / factor;
    });
  },
};
