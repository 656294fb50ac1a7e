import { expect, test } from 'vitest';
import { memoryStorage } from '../../../engine/index.ts';
import { serverKey } from './server-key.ts';

const HERE = 'http://192.168.1.5:11434';

test('a key belongs to one origin, and is forgotten with the worker unless the person keeps it', async () => {
  const storage = memoryStorage();
  const open = () => serverKey(async () => storage);
  const first = open();
  expect(await first.of(HERE)).toBeUndefined();
  await first.set(HERE, ' sk-1\n ', false);
  expect(await first.of(HERE)).toBe('sk-1');
  expect(await first.of('http://192.168.1.5:8080')).toBeUndefined();
  expect(storage.files.size).toBe(0);
  expect(await open().of(HERE)).toBeUndefined();
  await first.set(HERE, 'sk-2', true);
  expect(await open().of(HERE)).toBe('sk-2');
  await open().forget();
  expect(await open().of(HERE)).toBeUndefined();
  expect(storage.files.size).toBe(0);
});

test('a stored key that cannot be read counts as none', async () => {
  expect(await serverKey(async () => Promise.reject(new Error('no disk'))).of(HERE)).toBeUndefined();
});
