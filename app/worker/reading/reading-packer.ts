/**
 * Packs what was saved of conversations: the rows of a text that the model does not need are dropped, so that the file is
 * smaller and answers read fewer bytes. Only after a longer pause than a save needs, since the model reads the text once more,
 * and only where the person and the battery allow it. A job interrupts it at once; it is tried again at the next pause, a few
 * times for each text.
 *
 * Not here: which rows are dropped (`LoadedModel.pack`), which texts may be packed (saved-prefixes.ts).
 */
import type { Prompt } from '../../../engine/index.ts';
import { hashOf, type PrefixModel, type PrefixText, type SavedPrefixes } from './saved-prefixes.ts';

/** Milliseconds without a job after a save. */
const QUIET_MS = 30_000;
/** A text that was interrupted so often stays as it is until the next start. */
const MOST_INTERRUPTIONS = 3;
/** Conversations that wait; of older ones the cache has hardly any rows left. */
const MOST_WAITING = 4;

export interface ReadingPackerOptions {
  readonly prefixes: Pick<SavedPrefixes, 'pack'>;
  /** Whether the person's settings and the battery allow it now. */
  may(): boolean;
  /** Runs `work` when no job runs. */
  between(work: () => Promise<void>): Promise<void>;
  readonly quietMs?: number;
}

interface WaitingText {
  readonly model: PrefixModel;
  readonly text: PrefixText;
  readonly prompt: Prompt;
}

export class ReadingPacker {
  private readonly options: ReadingPackerOptions;
  /** By conversation, the newest last. */
  private readonly waiting = new Map<string, WaitingText>();
  /** Texts of which nothing can be dropped, or that were given up, by their hash. Those that are packed the index has. */
  private readonly over = new Set<string>();
  /** How often each text was interrupted, by its hash. */
  private readonly interruptions = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  /** The conversation whose text is being packed. */
  private current: string | undefined;

  constructor(options: ReadingPackerOptions) {
    this.options = options;
  }

  /** Call when the rows of `prompt`, which begins with `text`, were saved. */
  later(model: PrefixModel, text: PrefixText, prompt: Prompt): void {
    if (model.pack === undefined) return;
    // The rows of another model are gone with it.
    for (const [id, each] of this.waiting) if (each.model !== model) this.waiting.delete(id);
    this.waiting.delete(text.conversation);
    this.waiting.set(text.conversation, { model, text, prompt });
    for (const id of [...this.waiting.keys()].slice(0, -MOST_WAITING)) this.waiting.delete(id);
    this.schedule();
  }

  /** Call when a job is queued, or when other work for pauses begins. */
  interrupt(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  /** Call when a job, or other work for pauses, has ended. */
  schedule(): void {
    clearTimeout(this.timer);
    if (this.waiting.size === 0 || this.running !== undefined) return;
    this.timer = setTimeout(() => void this.packAll(), this.options.quietMs ?? QUIET_MS);
  }

  /** Call when conversations are deleted. */
  forget(conversations: readonly string[]): void {
    for (const conversation of conversations) {
      this.waiting.delete(conversation);
      if (conversation === this.current) this.interrupt();
    }
  }

  /** Call when all conversations are erased. */
  forgetAll(): void {
    this.interrupt();
    this.waiting.clear();
  }

  private async packAll(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.running = controller;
    await this.options.between(async () => {
      for (const [conversation, waiting] of [...this.waiting].reverse()) {
        if (signal.aborted || !this.options.may()) break;
        this.current = conversation;
        await this.pack(conversation, waiting, signal);
        this.current = undefined;
      }
    });
    if (this.running === controller) this.running = undefined;
  }

  private async pack(conversation: string, waiting: WaitingText, signal: AbortSignal): Promise<void> {
    const { model, text, prompt } = waiting;
    const hash = await hashOf(model, text);
    if (!this.over.has(hash)) {
      const outcome = await this.options.prefixes.pack(model, text, prompt, signal);
      if (outcome === 'futile') this.over.add(hash);
      // Without an interruption by the signal the model is gone, and its rows with it.
      if (outcome === 'interrupted' && signal.aborted && !this.isGivenUp(hash)) return;
    }
    // A newer prompt of the conversation may wait by now.
    if (this.waiting.get(conversation) === waiting) this.waiting.delete(conversation);
  }

  /** Counts an interruption. */
  private isGivenUp(hash: string): boolean {
    const count = (this.interruptions.get(hash) ?? 0) + 1;
    this.interruptions.set(hash, count);
    if (count >= MOST_INTERRUPTIONS) this.over.add(hash);
    return this.over.has(hash);
  }
}
