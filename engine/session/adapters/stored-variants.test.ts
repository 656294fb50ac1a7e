import { expect, it } from 'vitest';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { variantsKey } from '../../runtime/index.ts';
import { storedPrecision } from './stored-precision.ts';
import { storedVariants } from './stored-variants.ts';

it('stores the newest record per adapter, and ignores a damaged file', async () => {
  const storage = memoryStorage();
  const cache = storedVariants(storage);
  expect(await cache.read('a')).toBeUndefined();
  await cache.write({ key: 'a', results: [], testing: { variant: 'subgroups', scalar: 'f16' } });
  const last = { key: 'a', results: [{ variant: 'int8', scalar: 'f16', state: 'absent' }] } as const;
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

it('removes records of other versions with the first write, and nothing else', async () => {
  const storage = memoryStorage();
  const facts = {
    name: 'card',
    vendor: 'v',
    architecture: 'a',
    software: false,
    features: ['x'],
    limits: {},
  };
  const key = variantsKey(facts);
  const other = variantsKey({ ...facts, name: 'second card' });
  // As version 4 wrote it: one test for all types of activations.
  const old = { key: key.replace(/^\d+/, '4'), results: [{ variant: 'lanes', state: 'on' }] };
  const put = async (name: string, text: string) => {
    const writer = await storage.create(`adapters/${name}`);
    await writer.write(0, new TextEncoder().encode(text));
    await writer.close();
  };
  await storedVariants(storage).write({ key: other, results: [] });
  await put('0badcafe.json', JSON.stringify(old));
  await put('deadbeef.json', 'null');
  await storedPrecision(storage).setWide('model');
  const cache = storedVariants(storage);
  expect(await cache.read(key)).toBeUndefined();
  await cache.write({ key, results: [] });
  expect(await storage.list('adapters')).toHaveLength(3);
  expect(await cache.read(other)).toEqual({ key: other, results: [] });
  expect(await storedPrecision(storage).isWide('model')).toBe(true);
});
