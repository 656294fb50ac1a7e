import { expect, test } from 'vitest';
import { formatTag } from './format-tag.ts';
import type { Manifest } from './manifest.ts';
import { type MemoryStorage, memoryStorage } from './storage-memory.ts';
import { type ModelStore, openStore } from './store.ts';

function manifest(id: string, importedAt: number): Manifest {
  return {
    format: formatTag('store'),
    id,
    name: id.toUpperCase(),
    family: 'llama',
    weights: 'm0e4',
    importedAt,
    contextLength: 8,
    hasChatTemplate: false,
    files: ['weights.bin'],
    tensors: [],
    bytes: 3,
  };
}

async function put(store: ModelStore, id: string, importedAt: number, content = [1, 2, 3]): Promise<void> {
  const writer = await store.begin(id);
  const file = await writer.create('weights.bin');
  await file.write(0, Uint8Array.from(content));
  await file.close();
  await writer.commit(manifest(id, importedAt), true);
}

const names = (storage: MemoryStorage) => [...storage.files.keys()].sort();

test('lists, opens, replaces and removes models', async () => {
  const storage = memoryStorage();
  const store = openStore(storage);
  await put(store, 'a', 1);
  await put(store, 'b', 2);
  expect((await store.list()).map((m) => m.id)).toEqual(['b', 'a']);
  await put(store, 'a', 3, [9]);
  expect((await store.list()).map((m) => m.id)).toEqual(['a', 'b']);
  const file = await (await store.open('a')).file('weights.bin');
  expect(await file.read(0, file.size)).toEqual(Uint8Array.of(9));
  expect(names(storage)).toHaveLength(4);
  await store.remove('a');
  await store.remove('missing');
  expect((await store.list()).map((m) => m.id)).toEqual(['b']);
  expect(names(storage)).toHaveLength(2);
  await expect(store.open('a')).rejects.toMatchObject({ code: 'store-missing' });
  await expect((await store.open('b')).file('x')).rejects.toMatchObject({ code: 'store-damaged' });
});

test('after an interrupted write, lists what was complete and sweeps the rest', async () => {
  const storage = memoryStorage();
  await put(openStore(storage), 'a', 1);
  const before = names(storage);
  const half = await openStore(storage).begin('a');
  await (await half.create('weights.bin')).write(0, Uint8Array.of(1));
  const torn = await storage.create('models/c~1/manifest.json');
  await torn.write(0, new TextEncoder().encode(JSON.stringify(manifest('c', 5)).slice(0, 40)));
  // The process dies here; the next one opens the same storage.
  const store = openStore(storage);
  expect((await store.list()).map((m) => m.id)).toEqual(['a']);
  expect(await store.sweep()).toBe(2);
  expect(names(storage)).toEqual(before);
});

test('lists the newer model after a crash between commit and removal', async () => {
  const storage = memoryStorage();
  await put(openStore(storage), 'a', 1, [1]);
  const old = new Map(storage.files);
  await put(openStore(storage), 'a', 2, [2]);
  for (const [path, bytes] of old) await (await storage.create(path)).write(0, bytes);
  const store = openStore(storage);
  expect(await store.list()).toHaveLength(1);
  expect(await (await (await store.open('a')).file('weights.bin')).read(0, 1)).toEqual(Uint8Array.of(2));
  expect(await store.sweep()).toBe(1);
});

test('a sweep spares a running import', async () => {
  const storage = memoryStorage();
  const store = openStore(storage);
  const writer = await store.begin('a');
  await (await writer.create('weights.bin')).write(0, Uint8Array.of(1));
  expect(await store.sweep()).toBe(0);
  await writer.commit(manifest('a', 1), true);
  expect(await store.list()).toHaveLength(1);
  const failed = await store.begin('a');
  await (await failed.create('weights.bin')).write(0, Uint8Array.of(1));
  await failed.abandon();
  expect(names(storage)).toHaveLength(2);
});

test('a sweep spares unknown manifests and imports that can resume', async () => {
  const storage = memoryStorage();
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const put = async (path: string, content: Uint8Array) => (await storage.create(path)).write(0, content);
  await put('models/new~1/manifest.json', text({ ...manifest('new', 1), format: 'model-store/2' }));
  await put('models/new~1/weights.bin', Uint8Array.of(1));
  await put('models/odd~1/manifest.json', text({ ...manifest('odd', 1), tensors: 'none' }));
  await put('models/half~1/weights.bin', Uint8Array.of(1, 2));
  const writer = await openStore(storage).begin('going');
  await writer.put('weights.bin', Uint8Array.of(1, 2, 3));
  const head = {
    id: 'going',
    name: 'Going',
    weights: 'f32',
    identity: 'x',
    total: 9,
    bytes: 9,
    startedAt: 5,
  } as const;
  await writer.journal({ head });
  // The process dies here.
  const store = openStore(storage);
  expect(await store.sweep()).toBe(1);
  expect(await store.sweep()).toBe(0);
  expect(names(storage)).toEqual([
    'models/going~1/import.jsonl',
    'models/going~1/weights.bin',
    'models/new~1/manifest.json',
    'models/new~1/weights.bin',
    'models/odd~1/manifest.json',
  ]);
  expect(await store.list()).toEqual([]);
  expect((await store.unfinished()).map(({ head: { id } }) => id)).toEqual(['going']);
  const going = await store.goOn('going');
  expect(await going?.writer.size('weights.bin')).toBe(3);
  expect(await store.unfinished()).toEqual([]);
  going?.writer.leave();
  await store.discard('going');
  expect(names(storage)).toHaveLength(3);
});

test('an import can resume after an interrupted write of its manifest', async () => {
  const storage = memoryStorage();
  const writer = await openStore(storage).begin('a');
  const head = {
    id: 'a',
    name: 'A',
    weights: 'f32',
    identity: 'x',
    total: 9,
    bytes: 9,
    startedAt: 5,
  } as const;
  await writer.journal({ head });
  await writer.put('manifest.json', new TextEncoder().encode('{"format":"model-st'));
  expect(await openStore(storage).unfinished()).toHaveLength(1);
  expect(await openStore(storage).sweep()).toBe(0);
});

test('reports a full disk', async () => {
  const store = openStore(memoryStorage(10));
  const writer = await store.begin('a');
  const file = await writer.create('weights.bin');
  await expect(file.write(0, new Uint8Array(11))).rejects.toMatchObject({ code: 'store-full' });
  expect(await store.estimate()).toEqual({ usage: 0, quota: 10 });
});

test.each(['open', 'list', 'read'] as const)(
  'a folder that fails on %s neither hides the other models nor is removed',
  async (call) => {
    const storage = memoryStorage();
    await put(openStore(storage), 'a', 1, [1]);
    await put(openStore(storage), 'b', 2, [1]);
    const before = names(storage);
    const bad = (path: string) => path.startsWith('models/b');
    const failing: typeof storage = {
      ...storage,
      async open(path) {
        if (call === 'open' && bad(path)) throw new Error('a file in the place of a folder');
        const file = await storage.open(path);
        if (call !== 'read' || file === undefined || !bad(path)) return file;
        return { ...file, read: () => Promise.reject(new Error('bad block')) };
      },
      async list(folder) {
        if (call === 'list' && bad(folder)) throw new Error('bad block');
        return storage.list(folder);
      },
    };
    const store = openStore(failing);
    await store.sweep();
    expect(names(storage)).toEqual(before);
    expect((await store.list()).map(({ id }) => id)).toContain('a');
    expect(await store.unreadable()).toEqual(call === 'list' ? [] : ['b~1']);
    expect(await store.unfinished()).toEqual([]);
  },
);

test('a journal that is cut in any of its lines leaves the others alone, and its weights where they are', async () => {
  const head = {
    id: 'c',
    name: 'C',
    weights: 'f32',
    identity: 'x',
    total: 9,
    bytes: 9,
    startedAt: 5,
  } as const;
  const whole = memoryStorage();
  await put(openStore(whole), 'a', 1, [1]);
  const writer = await openStore(whole).begin('c');
  await writer.put('weights.bin', Uint8Array.of(1, 2, 3));
  const journal = await writer.journal({ head });
  await journal.add({ tensor: 0, written: [2], sums: [[1, 2, 3]], done: 2 }, [], false);
  await journal.add({ tensor: 0, written: [4], sums: [[1, 2, 3]], done: 4 }, [], true);
  const path = 'models/c~1/import.jsonl';
  const lines = new TextDecoder().decode(whole.files.get(path)).split('\n');
  for (let line = 0; line < 3; line++) {
    for (let keep = 0; keep < lines[line]!.length; keep += 7) {
      const cut = lines.with(line, lines[line]!.slice(0, keep)).join('\n');
      const storage = memoryStorage();
      for (const [name, bytes] of whole.files) await (await storage.create(name)).write(0, bytes);
      await (await storage.create(path)).write(0, new TextEncoder().encode(cut));
      const store = openStore(storage);
      await store.sweep();
      expect((await store.list()).map(({ id }) => id)).toEqual(['a']);
      expect(names(storage)).toContain('models/c~1/weights.bin');
      expect([...(await store.unfinished()), ...(await store.unreadable())]).toHaveLength(1);
    }
  }
});

test('what a manifest says of its source is no trait', async () => {
  const store = openStore(memoryStorage());
  const writer = await store.begin('a');
  await writer.commit({ ...manifest('a', 1), hashed: true, unquantised: true }, true);
  const [model] = await store.list();
  expect(model?.unquantised).toBe(true);
  expect(model?.traits).toBeUndefined();
});
