/**
 * Saves the KV cache rows of conversations on this device, so that a conversation opened after a restart can answer
 * without reading its page again. Each conversation has one file; the least recently used files are removed when all of
 * them exceed the budget.
 *
 * A saved prefix can always be computed again. A failure is therefore logged and never shown, and the model reads the
 * text again. A prefix is as private as its conversation and is removed with it.
 *
 * Not here: the file's format and the checks of its content (`LoadedModel.savePrefix`, `loadPrefix`).
 */
import { log, type Prompt, serial, type Storage } from '../../../engine/index.ts';
import type { Answerer, PrefixKeeper } from '../answerer/answerer.ts';
import { toWire } from '../../protocol/errors.ts';

/**
 * Of all files. 2,000 tokens take 46 MB with SmolLM2-135M and 229 MB with Qwen3-0.6B:
 * layers × 2 × key/value heads × head width × 2 bytes (f16) × tokens, by their config.json.
 */
const BUDGET_BYTES = 256 * 1024 * 1024;
/** Shorter prompts are read again faster than a file is written and read. */
const MIN_TOKENS = 64;
const FOLDER = 'prefixes';
const INDEX = `${FOLDER}/index.json`;

interface IndexEntry {
  readonly conversation: string;
  readonly bytes: number;
}

/** A model whose reading can be saved. */
export type PrefixModel = PrefixKeeper & Pick<Answerer, 'countTokens'>;

export interface SavedPrefixesOptions {
  /** Opened on first use. */
  storage(): Promise<Storage>;
  /** Whether the conversation itself is on the disk; of others nothing is saved. */
  keeps(conversation: string): Promise<boolean>;
  readonly budgetBytes?: number;
  readonly minTokens?: number;
}

export class SavedPrefixes {
  private readonly options: SavedPrefixesOptions;
  /** Conversations whose rows are already in a model's cache. */
  private readonly present = new WeakMap<PrefixModel, Set<string>>();
  /** Operations run one at a time, so that each reads the index that the previous one wrote. */
  private readonly inTurn = serial();

  constructor(options: SavedPrefixesOptions) {
    this.options = options;
  }

  /** Name of the branch of the model's cache for a conversation. */
  static branch(conversation: string): string {
    return `conversation:${conversation}`;
  }

  /** Loads a conversation's saved rows into the model's cache; does nothing if the model has read it itself. */
  restore(model: PrefixModel, conversation: string): Promise<void> {
    const present = this.presentIn(model);
    if (present.has(conversation)) return Promise.resolve();
    present.add(conversation);
    return this.attempt('restore', async (storage) => {
      const entries = await readIndex(storage);
      const entry = entries.find((each) => each.conversation === conversation);
      if (entry === undefined) return;
      try {
        await model.loadPrefix(storage, pathOf(conversation), { branch: SavedPrefixes.branch(conversation) });
        await writeIndex(storage, [entry, ...entries.filter((each) => each !== entry)]);
      } catch (error) {
        await removeEntries(storage, entries, [entry]);
        throw error;
      }
    });
  }

  /** Saves the rows of a conversation. `prompt` ends with the last answer (`begun`). */
  save(model: PrefixModel, conversation: string, prompt: Prompt, signal: AbortSignal): Promise<void> {
    this.presentIn(model).add(conversation);
    return this.attempt('save', async (storage) => {
      if (signal.aborted || model.countTokens(prompt) < (this.options.minTokens ?? MIN_TOKENS)) return;
      if (!(await this.options.keeps(conversation))) return;
      const others = (await readIndex(storage)).filter((each) => each.conversation !== conversation);
      const pending = { conversation, bytes: 0 };
      // The entry is written before the file, so that a crash leaves no file that the index does not list.
      await writeIndex(storage, [pending, ...others]);
      try {
        const branch = SavedPrefixes.branch(conversation);
        const { bytes } = await model.savePrefix(prompt, storage, pathOf(conversation), { branch, signal });
        await this.trim(storage, [{ conversation, bytes }, ...others]);
      } catch (error) {
        await removeEntries(storage, [pending, ...others], [pending]);
        throw error;
      }
    });
  }

  /** Removes the saved rows of these conversations. */
  remove(conversations: readonly string[]): Promise<void> {
    return this.attempt('remove', async (storage) => {
      const entries = await readIndex(storage);
      const removed = entries.filter(({ conversation }) => conversations.includes(conversation));
      if (removed.length > 0) await removeEntries(storage, entries, removed);
    });
  }

  /** Keeps only the saved rows of conversations for which `exists` resolves to true. */
  retain(exists: (conversation: string) => Promise<boolean>): Promise<void> {
    return this.attempt('retain', async (storage) => {
      const entries = await readIndex(storage);
      const known = await Promise.all(entries.map(({ conversation }) => exists(conversation)));
      const removed = entries.filter((_, i) => !known[i]);
      if (removed.length > 0) await removeEntries(storage, entries, removed);
    });
  }

  /** Removes the saved rows of all conversations. Waits for nothing that may hang, and rejects if it cannot. */
  async clear(): Promise<void> {
    const storage = await this.options.storage();
    await storage.remove(FOLDER);
  }

  /** Keeps the newest entries that fit the budget. The newest one stays if it fits by itself. */
  private async trim(storage: Storage, entries: readonly IndexEntry[]): Promise<void> {
    const estimate = await storage.estimate();
    // A tenth of the free space: models and conversations have priority.
    const free = estimate === undefined ? Number.POSITIVE_INFINITY : (estimate.quota - estimate.usage) / 10;
    const budget = Math.min(this.options.budgetBytes ?? BUDGET_BYTES, free);
    let total = 0;
    const over = entries.filter(({ bytes }) => {
      const fits = total + bytes <= budget;
      if (fits) total += bytes;
      return !fits;
    });
    await removeEntries(storage, entries, over);
  }

  private presentIn(model: PrefixModel): Set<string> {
    const known = this.present.get(model) ?? new Set<string>();
    this.present.set(model, known);
    return known;
  }

  private attempt(what: string, work: (storage: Storage) => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      try {
        await work(await this.options.storage());
      } catch (error) {
        const { code } = toWire(error);
        if (code !== 'request-aborted') log('info', 'prefixes', `could not ${what} a saved prefix: ${code}`);
      }
    });
  }
}

const pathOf = (conversation: string): string => `${FOLDER}/${conversation}`;

/** Newest first. An index that cannot be read counts as empty, and all saved files are removed. */
async function readIndex(storage: Storage): Promise<readonly IndexEntry[]> {
  const file = await storage.open(INDEX);
  if (file === undefined) return [];
  try {
    const entries = JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as unknown;
    if (Array.isArray(entries) && entries.every(isEntry)) return entries;
  } catch {
    // Falls through: a damaged index is treated as none.
  }
  await storage.remove(FOLDER);
  return [];
}

const isEntry = (x: unknown): x is IndexEntry =>
  typeof (x as IndexEntry | null)?.conversation === 'string' && typeof (x as IndexEntry).bytes === 'number';

async function writeIndex(storage: Storage, entries: readonly IndexEntry[]): Promise<void> {
  await storage.remove(INDEX); // otherwise a shorter text would keep the end of the old one
  const writer = await storage.create(INDEX);
  await writer.write(0, new TextEncoder().encode(JSON.stringify(entries)));
  await writer.close();
}

/** Removes the files first: a crash then leaves an entry without a file, which the next read removes. */
async function removeEntries(
  storage: Storage,
  entries: readonly IndexEntry[],
  removed: readonly IndexEntry[],
): Promise<void> {
  for (const { conversation } of removed) await storage.remove(pathOf(conversation));
  await writeIndex(
    storage,
    entries.filter((each) => !removed.includes(each)),
  );
}
