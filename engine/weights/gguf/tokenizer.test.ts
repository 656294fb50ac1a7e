import { expect, test } from 'vitest';
import { memorySource } from '../sources/memory-source.ts';
import { openGguf } from './header.ts';
import { type GgufParts, numbers, text, texts, tinyModel, u32, writeGguf } from '../../testing/tiny-gguf.ts';
import { readTokenizer } from './tokenizer.ts';

const read = async (bytes: Uint8Array) => readTokenizer(await openGguf(memorySource('m.gguf', bytes)));

const changed = (metadata: GgufParts['metadata'], kind = 'llama') => {
  const parts = tinyModel('F32', 'llama', kind);
  return writeGguf({ ...parts, metadata: { ...parts.metadata, ...metadata } });
};

test('errors name the key that is damaged or unknown', async () => {
  const refused = async (metadata: GgufParts['metadata'], kind?: string) =>
    read(changed(metadata, kind)).then(
      () => expect.fail('it was read'),
      (error: unknown) => error,
    );
  const key = (k: string) => `key tokenizer.ggml.${k}`;
  const damaged = 'checkpoint-damaged';
  expect(await refused({ 'tokenizer.ggml.model': text('rwkv') })).toMatchObject({
    code: 'model-unknown',
    where: key('model'),
    got: 'rwkv',
  });
  expect(await refused({ 'tokenizer.ggml.pre': text('klingon') }, 'gpt2')).toMatchObject({
    code: 'model-unknown',
    where: key('pre'),
    got: 'klingon',
  });
  expect(await refused({ 'tokenizer.ggml.tokens': texts([]) })).toMatchObject({
    code: damaged,
    where: key('tokens'),
  });
  expect(await refused({ 'tokenizer.ggml.tokens': u32(3) })).toMatchObject({
    code: damaged,
    where: key('tokens'),
  });
  expect(await refused({ 'tokenizer.ggml.scores': numbers(6, [1]) })).toMatchObject({
    code: damaged,
    where: key('scores'),
    got: '1',
  });
  expect(await refused({ 'tokenizer.ggml.token_type': numbers(5, [1]) })).toMatchObject({
    code: damaged,
    where: key('token_type'),
  });
  expect(await refused({ 'tokenizer.ggml.bos_token_id': u32(99) })).toMatchObject({
    code: damaged,
    where: key('bos_token_id'),
    got: '99',
  });
  expect(await refused({ 'tokenizer.ggml.merges': texts(['ab']) }, 'gpt2')).toMatchObject({
    code: damaged,
    where: key('merges[0]'),
  });
});
