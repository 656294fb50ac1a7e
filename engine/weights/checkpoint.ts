/**
 * Opens a published checkpoint: reads its small files and locates its tensors. Reads no weights.
 *
 *   config.json, and tokenizer.json or a vocabulary: of SentencePiece (`sentencepiece-model.ts`)
 *   or of tiktoken (`tiktoken.ts`)                                                  required
 *   generation_config.json, tokenizer_config.json,
 *   special_tokens_map.json, chat_template.jinja, chat_template.json                optional
 *   model.safetensors, or model.safetensors.index.json and the shards it names      required
 *   modules.json and what it names (`sentence-transformers.ts`)                     optional
 *
 * Safetensors may hold quantised weights (`quantised/producers.ts`). A single GGUF file (`gguf/checkpoint.ts`), which contains
 * all of this, and WebLLM's files (`mlc.ts`) are read too.
 *
 * Not here: the meaning of config.json (engine/models), reading rows (`convert.ts`).
 */
import type { Checkpoint, CheckpointTensor } from './formats/checkpoint-tensor.ts';
import { fail } from '../base/errors.ts';
import { GGML_READABLE } from '../quant/ggml.ts';
import { checkWhole } from './integrity/file-hash.ts';
import { openGgufCheckpoint } from './gguf/checkpoint.ts';
import { findGguf } from './sources/gguf-location.ts';
import { openMlcTensors, readMlcConfig } from './formats/mlc.ts';
import { readQuantised } from './formats/quantised/producers.ts';
import { isObject, kindOf, parseJson } from './sources/json.ts';
import { sentencePieceFiles } from './formats/sentencepiece-model.ts';
import { openSafetensors } from './formats/safetensors.ts';
import { readModules } from './formats/sentence-transformers.ts';
import { isTiktoken, tiktokenFiles } from './formats/tiktoken.ts';
import type { ByteSource, CheckpointFolder } from './sources/byte-source.ts';

const MiB = 1024 * 1024;
/** Small files by name, each with its size limit in bytes: several times the size of real ones. */
const SMALL_FILES: Readonly<Record<string, { readonly limit: number }>> = {
  'config.json': { limit: 4 * MiB },
  'tokenizer.json': { limit: 128 * MiB },
  'generation_config.json': { limit: MiB },
  'tokenizer_config.json': { limit: 16 * MiB },
  'special_tokens_map.json': { limit: MiB },
  'chat_template.jinja': { limit: 4 * MiB },
  'chat_template.json': { limit: 4 * MiB },
};
/** Vocabularies of SentencePiece or tiktoken, in the order in which they are looked for. */
const VOCABULARIES = ['tokenizer.model', 'qwen.tiktoken', 'tiktoken.model', 'hy.tiktoken'];
const VOCABULARY_LIMIT = 32 * MiB;
const BESIDE_CONFIG = Object.keys(SMALL_FILES).filter((name) => name !== 'config.json');
const INDEX = 'model.safetensors.index.json';
const SINGLE = 'model.safetensors';
const INDEX_LIMIT = 64 * MiB;
/** Well above the number of shards of any published model. */
const MAX_SHARDS = 2000;

/**
 * Opens the checkpoint in `folder`, whatever its format. Throws `source-missing` (a required file is missing),
 * `source-several` (more than one GGUF file), `checkpoint-damaged`, `checkpoint-mismatch` (index and shards disagree),
 * `tokenizer-damaged`, `model-unknown` (a quantisation or architecture that cannot be read), and the source's errors.
 */
export async function openCheckpoint(folder: CheckpointFolder, signal?: AbortSignal): Promise<Checkpoint> {
  const gguf = await findGguf(folder, signal);
  if (gguf !== undefined) return { name: folder.name, ...(await openGgufCheckpoint(gguf, signal)) };
  const first = await readSmallFiles(folder, ['config.json'], signal);
  const mlc = first.size === 0 ? await readMlcConfig(folder, signal) : undefined;
  const config = mlc ?? parseConfig(folder, first);
  const files = new Map([...first, ...(await readSmallFiles(folder, BESIDE_CONFIG, signal))]);
  if (!files.has('tokenizer.json')) await addTokenizer(folder, files, config, signal);
  if (mlc !== undefined) {
    const opened = await openMlcTensors(folder, mlc, signal);
    files.set('config.json', new TextEncoder().encode(JSON.stringify(opened.config)));
    return { name: folder.name, files, ...opened };
  }
  const tensors = await readQuantised(config, await openTensors(folder, signal), signal);
  const modules = await readModules(folder, config, signal);
  if (modules === undefined) return { name: folder.name, config, files, tensors };
  files.set('config.json', new TextEncoder().encode(JSON.stringify(modules.config)));
  const added = modules.tensors.map((tensor) => [tensor.name, tensor] as const);
  return { name: folder.name, config: modules.config, files, tensors: new Map([...tensors, ...added]) };
}

/** Reads config.json alone, which is all a graph needs. Throws as {@link openCheckpoint} does. */
export async function readConfig(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<Checkpoint['config']> {
  const gguf = await findGguf(folder, signal);
  if (gguf !== undefined) return (await openGgufCheckpoint(gguf, signal)).config;
  const files = await readSmallFiles(folder, ['config.json'], signal);
  const mlc = files.size === 0 ? await readMlcConfig(folder, signal) : undefined;
  if (mlc !== undefined) return mlc;
  const config = parseConfig(folder, files);
  return (await readModules(folder, config, signal))?.config ?? config;
}

function parseConfig(
  folder: CheckpointFolder,
  files: ReadonlyMap<string, Uint8Array>,
): Record<string, unknown> {
  const file = files.get('config.json') ?? missing(folder, 'config.json');
  return parseJson(file, 'config.json', 'checkpoint-damaged');
}

/**
 * Adds tokenizer.json and tokenizer_config.json made from a vocabulary of SentencePiece or tiktoken, for folders that
 * have no tokenizer.json. Entries of a published tokenizer_config.json win.
 */
async function addTokenizer(
  folder: CheckpointFolder,
  files: Map<string, Uint8Array>,
  config: Checkpoint['config'],
  signal?: AbortSignal,
): Promise<void> {
  const { name, source } = await findVocabulary(folder, signal);
  const bytes = await readWhole(source, name, VOCABULARY_LIMIT, signal);
  const published = files.get('tokenizer_config.json');
  const own =
    published === undefined ? {} : parseJson(published, 'tokenizer_config.json', 'tokenizer-damaged');
  const made = isTiktoken(bytes)
    ? tiktokenFiles(bytes, name, own, config.model_type)
    : sentencePieceFiles(bytes, name, config.model_type);
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  files.set('tokenizer.json', json(made.tokenizer));
  files.set('tokenizer_config.json', json({ ...made.config, ...own }));
}

async function findVocabulary(folder: CheckpointFolder, signal?: AbortSignal) {
  for (const name of VOCABULARIES) {
    const source = await folder.open(name, signal);
    if (source !== undefined) return { name, source };
  }
  return missing(folder, 'tokenizer.json');
}

function missing(folder: CheckpointFolder, name: string): never {
  fail('source-missing', {
    who: folder.name,
    message: 'a file is missing',
    expected: name,
    got: 'no such file',
  });
}

/**
 * Returns the tensor after checking that it exists, has this shape, and has a float type or a readable row format.
 * Throws `checkpoint-mismatch`.
 */
export function requireTensor(
  checkpoint: Checkpoint,
  name: string,
  shape: readonly number[],
): CheckpointTensor {
  const tensor = checkpoint.tensors.get(name);
  if (tensor === undefined) {
    return fail('checkpoint-mismatch', {
      who: checkpoint.name,
      where: `tensor ${name}`,
      message: 'a tensor that config.json requires is missing',
      expected: `[${shape.join(', ')}]`,
      got: `${checkpoint.tensors.size} other tensors`,
    });
  }
  const who = tensor.source.name;
  const where = `tensor ${name}`;
  if (tensor.rows === undefined && !['F32', 'F16', 'BF16'].includes(tensor.dtype)) {
    fail('checkpoint-mismatch', {
      who,
      where,
      message: 'the tensor has an element type that cannot be imported',
      expected: /\.gguf$/i.test(tensor.source.name) ? GGML_READABLE.join(', ') : 'F32, F16 or BF16',
      got: tensor.dtype,
    });
  }
  if (tensor.shape.length !== shape.length || tensor.shape.some((d, i) => d !== shape[i])) {
    fail('checkpoint-mismatch', {
      who,
      where,
      message: 'the shape does not match config.json',
      expected: `[${shape.join(', ')}]`,
      got: `[${tensor.shape.join(', ')}]`,
    });
  }
  return tensor;
}

async function readSmallFiles(
  folder: CheckpointFolder,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const { limit } = SMALL_FILES[name] as (typeof SMALL_FILES)[string];
    const source = await folder.open(name, signal);
    if (source !== undefined) files.set(name, await readWhole(source, name, limit, signal));
  }
  return files;
}

async function readWhole(
  source: ByteSource,
  name: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (source.size > limit) {
    fail('checkpoint-damaged', {
      who: name,
      message: 'the file is far larger than files of this kind',
      expected: `at most ${limit} bytes`,
      got: `${source.size} bytes`,
    });
  }
  const bytes = await source.read(0, source.size, signal);
  await checkWhole(source, bytes);
  return bytes;
}

async function openTensors(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<Map<string, CheckpointTensor>> {
  const single = await folder.open(SINGLE, signal);
  if (single !== undefined) return byName(await tensorsOf(single, signal));
  const index = await folder.open(INDEX, signal);
  if (index === undefined) {
    return fail('source-missing', {
      who: folder.name,
      message: 'there are no weights in a readable format',
      expected: `${SINGLE} or ${INDEX}`,
      got: 'neither',
    });
  }
  const map = shardMap(
    parseJson(await readWhole(index, INDEX, INDEX_LIMIT, signal), INDEX, 'checkpoint-damaged'),
  );
  const tensors = new Map<string, CheckpointTensor>();
  for (const [shard, names] of map) {
    const source = await folder.open(shard, signal);
    if (source === undefined) {
      fail('source-missing', {
        who: folder.name,
        message: 'a shard of the weights is missing',
        expected: shard,
        got: 'no such file',
      });
    }
    const inShard = byName(await tensorsOf(source, signal));
    for (const name of names) {
      const tensor = inShard.get(name);
      if (tensor === undefined) {
        fail('checkpoint-mismatch', {
          who: shard,
          where: `tensor ${name}`,
          message: `the shard lacks a tensor that ${INDEX} assigns to it`,
          expected: name,
          got: `${inShard.size} other tensors`,
        });
      }
      tensors.set(name, tensor);
    }
  }
  return tensors;
}

/** Tensor names by shard, from the index. */
function shardMap(index: Record<string, unknown>): Map<string, string[]> {
  const map = index.weight_map;
  if (!isObject(map)) {
    return fail('checkpoint-damaged', {
      who: INDEX,
      where: 'weight_map',
      message: 'the map is missing',
      expected: 'an object',
      got: kindOf(map),
    });
  }
  const shards = new Map<string, string[]>();
  for (const [tensor, shard] of Object.entries(map)) {
    // Accept plain names only: an untrusted index must not reach outside its folder.
    if (typeof shard !== 'string' || !/^[\w.-]+\.safetensors$/.test(shard)) {
      fail('checkpoint-damaged', {
        who: INDEX,
        where: `tensor ${tensor}`,
        message: 'this is not the name of a shard',
        expected: 'a plain *.safetensors name',
        got: String(shard).slice(0, 80),
      });
    }
    shards.set(shard, [...(shards.get(shard) ?? []), tensor]);
    if (shards.size > MAX_SHARDS) {
      fail('checkpoint-damaged', {
        who: INDEX,
        message: 'there are too many shards',
        expected: `at most ${MAX_SHARDS}`,
        got: 'more',
      });
    }
  }
  return shards;
}

async function tensorsOf(source: ByteSource, signal?: AbortSignal): Promise<CheckpointTensor[]> {
  const file = await openSafetensors(source, signal);
  return file.entries.map((entry) => ({ ...entry, source }));
}

function byName(tensors: readonly CheckpointTensor[]): Map<string, CheckpointTensor> {
  return new Map(tensors.map((t) => [t.name, t]));
}
