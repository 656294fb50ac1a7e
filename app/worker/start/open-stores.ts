/**
 * Opens the databases when the worker starts. One that cannot be opened is replaced by one in memory, which is said to
 * the pages ({@link Notice}), and can still be erased from the disk.
 */
import { type Notice, type NoticePart, toWire } from '../../protocol/errors.ts';
import { within } from './within.ts';
import { type GlossaryStore, memoryGlossary, openIdbGlossary } from '../store/lists/glossary-store.ts';
import { deleteDatabase } from '../store/open-database.ts';
import { memoryWords, openIdbWords, type WordStore } from '../store/lists/word-store.ts';
import { openIdbStore, type Store } from '../store/store.ts';
import { memoryStore } from '../store/store-memory.ts';

export interface OpenedStores {
  readonly store: Store;
  readonly glossary: GlossaryStore;
  readonly words: WordStore;
  readonly notices: readonly Notice[];
}

export interface Databases {
  store(): Promise<Store>;
  glossary(): Promise<GlossaryStore>;
  words(): Promise<WordStore>;
  remove(name: string): Promise<void>;
}

const STORE = 'linnet';
const GLOSSARY = 'linnet-glossary';
const WORDS = 'linnet-words';
/** Milliseconds; a database that is still held by another process may never open. */
const OPEN_MS = 15_000;

const indexedDatabases = (language: string): Databases => ({
  store: () => openIdbStore(language, STORE),
  glossary: () => openIdbGlossary(GLOSSARY),
  words: () => openIdbWords(WORDS),
  remove: deleteDatabase,
});

/** Never rejects. `language`: of translations, in the settings of a first start. */
export async function openStores(
  language: string,
  databases: Databases = indexedDatabases(language),
  openMs = OPEN_MS,
): Promise<OpenedStores> {
  const notices: Notice[] = [];
  async function opened<T>(part: NoticePart, open: () => Promise<T>, instead: () => T): Promise<T> {
    try {
      return await within(openMs, open, 'the browser’s database');
    } catch (error) {
      notices.push({ part, error: toWire(error) });
      return instead();
    }
  }
  const [store, glossary, words] = await Promise.all([
    opened('database', databases.store, () => erasing(memoryStore(language), () => databases.remove(STORE))),
    opened('glossary', databases.glossary, () => erasing(memoryGlossary(), () => databases.remove(GLOSSARY))),
    opened('words', databases.words, () => erasing(memoryWords(), () => databases.remove(WORDS))),
  ]);
  return { store, glossary, words, notices };
}

/** The store in memory, which also erases the database that it stands in for. */
function erasing<S extends { erase(): Promise<void> }>(store: S, remove: () => Promise<void>): S {
  const erase = store.erase.bind(store);
  return {
    ...store,
    async erase() {
      await erase();
      await remove();
    },
  };
}
