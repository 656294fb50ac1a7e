import { expect, test } from 'vitest';
import { memoryStorage } from '../../../../engine/index.ts';
import { hubToken } from './hub-token.ts';

test('a token is forgotten with the worker, unless the person keeps it', async () => {
  const storage = memoryStorage();
  const open = () => hubToken(async () => storage);
  const first = open();
  expect(await first.get()).toBeUndefined();
  await first.set(' hf_a ', false);
  expect(await first.get()).toEqual({ token: 'hf_a', place: 'memory' });
  expect(storage.files.size).toBe(0);
  expect(await open().get()).toBeUndefined();
  await first.set('hf_b', true);
  expect(await first.get()).toEqual({ token: 'hf_b', place: 'device' });
  expect(await open().get()).toEqual({ token: 'hf_b', place: 'device' });
  await first.set('', true);
  expect(await first.get()).toBeUndefined();
  expect(await open().get()).toBeUndefined();
  expect(storage.files.size).toBe(0);
});

test('a token goes with all else that is erased', async () => {
  const access = hubToken(async () => memoryStorage());
  await access.set('hf_a', false);
  access.forget();
  expect(await access.get()).toBeUndefined();
});

test('a stored token that cannot be read counts as none', async () => {
  const broken = hubToken(async () => Promise.reject(new Error('no disk')));
  expect(await broken.get()).toBeUndefined();
});
