/**
 * Saves the KV cache rows of what models have read on this device, so that a page or a conversation opened again, tomorrow
 * too, can be answered without being read again. There is one file for each text and model, named by a hash of both: a new
 * conversation about the same page finds it as the earlier one does. The least recently used files are removed when all
 * of them exceed the budget.
 *
 * A file whose text was packed has only the rows that the model needs ({@link SavedPrefixes.pack}).
 *
 * A saved prefix can always be computed again. A failure is therefore logged and never shown, and the model reads the
 * text again. A prefix is as private as the conversation that it was saved for, and is removed with it; of what is in
 * memory only, nothing is saved or looked for, since even the order of use is on the disk.
 *
 * Not here: the file's format and the checks of its content (`LoadedModel.savePrefix`, `loadPrefix`), which rows a model needs
 * (`LoadedModel.pack`), when files are written (prefix-saver.ts) and packed (reading-packer.ts).
 */
import { log, type Prompt, serial, type Storage } from '../../../engine/index.ts';
import { toWire } from '../../protocol/errors.ts';
import { MIB } from '../../protocol/limits.ts';
import type { PageText } from '../../protocol/types.ts';
import type { Answerer, PrefixKeeper } from '../answerer/answerer.ts';
import { sharedPrompt } from './shared-prompt.ts';

/**
 * Of all files, where the person chose no other amount and the platform does not say how much is free. 2,000 tokens take
 * 46 MB with SmolLM2-135M and 229 MB with Qwen3-0.6B: layers × 2 × key/value heads × head width × 2 bytes (f16) × tokens,
 * by their config.json.
 */
const BUDGET_BYTES = 256 * MIB;
/** Most bytes of all files where the person chose no other amount. */
const MOST_BYTES = 2048 * MIB;
/** Shares of the free space: models and conversations have priority. A person's own choice may take more. */
const SHARE = 1 / 10;
const CHOSEN_SHARE = 1 / 2;
/** Shorter prompts are read again faster than a file is written and read. */
const MIN_TOKENS = 64;
const FOLDER = 'prefixes';
const INDEX = `${FOLDER}/index.json`;

interface IndexEntry {
  /** Name of the file: {@link hashOf}, and one of two letters, so that the file before stays until the new one is whole. */
  readonly file: string;
  /** The conversation whose questions and answers follow the text in the file. */
  readonly conversation: string;
  /** Id of the model. */
  readonly model: string;
  /** 0 while it is written, and for one that was never finished. */
  readonly bytes: number;
  /** The text was packed, in this file or in one before it that was not removed. */
  readonly packed?: true;
}

/** A model whose reading can be saved. */
export type PrefixModel = PrefixKeeper & Pick<Answerer, 'countTokens' | 'facts' | 'pack'>;

/** What a prompt begins with: the page as it is read, or else the conversation's own words. */
export interface PrefixText {
  readonly conversation: string;
  readonly page?: Pick<PageText, 'title' | 'text'> | undefined;
}

/**
 * `settled`: there is nothing to do for the file as it is; `futile`: the model drops nothing of this text, or cannot; `interrupted`:
 * by the signal, or since the model is gone.
 */
export type PackOutcome = 'settled' | 'futile' | 'interrupted';

export interface SavedPrefixesOptions {
  /** Opened on first use. */
  storage(): Promise<Storage>;
  /** Whether the conversation itself is on the disk; of others nothing is saved. */
  keeps(conversation: string): Promise<boolean>;
  /** Bytes of all files that the person chose; 0: nothing is saved. By the free space if undefined. */
  budget?(): number | undefined;
  readonly minTokens?: number;
}

/** Of the model and of the text that its prompt begins with, so that neither a file's name nor the index has a word of it. */
export async function hashOf(
  { facts }: Pick<PrefixModel, 'facts'>,
  { conversation, page }: PrefixText,
): Promise<string> {
  const text = page === undefined ? [conversation] : [page.title, page.text];
  const bytes = new TextEncoder().encode(JSON.stringify([facts.model.id, ...text]));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class SavedPrefixes {
  private readonly options: SavedPrefixesOptions;
  /** Operations run one at a time, so that each reads the index that the previous one wrote. */
  private readonly inTurn = serial();

  constructor(options: SavedPrefixesOptions) {
    this.options = options;
  }

  /** Name of the branch of the model's cache for a conversation. */
  static branch(conversation: string): string {
    return `conversation:${conversation}`;
  }

  /**
   * Loads the saved rows of the text that `prompt` begins with, where they are more than the model holds of it. `branch`:
   * that of the conversation if absent.
   */
  restore(model: PrefixModel, text: PrefixText, prompt: Prompt, branch?: string): Promise<void> {
    return this.attempt('restore', async (storage) => {
      if (!(await this.options.keeps(text.conversation))) return;
      await this.load(storage, model, text, {
        branch: branch ?? SavedPrefixes.branch(text.conversation),
        prompt,
      });
    });
  }

  /** As {@link restore}, for a page that is about to be read for no conversation yet. It must not be in memory only. */
  restorePage(
    model: PrefixModel,
    page: NonNullable<PrefixText['page']>,
    prompt: Prompt,
    branch: string,
  ): Promise<void> {
    return this.attempt('restore', (storage) =>
      this.load(storage, model, { conversation: '', page }, { branch, prompt }),
    );
  }

  private async load(
    storage: Storage,
    model: PrefixModel,
    text: PrefixText,
    options: { readonly branch: string; readonly prompt: Prompt },
  ): Promise<void> {
    const hash = await hashOf(model, text);
    const entries = await readIndex(storage);
    const entry = entries.find((each) => each.file.startsWith(hash) && each.bytes > 0);
    if (entry === undefined) return;
    try {
      await model.loadPrefix(storage, pathOf(entry), options);
    } catch (error) {
      await removeEntries(storage, entries, [entry]);
      throw error;
    }
    if (entry !== entries[0]) await writeIndex(storage, [entry, ...entries.filter((each) => each !== entry)]);
  }

  /**
   * Saves the rows of a prompt that begins with `text` and ends with the last answer (`begun`). Resolves to whether they are on
   * the disk now.
   */
  async save(model: PrefixModel, text: PrefixText, prompt: Prompt, signal: AbortSignal): Promise<boolean> {
    const saved = await this.attempt('save', (storage) =>
      this.write(storage, model, text, { prompt, signal, packed: false }),
    );
    return saved === true;
  }

  /**
   * Drops the rows of a saved text that the model does not need, and saves it again where any were dropped: once for each text
   * and model, and only while the file of the text is that of this conversation.
   *
   * The model packs out of turn: a conversation is deleted, or restored, without waiting for it.
   */
  async pack(
    model: PrefixModel,
    text: PrefixText,
    prompt: Prompt,
    signal: AbortSignal,
  ): Promise<PackOutcome> {
    const shared = sharedPrompt(prompt, text.page);
    if (shared === undefined || model.pack === undefined) return 'futile';
    const wanted = await this.attempt('pack', (storage) => this.isUnpacked(storage, model, text, prompt));
    if (wanted !== true) return 'settled';
    if (signal.aborted) return 'interrupted';
    try {
      const branch = SavedPrefixes.branch(text.conversation);
      const { share } = await model.pack(prompt, shared, { branch, pace: 'polite', signal });
      if (share === 1) return 'futile';
    } catch (error) {
      noteFailure('pack', error);
      return toWire(error).code === 'request-aborted' ? 'interrupted' : 'futile';
    }
    await this.attempt('save', (storage) =>
      this.write(storage, model, text, { prompt, signal, packed: true }),
    );
    return signal.aborted ? 'interrupted' : 'settled';
  }

  private async isUnpacked(
    storage: Storage,
    model: PrefixModel,
    text: PrefixText,
    prompt: Prompt,
  ): Promise<boolean> {
    if (!(await this.isKept(model, text, prompt))) return false;
    const hash = await hashOf(model, text);
    const entry = (await readIndex(storage)).find((each) => each.file.startsWith(hash) && each.bytes > 0);
    return entry?.conversation === text.conversation && entry.packed !== true;
  }

  /** Whether what was read of a prompt may be on the disk, and is worth a file. */
  private async isKept(model: PrefixModel, { conversation }: PrefixText, prompt: Prompt): Promise<boolean> {
    if (this.options.budget?.() === 0) return false;
    if (model.countTokens(prompt) < (this.options.minTokens ?? MIN_TOKENS)) return false;
    return this.options.keeps(conversation);
  }

  /** Resolves to whether the file is there at the end: one beyond the budget is removed again. */
  private async write(
    storage: Storage,
    model: PrefixModel,
    text: PrefixText,
    { prompt, signal, packed }: WriteOptions,
  ): Promise<boolean> {
    if (signal.aborted || !(await this.isKept(model, text, prompt))) return false;
    const { conversation } = text;
    const hash = await hashOf(model, text);
    const all = await readIndex(storage);
    const before = all.filter((each) => each.file.startsWith(hash));
    const file = hash + (before.some((each) => each.file.endsWith('a') && each.bytes > 0) ? 'b' : 'a');
    const others = all.filter((each) => each.file !== file);
    const mark = packed || before.some((each) => each.packed) ? ({ packed: true } as const) : {};
    const pending = { file, conversation, model: model.facts.model.id, bytes: 0, ...mark };
    // The entry is written before the file, so that a crash leaves no file that the index does not list.
    await writeIndex(storage, [pending, ...others]);
    try {
      const branch = SavedPrefixes.branch(conversation);
      const { bytes } = await model.savePrefix(prompt, storage, pathOf(pending), { branch, signal });
      const entries = [{ ...pending, bytes }, ...others];
      const replaced = others.filter((each) => before.includes(each));
      const kept = await this.trim(storage, await removeEntries(storage, entries, replaced));
      return kept.some((each) => each.file === file);
    } catch (error) {
      await removeEntries(storage, [pending, ...others], [pending]);
      throw error;
    }
  }

  /** Removes what was saved for these conversations. */
  remove(conversations: readonly string[]): Promise<void> {
    return this.removeWhere(({ conversation }) => conversations.includes(conversation));
  }

  /** Removes what a model has read. */
  removeModel(id: string): Promise<void> {
    return this.removeWhere(({ model }) => model === id);
  }

  /** At the start: keeps only what was saved, and to its end, for conversations for which `exists` resolves to true. */
  retain(exists: (conversation: string) => Promise<boolean>): Promise<void> {
    return this.removeWhere(async ({ conversation, bytes }) => bytes === 0 || !(await exists(conversation)));
  }

  /** The budget has changed. */
  async budgetChanged(): Promise<void> {
    await this.attempt('trim', async (storage) => this.trim(storage, await readIndex(storage)));
  }

  private removeWhere(is: (entry: IndexEntry) => boolean | Promise<boolean>): Promise<void> {
    return this.attempt('remove', async (storage) => {
      const entries = await readIndex(storage);
      const chosen = await Promise.all(entries.map(is));
      const removed = entries.filter((_, i) => chosen[i]);
      if (removed.length > 0) await removeEntries(storage, entries, removed);
    });
  }

  /** Removes the saved rows of all conversations. Waits for nothing that may hang, and rejects if it cannot. */
  async clear(): Promise<void> {
    const storage = await this.options.storage();
    await storage.remove(FOLDER);
  }

  /** Keeps the newest entries that fit the budget, and returns them. The newest one stays if it fits by itself. */
  private async trim(storage: Storage, entries: readonly IndexEntry[]): Promise<readonly IndexEntry[]> {
    const budget = await this.budgetIn(storage, entries);
    let total = 0;
    const over = entries.filter(({ bytes }) => {
      const fits = total + bytes <= budget;
      if (fits) total += bytes;
      return !fits;
    });
    return removeEntries(storage, entries, over);
  }

  private async budgetIn(storage: Storage, entries: readonly IndexEntry[]): Promise<number> {
    const chosen = this.options.budget?.();
    const estimate = await storage.estimate();
    if (estimate === undefined) return chosen ?? BUDGET_BYTES;
    const own = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const free = estimate.quota - estimate.usage + own;
    return chosen === undefined ? Math.min(MOST_BYTES, free * SHARE) : Math.min(chosen, free * CHOSEN_SHARE);
  }

  /** Undefined after a failure. */
  private attempt<T>(what: string, work: (storage: Storage) => Promise<T>): Promise<T | undefined> {
    return this.inTurn(async () => {
      try {
        return await work(await this.options.storage());
      } catch (error) {
        noteFailure(what, error);
        return undefined;
      }
    });
  }
}

interface WriteOptions {
  readonly prompt: Prompt;
  readonly signal: AbortSignal;
  /** The text was packed just now. */
  readonly packed: boolean;
}

/** An interruption is none. */
function noteFailure(what: string, error: unknown): void {
  const { code } = toWire(error);
  if (code !== 'request-aborted') log('info', 'prefixes', `could not ${what} a saved prefix: ${code}`);
}

const pathOf = ({ file }: Pick<IndexEntry, 'file'>): string => `${FOLDER}/${file}`;

/** Newest first. An index that is missing or cannot be read counts as empty, and all saved files are removed. */
async function readIndex(storage: Storage): Promise<readonly IndexEntry[]> {
  const file = await storage.open(INDEX);
  try {
    const text = file && new TextDecoder().decode(await file.read(0, file.size));
    const entries = JSON.parse(text ?? 'null') as unknown;
    if (Array.isArray(entries) && entries.every(isEntry)) return entries;
  } catch {
    // Falls through: a damaged index is treated as none.
  }
  await storage.remove(FOLDER);
  return [];
}

function isEntry(x: unknown): x is IndexEntry {
  const { file, conversation, model, bytes, packed } = (x ?? {}) as Partial<
    Record<keyof IndexEntry, unknown>
  >;
  const named = [conversation, model].every((name) => typeof name === 'string');
  if (packed !== undefined && packed !== true) return false;
  return named && typeof bytes === 'number' && typeof file === 'string' && /^[0-9a-f]{32}[ab]$/.test(file);
}

async function writeIndex(storage: Storage, entries: readonly IndexEntry[]): Promise<void> {
  await storage.remove(INDEX); // otherwise a shorter text would keep the end of the old one
  const writer = await storage.create(INDEX);
  await writer.write(0, new TextEncoder().encode(JSON.stringify(entries)));
  await writer.close();
}

/** Removes the files first: a crash then leaves an entry without a file, which the next read removes. Returns the rest. */
async function removeEntries(
  storage: Storage,
  entries: readonly IndexEntry[],
  removed: readonly IndexEntry[],
): Promise<readonly IndexEntry[]> {
  for (const entry of removed) await storage.remove(pathOf(entry));
  const left = entries.filter((each) => !removed.includes(each));
  await writeIndex(storage, left);
  return left;
}
