import { describe, expect, test, vi } from 'vitest';
import { fail, type LoadedModel, type MemoryStorage, memoryStorage } from '../../../engine/index.ts';
import { SavedPrefixes } from './saved-prefixes.ts';

const prompt = (content: string) =>
  ({ kind: 'messages', messages: [{ role: 'user', content }], begun: 'Answer.' }) as const;
const { signal } = new AbortController();
const talk = (conversation: string) => ({ conversation });
const about = (conversation: string, text: string) => ({ conversation, page: { title: 'Page', text } });

/** A model whose saved prefix is one file of `bytes` bytes. */
function model({ tokens = 100, bytes = 10, usable = true, id = 'tiny' } = {}) {
  const loaded = {
    facts: { model: { id } },
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
  return loaded as unknown as typeof loaded & LoadedModel;
}

function prefixes(options: { budgetBytes?: number; storage?: MemoryStorage } = {}) {
  const storage = options.storage ?? memoryStorage();
  const saved = new SavedPrefixes({
    storage: async () => storage,
    keeps: async () => true,
    budget: () => options.budgetBytes,
  });
  const files = () => [...storage.files.keys()].filter((path) => !path.endsWith('index.json'));
  /** The conversations whose rows are saved, by the index; each has its file. */
  const kept = async (): Promise<string[]> => {
    const index = await storage.open('prefixes/index.json');
    const text = index && new TextDecoder().decode(await index.read(0, index.size));
    const entries = JSON.parse(text ?? '[]') as { file: string; conversation: string }[];
    expect(entries.map(({ file }) => `prefixes/${file}`).sort()).toEqual(files().sort());
    return entries.map(({ conversation }) => conversation).sort();
  };
  return { saved, storage, files, kept };
}

describe('a saved prefix', () => {
  test('is handed to the model with the prompt, of which it may hold more already', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), signal);
    const fresh = model();
    await saved.restore(fresh, talk('a'), prompt('page'));
    expect(fresh.loadPrefix.mock.calls).toEqual([
      [expect.anything(), files()[0], { branch: 'conversation:a', prompt: prompt('page') }],
    ]);
  });

  test('of a page is found by every conversation about the same text, and by no other', async () => {
    const { saved, kept } = prefixes();
    await saved.save(model(), about('a', 'The linnet sings.'), prompt('page'), signal);
    const fresh = model();
    await saved.restore(fresh, about('b', 'The linnet sings'), prompt('page'));
    await saved.restore(fresh, talk('b'), prompt('page'));
    await saved.restore(model({ id: 'other' }), about('b', 'The linnet sings.'), prompt('page'));
    expect(fresh.loadPrefix).not.toHaveBeenCalled();
    await saved.restore(fresh, about('b', 'The linnet sings.'), prompt('page'));
    await saved.restorePage(fresh, { title: 'Page', text: 'The linnet sings.' }, prompt('page'), 'ahead');
    expect(fresh.loadPrefix).toHaveBeenCalledTimes(2);
    // The newer conversation takes the file over.
    await saved.save(fresh, about('b', 'The linnet sings.'), prompt('page'), signal);
    expect(await kept()).toEqual(['b']);
  });

  test('has no word of the page in its name or in the index', async () => {
    const { saved, storage } = prefixes();
    await saved.save(model(), about('a', 'The linnet sings.'), prompt('page'), signal);
    const index = await storage.open('prefixes/index.json');
    const text = new TextDecoder().decode(await index!.read(0, index!.size));
    expect(`${text} ${[...storage.files.keys()].join(' ')}`).not.toMatch(/linnet|Page/);
  });

  test('is neither saved nor looked for if the conversation is in memory only', async () => {
    const storage = memoryStorage();
    await prefixes({ storage }).saved.save(model(), about('a', 'text'), prompt('page'), signal);
    const secret = new SavedPrefixes({ storage: async () => storage, keeps: async () => false });
    const before = [...storage.files.keys()];
    const fresh = model();
    await secret.restore(fresh, about('b', 'text'), prompt('page'));
    await secret.save(fresh, about('c', 'other'), prompt('page'), signal);
    expect(fresh.loadPrefix).not.toHaveBeenCalled();
    expect([...storage.files.keys()]).toEqual(before);
  });

  test('that no longer fits the model is removed without an error', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), signal);
    await saved.restore(model({ usable: false }), talk('a'), prompt('page'));
    expect(files()).toEqual([]);
  });

  test('of a short prompt is not worth a file', async () => {
    const { saved, files } = prefixes();
    await saved.save(model({ tokens: 20 }), talk('a'), prompt('hi'), signal);
    expect(files()).toEqual([]);
  });

  test('is not written if it is aborted before its turn', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), AbortSignal.abort());
    expect(files()).toEqual([]);
  });
});

describe('the budget', () => {
  test('drops the least recently used conversation', async () => {
    const { saved, kept } = prefixes({ budgetBytes: 25 });
    await saved.save(model(), talk('a'), prompt('page'), signal);
    await saved.save(model(), talk('b'), prompt('page'), signal);
    await saved.restore(model(), talk('a'), prompt('page'));
    await saved.save(model(), talk('c'), prompt('page'), signal);
    expect(await kept()).toEqual(['a', 'c']);
  });

  test('leaves nine tenths of the free space to models and conversations', async () => {
    const { saved, files } = prefixes({ storage: memoryStorage(1000) });
    await saved.save(model({ bytes: 200 }), talk('a'), prompt('page'), signal);
    expect(files()).toEqual([]);
  });

  test('a full disk causes no error and leaves no partial file in the index', async () => {
    const { saved, files } = prefixes();
    const full = model();
    full.savePrefix.mockImplementation(async () => fail('store-full', { who: 'disk', message: 'full' }));
    await saved.save(full, talk('a'), prompt('page'), signal);
    const fresh = model();
    await saved.restore(fresh, talk('a'), prompt('page'));
    expect(fresh.loadPrefix).not.toHaveBeenCalled();
    expect(files()).toEqual([]);
  });
});

describe('the person’s own budget', () => {
  test('may be larger than a tenth of the free space, but not than half of it', async () => {
    const { saved, kept } = prefixes({ storage: memoryStorage(10_000), budgetBytes: 100_000 });
    await saved.save(model({ bytes: 2000 }), talk('a'), prompt('page'), signal);
    await saved.save(model({ bytes: 2000 }), talk('b'), prompt('page'), signal);
    await saved.save(model({ bytes: 2000 }), talk('c'), prompt('page'), signal);
    expect(await kept()).toEqual(['b', 'c']);
  });

  test('of nothing removes what was saved, and saves nothing more', async () => {
    let budget: number | undefined;
    const storage = memoryStorage();
    const options = { storage: async () => storage, keeps: async () => true, budget: () => budget };
    const saved = new SavedPrefixes(options);
    const count = () => storage.files.size - 1;
    await saved.save(model(), talk('a'), prompt('page'), signal);
    expect(count()).toBe(1);
    budget = 0;
    await saved.budgetChanged();
    await saved.save(model(), talk('b'), prompt('page'), signal);
    expect(count()).toBe(0);
  });
});

describe('what was saved', () => {
  test('is removed with its model', async () => {
    const { saved, kept } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), signal);
    await saved.save(model({ id: 'other' }), talk('b'), prompt('page'), signal);
    await saved.removeModel('tiny');
    expect(await kept()).toEqual(['b']);
  });

  test('counts as saved only while it is on the disk', async () => {
    const { saved } = prefixes({ budgetBytes: 15 });
    expect(await saved.save(model(), talk('a'), prompt('page'), signal)).toBe(true);
    expect(await saved.save(model({ bytes: 20 }), talk('b'), prompt('page'), signal)).toBe(false);
    expect(await saved.save(model({ tokens: 20 }), talk('c'), prompt('page'), signal)).toBe(false);
  });

  test('is replaced only by what is written to its end', async () => {
    const { saved, files } = prefixes();
    await saved.save(model(), about('a', 'text'), prompt('page'), signal);
    const [before] = files();
    const stopped = model();
    stopped.savePrefix.mockImplementation(async (_, storage, path) => {
      await (await storage.create(path)).close();
      return fail('request-aborted', { who: 'disk', message: 'stopped' });
    });
    await saved.save(stopped, about('b', 'text'), prompt('page'), signal);
    expect(files()).toEqual([before]);
    await saved.save(model(), about('b', 'text'), prompt('page'), signal);
    expect(files()).toHaveLength(1);
    expect(files()).not.toEqual([before]);
  });

  test('is not taken for whole where a worker ended while it was written, and is removed at the next start', async () => {
    const { saved, storage, files, kept } = prefixes();
    await saved.save(model(), about('a', 'text'), prompt('page'), signal);
    const ended = model();
    let begun = () => {};
    const written = new Promise<void>((resolve) => (begun = resolve));
    ended.savePrefix.mockImplementation(async (_, disk, path) => {
      await (await disk.create(path)).close();
      begun();
      return new Promise(() => {});
    });
    void saved.save(ended, about('b', 'text'), prompt('page'), signal);
    await written;
    const next = prefixes({ storage }).saved;
    const fresh = model();
    await next.restore(fresh, about('c', 'text'), prompt('page'));
    expect(fresh.loadPrefix).toHaveBeenCalledTimes(1);
    expect(files()).toHaveLength(2);
    await next.retain(async () => true);
    expect(await kept()).toEqual(['a']);
  });

  test('is all removed if the index is gone', async () => {
    const { saved, storage, files } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), signal);
    await storage.remove('prefixes/index.json');
    await saved.restore(model(), talk('a'), prompt('page'));
    expect(files()).toEqual([]);
  });

  test('is removed with its conversation, and with all of them', async () => {
    const { saved, files, kept } = prefixes();
    for (const id of ['a', 'b', 'c']) await saved.save(model(), talk(id), prompt('page'), signal);
    await saved.remove(['b']);
    expect(await kept()).toEqual(['a', 'c']);
    await saved.clear();
    expect(files()).toEqual([]);
  });

  test('is all removed if the index cannot be read', async () => {
    const { saved, storage, files } = prefixes();
    await saved.save(model(), talk('a'), prompt('page'), signal);
    const writer = await storage.create('prefixes/index.json');
    await writer.write(0, new TextEncoder().encode('[{'));
    await saved.restore(model(), talk('a'), prompt('page'));
    expect(files()).toEqual([]);
  });
});
