/**
 * Reads the cache of the Hugging Face tools. There `snapshots/COMMIT/config.json` and similar files are symbolic links
 * (except on Windows), which browsers do not follow. They only list the targets `blobs/HASH`, without file names. This
 * recognises each blob by its content and restores its name.
 */
import type { PickedFile } from '../../protocol/files.ts';

const BLOB = /(?:^|\/)(?:models--([^/]+)\/)?blobs\/[0-9a-f]{8,64}$/;
/** In bytes; a tokenizer.json has up to 35 MB. */
const LARGEST_JSON = 64 * 1024 * 1024;
/** Upper limit of a safetensors header in bytes; those of the largest models have a tenth of it. */
const LARGEST_HEADER = 16 * 1024 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;
type BlobContent =
  | { readonly name: string }
  | { readonly name: 'model.safetensors.index.json'; readonly weightMap: JsonObject }
  /** Weights; an index identifies them by `tensor`, the name of one of their tensors. */
  | { readonly name: undefined; readonly tensor: string };

/** Returns the files of a cache with one model, under `models--org--name/snapshots/cache`; empty for anything else. */
export async function fromBlobs(all: readonly PickedFile[]): Promise<PickedFile[]> {
  const blobs = all.filter(({ path }) => BLOB.test(path));
  const caches = new Set(blobs.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  if (caches.size !== 1) return [];
  // Sorts by age, so that files of the newest commit replace those of older ones.
  const byAge = blobs.toSorted((a, b) => a.file.lastModified - b.file.lastModified);
  const contents = await Promise.all(
    byAge.map(async ({ file }) => ({ file, content: await recognise(file) })),
  );
  const indexes = contents.flatMap(({ content }) =>
    content !== undefined && 'weightMap' in content ? [content.weightMap] : [],
  );
  const folder = [...caches][0]!.replace(/blobs$/, 'snapshots/cache');
  const named = new Map<string, File>();
  for (const { file, content } of contents) {
    if (content === undefined) continue;
    const name = content.name ?? nameOfWeights(content.tensor, indexes.at(-1));
    if (name !== undefined) named.set(name, file);
  }
  return [...named].map(([name, file]) => ({ path: `${folder}/${name}`, file }));
}

function nameOfWeights(tensor: string, weightMap: JsonObject | undefined): string | undefined {
  if (weightMap === undefined) return 'model.safetensors';
  const name = weightMap[tensor];
  return typeof name === 'string' ? name : undefined;
}

async function recognise(file: File): Promise<BlobContent | undefined> {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...start);
  if (text.startsWith('GGUF')) return { name: 'model.gguf' };
  if (text[8] === '{' && start.length === 16) {
    const header = await recogniseWeights(file, start);
    if (header !== undefined) return header;
  }
  if (/^\{[%{#]/.test(text)) return { name: 'chat_template.jinja' };
  if (!/^\s*\{/.test(text) || file.size > LARGEST_JSON) return undefined;
  return recogniseJson(await parseJson(file));
}

/** Recognises a safetensors file by its header: a length, then JSON. */
async function recogniseWeights(file: File, start: Uint8Array): Promise<BlobContent | undefined> {
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length > LARGEST_HEADER || length + 8 > file.size) return undefined;
  const header = await parseJson(file.slice(8, 8 + length));
  const tensor = Object.keys(header ?? {}).find((name) => name !== '__metadata__');
  return tensor === undefined ? undefined : { name: undefined, tensor };
}

function recogniseJson(json: JsonObject | undefined): BlobContent | undefined {
  if (json === undefined) return undefined;
  const { weight_map: weightMap } = json;
  if (typeof weightMap === 'object' && weightMap !== null)
    return { name: 'model.safetensors.index.json', weightMap: weightMap as JsonObject };
  if ('model' in json && 'added_tokens' in json) return { name: 'tokenizer.json' };
  if ('model_type' in json) return { name: 'config.json' };
  if ('tokenizer_class' in json || 'chat_template' in json) return { name: 'tokenizer_config.json' };
  return 'eos_token_id' in json ? { name: 'generation_config.json' } : undefined;
}

async function parseJson(blob: Blob): Promise<JsonObject | undefined> {
  try {
    const json: unknown = JSON.parse(await blob.text());
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
