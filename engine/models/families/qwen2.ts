/**
 * Qwen1.5, Qwen2, Qwen2.5: a Llama with biases of q, k and v; with `use_sliding_window` the layers from
 * `max_window_layers` on have a window. Source: transformers `models/qwen2/modeling_qwen2.py`.
 */
import { type Config, count, flag } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, slidingWindow, windowedLayers } from '../sizes.ts';

export const qwen2: ModelArchitecture = {
  modelTypes: ['qwen2'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const table = ropeTable(config, headWidth, s.capacity);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: LLAMA_NAMES,
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      window: qwenWindow(config, layers),
      biases: { qkv: true },
    });
  },
};

/** Shared with Qwen3. */
export function qwenWindow(config: Config, layers: number): (layer: number) => number | undefined {
  if (!flag(config, 'use_sliding_window', false)) return () => undefined;
  const width = slidingWindow(config);
  const windowed = windowedLayers(config, layers, (i) => i >= count(config, 'max_window_layers', 28));
  return (i) => (windowed[i] === true ? width : undefined);
}
