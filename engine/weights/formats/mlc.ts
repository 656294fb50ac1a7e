/**
 * Models as WebLLM publishes them (MLC, `q4f16_1`): `mlc-chat-config.json`, `tensor-cache.json` (older:
 * `ndarray-cache.json`), `params_shard_*.bin`. A matrix X is `X.q_weight` u32[N, K/8] and `X.q_scale` f16[N, K/32]:
 * w = scale·(q − 7). q, k, v are fused into one matrix, gate and up into another; they are split by rows here.
 * Source: `group_quantization.py` and `model/llama/llama_loader.py` of mlc-llm.
 */
import { fail } from '../../base/errors.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint-tensor.ts';
import { checkWhole } from '../integrity/file-hash.ts';
import { packedTensor } from './quantised/packed-matrix.ts';
import { floatsOf, rowStream, type ScaleType, unpack } from './quantised/parts.ts';
import { isObject, parseJson } from '../sources/json.ts';
import type { ByteSource, CheckpointFolder } from '../sources/byte-source.ts';

const CONFIG = 'mlc-chat-config.json';
const INDEXES = ['tensor-cache.json', 'ndarray-cache.json'];
const QUANTISATIONS = ['q4f16_1', 'q4f32_1', 'q0f16', 'q0f32'];
/** Model types whose tensors have the names below, and whose norms are stored as published. */
const MODEL_TYPES = ['llama', 'mistral', 'qwen2', 'qwen3'];
const GROUP = 32;
const ZERO = 7;
/** Size limit of a JSON file, in bytes: several times the size of the largest. */
const LIMIT = 64 * 1024 * 1024;

type MlcJson = Readonly<Record<string, unknown>>;

/** A tensor of a shard, as listed in the index. */
interface ShardEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Translates `mlc-chat-config.json` into the keys of config.json; undefined if the folder has no such file. Throws
 * `model-unknown` for a model type or quantisation that is not supported, `checkpoint-damaged` for a damaged file.
 */
export async function readMlcConfig(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<MlcJson | undefined> {
  const source = await folder.open(CONFIG, signal);
  if (source === undefined) return undefined;
  const chatConfig = await readJson(source, CONFIG, signal);
  const refuse = (where: string, expected: readonly string[], got: unknown) =>
    fail('model-unknown', {
      who: CONFIG,
      where,
      message: 'this value is not supported',
      expected: expected.join(', '),
      got: String(got),
    });
  const { model_type: type, quantization } = chatConfig;
  if (!MODEL_TYPES.includes(String(type))) refuse('model_type', MODEL_TYPES, type);
  if (!QUANTISATIONS.includes(String(quantization))) refuse('quantization', QUANTISATIONS, quantization);
  const sizes = isObject(chatConfig.model_config) ? chatConfig.model_config : {};
  return {
    ...sizes,
    // -1 means none.
    sliding_window: Number(sizes.sliding_window_size ?? 0) > 0 ? sizes.sliding_window_size : null,
    model_type: type,
    rope_theta: sizes.position_embedding_base ?? sizes.rope_theta ?? 10000,
    max_position_embeddings: sizes.context_window_size ?? chatConfig.context_window_size,
    ...present({ bos_token_id: chatConfig.bos_token_id, eos_token_id: chatConfig.eos_token_id }),
  };
}

/**
 * Returns the tensors under the names of the original checkpoint. `config` comes from {@link readMlcConfig}. Throws
 * `source-missing` for a missing index or shard, `checkpoint-damaged` for an index that does not match its tensors.
 */
export async function openMlcTensors(
  folder: CheckpointFolder,
  config: MlcJson,
  signal?: AbortSignal,
): Promise<Pick<Checkpoint, 'config' | 'tensors'>> {
  const entries = await readIndex(folder, signal);
  const tied = !entries.has('lm_head.q_weight') && !entries.has('lm_head.weight');
  const tensors = new Map<string, CheckpointTensor>();
  for (const name of entries.keys()) {
    const parts = /^(.*)\.(?:q_weight|weight|bias)$/.exec(name);
    if (parts === null) continue;
    const kind = name.endsWith('.bias') ? 'bias' : 'weight';
    const rows = (entries.get(name) as ShardEntry).shape[0] as number;
    for (const { published, from, count } of split(parts[1] as string, rows, config)) {
      const tensor = tensorOf(entries, name, `${published}.${kind}`, from, count);
      tensors.set(tensor.name, tensor);
    }
  }
  return { config: { ...config, tie_word_embeddings: tied }, tensors };
}

interface PublishedRows {
  readonly published: string;
  readonly from: number;
  readonly count: number;
}

/** The original matrices that one of MLC's matrices contains, as row ranges. */
function split(name: string, rows: number, config: MlcJson): PublishedRows[] {
  const fused = /^(.*\.)(self_attn\.(?:qkv_proj|c_attn)|mlp\.gate_up_proj)$/.exec(name);
  if (fused === null) return [{ published: name, from: 0, count: rows }];
  const [, layer, kind = ''] = fused;
  if (kind === 'mlp.gate_up_proj') {
    const half = rows / 2;
    return [
      { published: `${layer}mlp.gate_proj`, from: 0, count: half },
      { published: `${layer}mlp.up_proj`, from: half, count: half },
    ];
  }
  const [heads, kvHeads] = [Number(config.num_attention_heads), Number(config.num_key_value_heads)];
  const width = rows / (heads + 2 * kvHeads);
  const part = (letter: string, from: number, count: number): PublishedRows => ({
    published: `${layer}self_attn.${letter}_proj`,
    from: from * width,
    count: count * width,
  });
  return [part('q', 0, heads), part('k', heads, kvHeads), part('v', heads + kvHeads, kvHeads)];
}

function tensorOf(
  entries: ReadonlyMap<string, ShardEntry>,
  name: string,
  published: string,
  from: number,
  count: number,
): CheckpointTensor {
  const entry = entries.get(name) as ShardEntry;
  const [rows = 0] = entry.shape;
  if (!Number.isInteger(from) || !Number.isInteger(count)) {
    damaged(entry, name, 'rows that divide into heads, or into two halves', `${rows} rows`);
  }
  if (!name.endsWith('.q_weight')) return part(entry, published, from, count);
  const scales = entries.get(name.replace(/q_weight$/, 'q_scale'));
  const columns = (entry.shape[1] as number) * 8;
  if (scales === undefined || String(scales.shape) !== String([rows, columns / GROUP])) {
    damaged(entry, name, `q_scale [${rows}, ${columns / GROUP}]`, `[${scales?.shape.join(', ') ?? ''}]`);
  }
  const scaleType = scales.dtype as ScaleType;
  const matrix = { rows: count, columns, type: 4, scales: scaleType, second: 'zero', group: GROUP } as const;
  const tags = [entry, scales].map(({ source }) => source.tag);
  return packedTensor(published, 'MLC', matrix, tags, async (first, signal) => {
    const words = rowStream({ name, ...entry }, from + first, signal);
    const groups = columns / GROUP;
    const numbers = await floatsOf(part(scales, published, from, count), signal);
    return {
      async fill(row, n, into) {
        unpack(new Uint32Array((await words.next(n)).buffer), 0, 4, n * columns, into.q, 0);
        into.s.set(numbers.subarray(row * groups, (row + n) * groups));
        into.second.fill(ZERO);
      },
      close: words.close,
    };
  });
}

/** Some rows of a tensor. */
function part(entry: ShardEntry, name: string, from: number, count: number): CheckpointTensor {
  const rowBytes = entry.bytes / (entry.shape[0] as number);
  return {
    ...{ name, dtype: entry.dtype, source: entry.source },
    shape: [count, ...entry.shape.slice(1)],
    offset: entry.offset + from * rowBytes,
    bytes: count * rowBytes,
  };
}

/** Bytes per element and the safetensors name, by MLC's name. */
const DTYPES: Readonly<Record<string, readonly [number, string]>> = {
  uint32: [4, 'U32'],
  float16: [2, 'F16'],
  bfloat16: [2, 'BF16'],
  float32: [4, 'F32'],
};

async function readIndex(folder: CheckpointFolder, signal?: AbortSignal): Promise<Map<string, ShardEntry>> {
  const [first, second] = INDEXES as [string, string];
  const index = (await folder.open(first, signal)) ?? (await folder.open(second, signal));
  if (index === undefined) return missing(folder, INDEXES.join(' or '));
  const { records } = await readJson(index, index.name, signal);
  const entries = new Map<string, ShardEntry>();
  for (const shard of list(records, index.name)) {
    const path = String(shard.dataPath);
    // Accept plain names only: an untrusted index must not reach outside its folder.
    if (!/^[\w.-]+\.bin$/.test(path)) {
      fail('checkpoint-damaged', {
        who: index.name,
        where: 'dataPath',
        message: 'this is not the name of a shard',
        expected: 'a plain *.bin name',
        got: path.slice(0, 80),
      });
    }
    const source = (await folder.open(path, signal)) ?? missing(folder, path);
    for (const record of list(shard.records, index.name)) {
      entries.set(String(record.name), entryOf(record, source));
    }
  }
  return entries;
}

function entryOf(record: MlcJson, source: ByteSource): ShardEntry {
  const { name, dtype, shape, nbytes, byteOffset } = record;
  const known = Object.hasOwn(DTYPES, String(dtype)) ? DTYPES[String(dtype)] : undefined;
  const isCount = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  const sound = Array.isArray(shape) && shape.length > 0 && [...shape, nbytes, byteOffset].every(isCount);
  const entry = { dtype: known?.[1] ?? '', shape: shape as number[], source } as const;
  const place = { offset: byteOffset as number, bytes: nbytes as number };
  if (known === undefined || !sound)
    damaged({ ...entry, ...place }, String(name), 'a tensor', JSON.stringify(record));
  const count = entry.shape.reduce((n, d) => n * d, 1);
  // "f32-to-bf16": the model has float32, the file only the upper 16 bits.
  const shortened = dtype === 'float32' && place.bytes === count * 2;
  const expected = count * (shortened ? 2 : known[0]);
  if (place.bytes !== expected || place.offset + place.bytes > source.size) {
    const got = `${place.bytes} bytes from ${place.offset} in a file of ${source.size}`;
    damaged({ ...entry, ...place }, String(name), `${expected} bytes`, got);
  }
  return { ...entry, ...place, dtype: shortened ? 'BF16' : entry.dtype };
}

function list(value: unknown, who: string): MlcJson[] {
  if (Array.isArray(value) && value.every(isObject)) return value;
  return fail('checkpoint-damaged', {
    who,
    where: 'records',
    message: 'the list is missing',
    expected: 'a list of objects',
    got: typeof value,
  });
}

async function readJson(source: ByteSource, name: string, signal?: AbortSignal): Promise<MlcJson> {
  if (source.size > LIMIT) {
    fail('checkpoint-damaged', {
      who: name,
      message: 'the file is far larger than files of this kind',
      expected: `at most ${LIMIT} bytes`,
      got: `${source.size} bytes`,
    });
  }
  const bytes = await source.read(0, source.size, signal);
  await checkWhole(source, bytes);
  return parseJson(bytes, name, 'checkpoint-damaged');
}

function missing(folder: CheckpointFolder, expected: string): never {
  fail('source-missing', { who: folder.name, message: 'a file is missing', expected, got: 'no such file' });
}

function damaged({ source }: ShardEntry, name: string, expected: string, got: string): never {
  fail('checkpoint-damaged', {
    who: source.name,
    where: `tensor ${name}`,
    message: 'the index does not match the tensor',
    expected,
    got: got.slice(0, 120),
  });
}

function present(values: MlcJson): MlcJson {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null));
}
