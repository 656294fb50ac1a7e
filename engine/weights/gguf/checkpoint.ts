/**
 * A GGUF file as a checkpoint: generated config.json and tokenizer files, and tensors under published names. After
 * this nothing above knows that it was GGUF.
 */
import { GGML_READABLE, ggmlToF32 } from '../../quant/ggml.ts';
import { ggmlToM0e4 } from '../../quant/ggml-m0e4.ts';
import type { M0e4Rows } from '../../quant/m0e4.ts';
import type { ByteSource } from '../source.ts';
import { readGgufModel } from './config.ts';
import { type GgufTensor, openGguf } from './header.ts';
import { interleaved, isNormPlusOne, publishedName } from './names.ts';
import { withHalvesApart } from './rows.ts';
import { readTokenizer } from './tokenizer.ts';

/** Rows of a tensor whose numbers are not plain floats. */
export interface RowFormat {
  /** Whole rows as f32; `bytes` starts on a multiple of 4 in its buffer. */
  widen(bytes: Uint8Array): Float32Array;
  /** The same without a way through floats, where the format's own nibbles fit; otherwise undefined. */
  m0e4(bytes: Uint8Array, k: number, group: number, name: string, firstRow: number): M0e4Rows | undefined;
}

export interface GgufCheckpointTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  readonly offset: number;
  readonly bytes: number;
  /** Absent where the type cannot be read. */
  readonly rows?: RowFormat;
}

export interface GgufCheckpoint {
  readonly config: Readonly<Record<string, unknown>>;
  /** Generated: config.json, tokenizer.json, tokenizer_config.json, generation_config.json. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, GgufCheckpointTensor>;
}

export async function openGgufCheckpoint(source: ByteSource, signal?: AbortSignal): Promise<GgufCheckpoint> {
  const file = await openGguf(source, signal);
  const model = await readGgufModel(file, signal);
  const text = readTokenizer(file);
  const ordered = withHalvesApart(source, interleaved(file, model));
  const tensors = file.tensors.map((tensor): GgufCheckpointTensor => {
    const { type, ...place } = tensor;
    const name = publishedName(model.architecture, tensor.name);
    const rows = rowFormat(tensor, isNormPlusOne(model.architecture, tensor.name));
    return { ...place, name, dtype: type.name, source: ordered, ...(rows === undefined ? {} : { rows }) };
  });
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    config: model.config,
    files: new Map([
      ['config.json', json(model.config)],
      ['tokenizer.json', json(text.tokenizer)],
      ['tokenizer_config.json', json(text.tokenizerConfig)],
      ['generation_config.json', json(text.generationConfig)],
    ]),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}

function rowFormat({ type }: GgufTensor, plusOne: boolean): RowFormat | undefined {
  if (!GGML_READABLE.includes(type.name)) return undefined;
  return {
    widen: plusOne ? (bytes) => ggmlToF32(type, bytes).map((w) => w - 1) : (bytes) => ggmlToF32(type, bytes),
    m0e4: (bytes, ...rest) => ggmlToM0e4(type, bytes, ...rest),
  };
}
