/**
 * Granite with sinks: layers with a window but for every fourth, a learnt score in the softmax of each head, and a base
 * of the rope for each layer, 0 for none. Source: transformers `models/granite_swa/`.
 */
import { asConfig, type Config, positive, wrongConfig } from '../../config.ts';
import { buildDecoder, LLAMA_NAMES, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { ropeTable } from '../../rope.ts';
import { readSizes, requireSilu, slidingWindow, windowedLayers } from '../../sizes.ts';
import { graniteCommon } from './granite.ts';

const NAMES: TensorNames = { ...LLAMA_NAMES, sinks: 'self_attn.sinks' };

export const graniteSwa: ModelArchitecture = {
  modelTypes: ['granite_swa'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const width = slidingWindow(config);
    const windowed = windowedLayers(config, layers, (i) => i % 4 !== 0);
    const bases = basesOf(config, layers);
    const ropes = new Map(
      [...new Set(bases)].map((base) => [base, ropeTable(withBase(config, base), headWidth, s.capacity)]),
    );
    // Layers without rotation share a table.
    const shared = bases.find((base) => base > 0) ?? 0;
    buildDecoder(s, dims, {
      ...graniteCommon(config),
      names: NAMES,
      rope: (i) => {
        const base = bases[i] as number;
        const table = ropes.get(base || shared)!;
        return { name: `rope_${base || shared}`, table, rotary: base > 0 ? headWidth : 0 };
      },
      window: (i) => (windowed[i] === true ? width : undefined),
    });
  },
};

/** The base of each layer's rope; 0 turns nothing. */
function basesOf(config: Config, layers: number): readonly number[] {
  const { layer_rope_theta: bases } = config;
  if (bases == null) {
    const own = config.rope_parameters == null ? {} : asConfig(config.rope_parameters, 'rope_parameters');
    return new Array<number>(layers).fill(positive('rope_theta' in own ? own : config, 'rope_theta', 10000));
  }
  const sound =
    Array.isArray(bases) && bases.length === layers && bases.every((b) => Number.isFinite(b) && b >= 0);
  if (!sound) wrongConfig('layer_rope_theta', `a list of ${layers} numbers of 0 or more`, bases);
  return bases as number[];
}

/** The config with that base of the rope; any for 0, whose table is not read. */
function withBase(config: Config, base: number): Config {
  const rope_theta = base > 0 ? base : 10000;
  if (config.rope_parameters == null) return { ...config, rope_theta };
  const own = asConfig(config.rope_parameters, 'rope_parameters');
  return { ...config, rope_parameters: { ...own, rope_theta } };
}
