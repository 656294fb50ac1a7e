import { describe, expect, it } from 'vitest';
import { fromBlobs } from './hub-cache.ts';

const CACHE = 'hub/models--org--name';
let day = 0;
const blob = (hash: string, ...parts: BlobPart[]) => ({
  path: `${CACHE}/blobs/${hash.repeat(40)}`,
  file: new File(parts, hash, { lastModified: ++day }),
});

/** The beginning of a safetensors file. */
function weights(tensor: string): BlobPart {
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: {}, [tensor]: {} }));
  const bytes = new Uint8Array(8 + header.length + 4);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

const names = async (...files: ReturnType<typeof blob>[]) =>
  (await fromBlobs(files)).map(({ path, file }) => [
    path.replace(`${CACHE}/snapshots/cache/`, ''),
    file.name,
  ]);

const config = () => blob('a', '{"model_type":"llama","eos_token_id":2}');

describe('fromBlobs', () => {
  it('restores file names by content', async () => {
    const files = [
      config(),
      blob('b', ' {"added_tokens":[],"model":{}}'),
      blob('c', '{"tokenizer_class":"X","chat_template":"{{ x }}"}'),
      blob('d', weights('model.norm.weight')),
      blob('e', '{"eos_token_id":2}'),
      blob('f', '{%- for m in messages %}{% endfor %}'),
      blob('0', '# Readme'),
      { path: `${CACHE}/refs/main`, file: new File(['1b'], 'main') },
    ];
    expect(await names(...files)).toEqual([
      ['config.json', 'a'],
      ['tokenizer.json', 'b'],
      ['tokenizer_config.json', 'c'],
      ['model.safetensors', 'd'],
      ['generation_config.json', 'e'],
      ['chat_template.jinja', 'f'],
    ]);
    expect(await names(blob('a', 'GGUF', new Uint8Array(20)))).toEqual([['model.gguf', 'a']]);
  });

  it('names the parts of sharded weights by the index', async () => {
    const index = blob('b', '{"weight_map":{"x":"1-of-2.safetensors","y":"2-of-2.safetensors"}}');
    const found = await names(config(), blob('c', weights('y')), blob('d', weights('x')), index);
    expect(found).toContainEqual(['2-of-2.safetensors', 'c']);
    expect(found).toContainEqual(['1-of-2.safetensors', 'd']);
  });

  it('uses the newest of several commits, and ignores damaged files', async () => {
    const older = config();
    const again = new File([older.file], 'new', { lastModified: 99 });
    const newest = { path: `${CACHE}/blobs/${'b'.repeat(40)}`, file: again };
    expect(await names(newest, older)).toEqual([['config.json', 'new']]);
    expect(await names(blob('a', '{broken'), blob('b', ''), blob('c', '[1]'))).toEqual([]);
  });

  it('does not mix two models', async () => {
    const other = { ...config(), path: `hub/models--org--other/blobs/${'a'.repeat(40)}` };
    expect(await fromBlobs([config(), other])).toEqual([]);
  });
});
