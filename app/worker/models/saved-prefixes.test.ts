import { describe, expect, test, vi } from 'vitest';
import { fail, type LoadedModel, type MemoryStorage, memoryStorage } from '../../../engine/index.ts';
import { SavedPrefixes } from './saved-prefixes.ts';

const prompt = (content: string) =>
  ({ kind: 'messages', messages: [{ role: 'user', content }], begun: 'Answer.' }) as const;
const { signal } = new AbortController();

/** A model whose saved prefix is one file of `bytes` bytes. */
function model({ tokens = 100, bytes = 10, usable = true } = {}) {
  const loaded = {
    countTokens: () => tokens,
    savePrefix: vi.fn(async (_: unknown, storage: MemoryStorage, path: string) => {
      const writer = await storage.create(path);
      await writer.write(0, new Uint8Array(bytes));
      await writer.close();
      return { tokens, bytes };
    }),
    loadPrefix: vi.fn(async (storage: MemoryStorage, path: string) => {
      if (!usable || (await storage.open(path)) === undefined)
        fail('prefix-unusable', { who: path, message: 'another model' });
      return { tokens, bytes };
    }),
  };
  return loaded as typeof loaded & LoadedModel;
}

function prefixes(options: { budgetBytes?: number; storage?: MemoryStorage } = {}) {
  const storage = options.storage ?? memoryStorage();
  const saved = new SavedPrefixes({
    storage: async () => storage,
    keeps: async () => true,
    budgetBytes: options.budgetBytes,
  });
  const files = () => [...storage.files.keys()].filter((path) => !path.endsWith('index.json'));
  return { saved, storage, files };
}

describe('a saved prefix', () => {
  test('is restored once by a model that has not read the conversation', async () => {
    const { saved } = prefixes();
    await saved.save(model(), 'a', prompt('page'), signal);
    const fresh = model();
    await saved.restore(fresh, 'a');
    await saved.restore(fresh, 'a');
    expect(fresh.loadPrefix.mock.calls).toEqual([
      [expect.anything(), 'prefixes/a', { branch: 'conversation:a' }],
    ]);
  });

  test('is not restored by the model that read the conversation itself', async () => {
    const { saved } = prefixes();
    const first = model();
    await saved.save(first, 'a', prompt('page'), signal);
    await saved.restore(first, 'a');
    expect(first.loadPrefix).not.toHaveBeenCalled();
  });

  test('that no longer fits the model is removed without an error', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), 'a', prompt('page'), signal);
    await saved.restore(model({ usable: false }), 'a');
    expect(files()).toEqual([]);
  });

  test('of a short prompt is not worth a file', async () => {
    const { saved, files } = prefixes();
    await saved.save(model({ tokens: 20 }), 'a', prompt('hi'), signal);
    expect(files()).toEqual([]);
  });

  test('is not written if it is aborted before its turn', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), 'a', prompt('page'), AbortSignal.abort());
    expect(files()).toEqual([]);
  });
});

describe('the budget', () => {
  test('drops the least recently used conversation', async () => {
    const { saved, files } = prefixes({ budgetBytes: 25 });
    await saved.save(model(), 'a', prompt('page'), signal);
    await saved.save(model(), 'b', prompt('page'), signal);
    await saved.restore(model(), 'a');
    await saved.save(model(), 'c', prompt('page'), signal);
    expect(files()).toEqual(['prefixes/a', 'prefixes/c']);
  });

  test('leaves nine tenths of the free space to models and conversations', async () => {
    const { saved, files } = prefixes({ storage: memoryStorage(1000) });
    await saved.save(model({ bytes: 200 }), 'a', prompt('page'), signal);
    expect(files()).toEqual([]);
  });

  test('a full disk causes no error and leaves no partial file in the index', async () => {
    const { saved, storage } = prefixes();
    const full = model();
    full.savePrefix.mockImplementation(async () => fail('store-full', { who: 'disk', message: 'full' }));
    await saved.save(full, 'a', prompt('page'), signal);
    const fresh = model();
    await saved.restore(fresh, 'a');
    expect(fresh.loadPrefix).not.toHaveBeenCalled();
    expect(storage.files.has('prefixes/a')).toBe(false);
  });
});

describe('what was saved', () => {
  test('is removed with its conversation, and with all of them', async () => {
    const { saved, files } = prefixes();
    for (const id of ['a', 'b', 'c']) await saved.save(model(), id, prompt('page'), signal);
    await saved.remove(['b']);
    expect(files()).toEqual(['prefixes/a', 'prefixes/c']);
    await saved.clear();
    expect(files()).toEqual([]);
  });

  test('is all removed if the index cannot be read', async () => {
    const { saved, storage, files } = prefixes();
    await saved.save(model(), 'a', prompt('page'), signal);
    const writer = await storage.create('prefixes/index.json');
    await writer.write(0, new TextEncoder().encode('[{'));
    await saved.restore(model(), 'a');
    expect(files()).toEqual([]);
  });
});
