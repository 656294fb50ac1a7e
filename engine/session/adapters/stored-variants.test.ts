import { expect, it } from 'vitest';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { storedVariants } from './stored-variants.ts';

it('stores the newest record per adapter, and ignores a damaged file', async () => {
  const storage = memoryStorage();
  const cache = storedVariants(storage);
  expect(await cache.read('a')).toBeUndefined();
  await cache.write({ key: 'a', results: [], testing: 'subgroups' });
  const last = { key: 'a', results: [{ variant: 'int8', state: 'absent' }] } as const;
  await cache.write(last);
  await cache.write({ key: 'b', results: [] });
  expect(await cache.read('a')).toEqual(last);
  expect(await cache.read('b')).toEqual({ key: 'b', results: [] });
  for (const name of await storage.list('adapters')) {
    const writer = await storage.create(`adapters/${name}`);
    await writer.write(0, new TextEncoder().encode('{"key":'));
    await writer.close();
  }
  expect(await cache.read('a')).toBeUndefined();
});
