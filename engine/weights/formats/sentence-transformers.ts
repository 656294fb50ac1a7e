/**
 * What sentence-transformers keeps beside the checkpoint of a model that makes vectors: `modules.json` and the folders that it
 * names. It becomes a part of config.json, so that a stored model has it:
 *
 *   "sentence_transformers": { "pooling": "mean", "dense": [{ "tensor": "2_Dense.linear", "out": 768, "bias": false }],
 *                              "normalise": true, "max_tokens": 256, "prompts": { "query": "…", "document": "…" } }
 *
 * Source: sentence-transformers 5, `SentenceTransformer._load_sbert_model` and `models/`.
 */
import { fail } from '../../base/errors.ts';
import type { ByteSource, CheckpointFolder } from '../sources/byte-source.ts';
import { isObject, parseJson } from '../sources/json.ts';
import type { CheckpointTensor } from './checkpoint-tensor.ts';
import { openSafetensors } from './safetensors.ts';

/** The key of config.json; engine/models reads it. */
export const MODULES_KEY = 'sentence_transformers';
const LIMIT = 1 << 20;
/** A folder of a module, as the library names them. */
const FOLDER = /^\d{1,2}_\w{1,40}$/;
const MOST_MODULES = 16;

type Json = Record<string, unknown>;

/** `config` with what is beside it, and the tensors there; undefined without `modules.json`. */
export async function readModules(
  folder: CheckpointFolder,
  config: Readonly<Json>,
  signal?: AbortSignal,
): Promise<{ config: Json; tensors: CheckpointTensor[] } | undefined> {
  const list = await readList(folder, signal);
  if (list === undefined) return undefined;
  const made: Json = { normalise: false };
  const dense: object[] = [];
  const tensors: CheckpointTensor[] = [];
  for (const entry of list) {
    const { type, path } = isObject(entry) ? entry : {};
    const kind = String(type).split('.').at(-1);
    if (kind === 'Transformer') continue;
    if (kind === 'Normalize') made.normalise = true;
    else if (kind === 'Pooling')
      made.pooling = poolingOf(await readJson(folder, `${inside(path)}/config.json`, signal));
    else if (kind === 'Dense') {
      const one = await openDense(folder, inside(path), signal);
      dense.push(one.layer);
      tensors.push(...one.tensors);
    } else unknown('modules.json', 'type', 'Transformer, Pooling, Dense, Normalize', type);
  }
  const lengths = await readJson(folder, 'sentence_bert_config.json', signal, {});
  const { prompts } = await readJson(folder, 'config_sentence_transformers.json', signal, {});
  if (lengths.max_seq_length != null) made.max_tokens = lengths.max_seq_length;
  const own = { ...made, dense, prompts: promptsOf(prompts) };
  return { config: { ...config, [MODULES_KEY]: own }, tensors };
}

async function readList(folder: CheckpointFolder, signal?: AbortSignal): Promise<unknown[] | undefined> {
  const source = await folder.open('modules.json', signal);
  if (source === undefined) return undefined;
  // The list is the whole file, which parseJson does not take.
  const bytes = await readWhole(source, signal);
  const text = `{"modules":${new TextDecoder().decode(bytes)}}`;
  const { modules } = parseJson(new TextEncoder().encode(text), 'modules.json', 'checkpoint-damaged');
  if (Array.isArray(modules) && modules.length <= MOST_MODULES) return modules;
  return damaged('modules.json', `a list of at most ${MOST_MODULES} modules`, typeof modules);
}

/** `otherwise` where the file may be absent. */
async function readJson(
  folder: CheckpointFolder,
  name: string,
  signal: AbortSignal | undefined,
  otherwise?: Json,
): Promise<Json> {
  const source = await folder.open(name, signal);
  if (source !== undefined) return parseJson(await readWhole(source, signal), name, 'checkpoint-damaged');
  return otherwise ?? missing(folder, name);
}

async function readWhole(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
  if (source.size > LIMIT) damaged(source.name, `at most ${LIMIT} bytes`, `${source.size} bytes`);
  return source.read(0, source.size, signal);
}

/** Names of the library's flags, by ours. */
const POOLINGS = {
  pooling_mode_cls_token: 'first',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_lasttoken: 'last',
} as const;

function poolingOf(config: Json): string {
  const on = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const [flag] = on;
  const known = flag === undefined ? undefined : (POOLINGS as Record<string, string>)[flag];
  if (on.length !== 1 || known === undefined)
    return unknown('Pooling', 'pooling_mode', `one of ${Object.keys(POOLINGS).join(', ')}`, on.join(', '));
  if (config.include_prompt === false) unknown('Pooling', 'include_prompt', 'true', false);
  return known;
}

async function openDense(
  folder: CheckpointFolder,
  path: string,
  signal?: AbortSignal,
): Promise<{ layer: object; tensors: CheckpointTensor[] }> {
  const config = await readJson(folder, `${path}/config.json`, signal);
  const { out_features: out, bias = true, activation_function: activation } = config;
  if (activation != null && !/\bIdentity$/.test(String(activation)))
    unknown(path, 'activation_function', 'Identity', activation);
  const name = `${path}/model.safetensors`;
  const source = (await folder.open(name, signal)) ?? missing(folder, name);
  const { entries } = await openSafetensors(source, signal);
  const tensors = entries.map((entry) => ({ ...entry, name: `${path}.${entry.name}`, source }));
  return { layer: { tensor: `${path}.linear`, out, bias }, tensors };
}

/** What the library writes before questions, and before passages. */
function promptsOf(prompts: unknown): Json {
  const given = isObject(prompts) ? prompts : {};
  const first = (...names: string[]) =>
    names.map((name) => given[name]).find((text) => typeof text === 'string') ?? '';
  return { query: first('query'), document: first('document', 'passage', 'corpus') };
}

/** A list of modules must not reach outside its folder. */
function inside(path: unknown): string {
  if (typeof path === 'string' && FOLDER.test(path)) return path;
  return damaged('modules.json', 'the folder of a module', String(path).slice(0, 80));
}

function damaged(who: string, expected: string, got: string): never {
  fail('checkpoint-damaged', { who, message: 'the description of the modules is damaged', expected, got });
}

function missing(folder: CheckpointFolder, name: string): never {
  fail('source-missing', {
    who: folder.name,
    message: 'a file is missing that modules.json names',
    expected: name,
    got: 'no such file',
  });
}

function unknown(who: string, where: string, expected: string, got: unknown): never {
  fail('model-unknown', {
    who,
    where,
    message: 'this part of a model that makes vectors is not supported',
    expected,
    got: String(got).slice(0, 80),
  });
}
