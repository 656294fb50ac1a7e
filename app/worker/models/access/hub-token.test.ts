import { expect, test } from 'vitest';
import { memoryStorage } from '../../../../engine/index.ts';
import { hubToken } from './hub-token.ts';

test('a token is forgotten with the worker, unless the person keeps it', async () => {
  const storage = memoryStorage();
  const open = () => hubToken(async () => storage);
  const first = open();
  expect(await first.get()).toBeUndefined();
  await first.set(' hf_a ', false);
  expect(await first.get()).toBe('hf_a');
  expect(storage.files.size).toBe(0);
  expect(await open().get()).toBeUndefined();
  await first.set('hf_b', true);
  expect(await open().get()).toBe('hf_b');
  await open().set('', true);
  expect(await open().get()).toBeUndefined();
});

test('a stored token that cannot be read counts as none', async () => {
  const broken = hubToken(async () => Promise.reject(new Error('no disk')));
  expect(await broken.get()).toBeUndefined();
});
