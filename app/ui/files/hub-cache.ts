/**
 * The cache of the Hugging Face tools as browsers show it. `snapshots/COMMIT/config.json` and its like are links there,
 * on all systems but Windows, and no browser follows links: what is seen are `blobs/HASH`, whose names say nothing. So
 * each is known by its content, and gets its name back.
 */
import type { PickedFile } from '../../protocol/files.ts';

const BLOB = /(?:^|\/)(?:models--([^/]+)\/)?blobs\/[0-9a-f]{8,64}$/;
/** Bytes; a tokenizer.json has up to 35 MB. */
const LARGEST_JSON = 64 * 1024 * 1024;
/** Bytes of a safetensors header; those of the largest models have a tenth of it. */
const LARGEST_HEADER = 16 * 1024 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;
type Known =
  | { readonly name: string }
  | { readonly name: 'model.safetensors.index.json'; readonly weightMap: JsonObject }
  /** Weights; `tensor` is one of theirs, by which an index knows them. */
  | { readonly name: undefined; readonly tensor: string };

/** The files of the one model of a cache, under `models--org--name/snapshots/cache`; empty where this is none. */
export async function fromBlobs(all: readonly PickedFile[]): Promise<PickedFile[]> {
  const blobs = all.filter(({ path }) => BLOB.test(path));
  const caches = new Set(blobs.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  if (caches.size !== 1) return [];
  // Of several commits the newest counts: its files come last.
  const byAge = blobs.toSorted((a, b) => a.file.lastModified - b.file.lastModified);
  const known = await Promise.all(byAge.map(async ({ file }) => ({ file, is: await whatIs(file) })));
  const indexes = known.flatMap(({ is }) => (is !== undefined && 'weightMap' in is ? [is.weightMap] : []));
  const folder = [...caches][0]!.replace(/blobs$/, 'snapshots/cache');
  const named = new Map<string, File>();
  for (const { file, is } of known) {
    if (is === undefined) continue;
    const name = is.name ?? nameOfWeights(is.tensor, indexes.at(-1));
    if (name !== undefined) named.set(name, file);
  }
  return [...named].map(([name, file]) => ({ path: `${folder}/${name}`, file }));
}

function nameOfWeights(tensor: string, weightMap: JsonObject | undefined): string | undefined {
  if (weightMap === undefined) return 'model.safetensors';
  const name = weightMap[tensor];
  return typeof name === 'string' ? name : undefined;
}

async function whatIs(file: File): Promise<Known | undefined> {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...start);
  if (text.startsWith('GGUF')) return { name: 'model.gguf' };
  if (text[8] === '{' && start.length === 16) {
    const header = await headerOf(file, start);
    if (header !== undefined) return header;
  }
  if (/^\{[%{#]/.test(text)) return { name: 'chat_template.jinja' };
  if (!/^\s*\{/.test(text) || file.size > LARGEST_JSON) return undefined;
  return ofJson(await parsed(file));
}

/** By the length in front of it and its JSON. */
async function headerOf(file: File, start: Uint8Array): Promise<Known | undefined> {
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length > LARGEST_HEADER || length + 8 > file.size) return undefined;
  const header = await parsed(file.slice(8, 8 + length));
  const tensor = Object.keys(header ?? {}).find((name) => name !== '__metadata__');
  return tensor === undefined ? undefined : { name: undefined, tensor };
}

function ofJson(json: JsonObject | undefined): Known | undefined {
  if (json === undefined) return undefined;
  const { weight_map: weightMap } = json;
  if (typeof weightMap === 'object' && weightMap !== null)
    return { name: 'model.safetensors.index.json', weightMap: weightMap as JsonObject };
  if ('model' in json && 'added_tokens' in json) return { name: 'tokenizer.json' };
  if ('model_type' in json) return { name: 'config.json' };
  if ('tokenizer_class' in json || 'chat_template' in json) return { name: 'tokenizer_config.json' };
  return 'eos_token_id' in json ? { name: 'generation_config.json' } : undefined;
}

async function parsed(blob: Blob): Promise<JsonObject | undefined> {
  try {
    const json: unknown = JSON.parse(await blob.text());
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
