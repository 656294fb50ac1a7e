/**
 * Writes the model to a folder in the format of each engine: `model.safetensors` (Linnet), `model.gguf` (wllama),
 * `onnx/model_q4.onnx` or `onnx/model_q4f16.onnx` (transformers.js), and the shared JSON files.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type Shape } from '../../shapes.ts';
import { ggufOf } from './gguf.ts';
import { onnxOf } from './onnx-llama.ts';
import { type FilePart, utf8, writeParts } from './file-parts.ts';
import { safetensorsOf } from './safetensors.ts';
import { CONTEXT, tokenizerJson } from './tokens.ts';

/** Element type of activations, the same for every engine. */
export type PeerActivations = 'f32' | 'f16';

/** Writes all files and returns the size in bytes of each. */
export function writeModel(
  folder: string,
  shape: Shape,
  layers: number,
  activations: PeerActivations,
): Record<string, number> {
  const json = (value: object): FilePart[] => [utf8(JSON.stringify(value))];
  const special = { bos_token_id: 1, eos_token_id: 2 };
  const config = {
    ...configOf(shape, layers),
    // The same in all three formats.
    model_type: 'llama',
    max_position_embeddings: CONTEXT,
    hidden_act: 'silu',
  };
  const files: Record<string, () => FilePart[]> = {
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

/** The file that transformers.js loads for the corresponding `dtype`. */
const onnxFile = (activations: PeerActivations) =>
  `onnx/model_${activations === 'f16' ? 'q4f16' : 'q4'}.onnx`;
