import { expect, test } from 'vitest';
import { hubFile, linkedHash } from './hub.ts';

const HASH = 'a'.repeat(64);

test('finds the list of files for addresses of a hub', () => {
  const hub = 'https://huggingface.co';
  expect(hubFile(`${hub}/Qwen/Qwen3-0.6B/resolve/main/model.safetensors`)).toEqual({
    tree: `${hub}/api/models/Qwen/Qwen3-0.6B/tree/main`,
    path: 'model.safetensors',
  });
  expect(hubFile(`${hub}/org/name/resolve/refs%2Fpr%2F1/sub/a%20b/x.gguf`)).toEqual({
    tree: `${hub}/api/models/org/name/tree/refs%2Fpr%2F1/sub/a%20b`,
    path: 'sub/a b/x.gguf',
  });
  const scope = 'https://modelscope.cn';
  expect(hubFile(`${scope}/models/org/name/resolve/master/sub/x%201.gguf`)).toEqual({
    tree: `${scope}/api/v1/models/org/name/repo/files?Revision=master&Root=sub`,
    path: 'sub/x 1.gguf',
  });
  for (const other of [
    'https://example.org/models/tiny/model.safetensors',
    'https://example.org/org/name/resolve/main/',
    'packaged://abc/org/name/resolve/main/weights.bin',
  ]) {
    expect(hubFile(other), other).toBeUndefined();
  }
});

test('takes the tag of a response as a hash for large files only', () => {
  const tagged = (tag: string) => linkedHash(new Response(null, { headers: { 'x-linked-etag': tag } }));
  expect(tagged(`"${HASH}"`)).toBe(HASH);
  expect(tagged(`"${'b'.repeat(40)}"`)).toBeUndefined();
  expect(linkedHash(new Response())).toBeUndefined();
});
