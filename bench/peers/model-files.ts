/**
 * The model in a folder, once for each engine: `model.safetensors` (Linnet), `model.gguf` (wllama),
 * `onnx/model_q4.onnx` or `onnx/model_q4f16.onnx` (transformers.js), and the small files beside them.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type Shape } from '../shapes.ts';
import { ggufOf } from './gguf.ts';
import { onnxOf } from './onnx-llama.ts';
import { type Part, utf8, writeParts } from './parts.ts';
import { safetensorsOf } from './safetensors.ts';
import { CONTEXT, tokenizerJson } from './tokens.ts';

/** How activations are stored; every engine is told the same. */
export type Activations = 'f32' | 'f16';

/** Returns bytes by file. */
export function writeModel(
  folder: string,
  shape: Shape,
  layers: number,
  activations: Activations,
): Record<string, number> {
  const json = (value: object): Part[] => [utf8(JSON.stringify(value))];
  const special = { bos_token_id: 1, eos_token_id: 2 };
  const config = {
    ...configOf(shape, layers),
    // What all three formats are written as.
    ...{ model_type: 'llama', max_position_embeddings: CONTEXT, hidden_act: 'silu' },
  };
  const files: Record<string, () => Part[]> = {
    'config.json': () => json(config),
    'generation_config.json': () => json(special),
    'tokenizer_config.json': () => json({ bos_token: '<s>', eos_token: '</s>', add_bos_token: false }),
    'tokenizer.json': () => json(tokenizerJson(shape.vocab)),
    'model.safetensors': () => safetensorsOf(shape, layers),
    'model.gguf': () => ggufOf(shape, layers),
    [onnxFile(activations)]: () => onnxOf(shape, layers, activations === 'f16' ? 'float16' : 'float32'),
  };
  for (const [name, parts] of Object.entries(files)) writeParts(join(folder, name), parts());
  return Object.fromEntries(Object.keys(files).map((name) => [name, statSync(join(folder, name)).size]));
}

/** As transformers.js looks for it by its `dtype`. */
const onnxFile = (activations: Activations) => `onnx/model_${activations === 'f16' ? 'q4f16' : 'q4'}.onnx`;
