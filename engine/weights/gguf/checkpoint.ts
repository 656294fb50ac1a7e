/**
 * Opens a GGUF file as a checkpoint: generates config.json and the tokenizer files, and renames tensors to their
 * published names. Callers cannot tell that the source was GGUF.
 */
import { GGML_READABLE, ggmlToF32 } from '../../quant/ggml.ts';
import { cellOf, ggmlToCells } from '../../quant/cells/ggml-cells.ts';
import { ggmlToM0e4 } from '../../quant/ggml-m0e4.ts';
import type { Checkpoint, CheckpointTensor } from '../formats/checkpoint-tensor.ts';
import type { RowFormat } from '../formats/row-format.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { GgufArchitecture } from './architectures/index.ts';
import { readGgufModel } from './config.ts';
import { type GgufFile, type GgufTensor, openGguf } from './header.ts';
import { interleaved, isExponential, isNormPlusOne, publishedName } from './names.ts';
import { withHalvesApart } from './rows.ts';
import { readTokenizer } from './tokenizer.ts';
import { shortest } from './value.ts';

/**
 * Reads the headers of a GGUF file, or of all parts of one, in order. Throws `checkpoint-damaged` for a damaged file, `model-unknown` for an architecture
 * or vocabulary that is not supported; both name file and key.
 */
export async function openGgufCheckpoint(
  parts: readonly ByteSource[],
  signal?: AbortSignal,
): Promise<Omit<Checkpoint, 'name'>> {
  const files: GgufFile[] = [];
  for (const part of parts) files.push(await openGguf(part, signal));
  const [file] = files as [GgufFile];
  // Only the first part has metadata, which speak of the tensors of all.
  const model = await readGgufModel(
    { ...file, tensors: files.flatMap(({ tensors }) => tensors) },
    files.length,
    signal,
  );
  const text = readTokenizer(file);
  const tensors = files.flatMap((part) => {
    const ordered = withHalvesApart(part.source, interleaved(part, model));
    return part.tensors.map((tensor): CheckpointTensor => {
      const { type, ...place } = tensor;
      const name = publishedName(model.architecture, tensor.name);
      const rows = rowFormat(tensor, undoing(model.architecture, tensor.name));
      return { ...place, name, dtype: type.name, source: ordered, ...(rows === undefined ? {} : { rows }) };
    });
  });
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    config: model.config,
    files: new Map([
      ['config.json', json(model.config)],
      ['tokenizer.json', json(text.tokenizer)],
      ['tokenizer_config.json', json(text.tokenizerConfig)],
      ['generation_config.json', json({ ...samplingIn(file), ...text.generationConfig })],
    ]),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}

/** Names in generation_config.json of the sampling that a file recommends. */
const SAMPLING: Readonly<Record<string, string>> = {
  temp: 'temperature',
  top_k: 'top_k',
  top_p: 'top_p',
  min_p: 'min_p',
  penalty_repeat: 'repetition_penalty',
};

/** Source: `general.sampling.*` in ggml's gguf-py. */
function samplingIn({ metadata }: GgufFile): Record<string, number> {
  return Object.fromEntries(
    Object.entries(SAMPLING).flatMap(([key, name]) => {
      const value = metadata.get(`general.sampling.${key}`);
      return typeof value === 'number' ? [[name, shortest(value)]] : [];
    }),
  );
}

/** What restores a number of the checkpoint; undefined where it is as it was. */
function undoing(architecture: GgufArchitecture, tensor: string): ((w: number) => number) | undefined {
  if (isNormPlusOne(architecture, tensor)) return (w) => w - 1;
  return isExponential(tensor) ? (w) => Math.log(-w) : undefined;
}

function rowFormat({ type }: GgufTensor, undo: ((w: number) => number) | undefined): RowFormat | undefined {
  if (!GGML_READABLE.includes(type.name)) return undefined;
  const cell = cellOf(type);
  return {
    ...(cell && { cell, cells: (bytes, k) => ggmlToCells(cell, type, bytes, k) }),
    widen:
      undo === undefined ? (bytes) => ggmlToF32(type, bytes) : (bytes) => ggmlToF32(type, bytes).map(undo),
    m0e4: (bytes, ...rest) => ggmlToM0e4(type, bytes, ...rest),
  };
}
