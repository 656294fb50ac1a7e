/**
 * Saves prefixes of conversations while no job runs. A job that starts meanwhile interrupts the save, which is tried
 * again at the next pause, so an answer never waits for the disk. What was saved may be packed later (reading-packer.ts).
 */
import type { Prompt } from '../../../engine/index.ts';
import type { ReadingPacker } from './reading-packer.ts';
import type { PrefixModel, PrefixText, SavedPrefixes } from './saved-prefixes.ts';

/** Milliseconds without a job before a save starts. */
const QUIET_MS = 2000;

export interface PrefixSaverOptions {
  readonly prefixes: Pick<SavedPrefixes, 'save'>;
  /** Told of what was saved; nothing is packed without it. */
  readonly packer?: Pick<ReadingPacker, 'later' | 'forget' | 'forgetAll'> | undefined;
  /** Runs `work` when no job runs. */
  between(work: () => Promise<void>): Promise<void>;
  readonly quietMs?: number;
}

interface PendingSave {
  readonly model: PrefixModel;
  readonly text: PrefixText;
  readonly prompt: Prompt;
}

export class PrefixSaver {
  private readonly options: PrefixSaverOptions;
  /** The newest prompt of each conversation that has changed since its last save. */
  private readonly pending = new Map<string, PendingSave>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: AbortController | undefined;

  constructor(options: PrefixSaverOptions) {
    this.options = options;
  }

  /** `prompt` is what `model` has just read: `text` first, with the answer at the end. */
  later(model: PrefixModel, text: PrefixText, prompt: Prompt): void {
    // Only the loaded model can save; what another one read is gone with it.
    for (const [id, save] of this.pending) if (save.model !== model) this.pending.delete(id);
    // There is one file for each page: an earlier conversation about it need not be written first.
    for (const [id, save] of this.pending) if (hasSamePage(save.text, text)) this.pending.delete(id);
    this.pending.set(text.conversation, { model, text, prompt });
    this.schedule();
  }

  /** Call when a job is queued. */
  interrupt(): void {
    clearTimeout(this.timer);
    this.saving?.abort();
  }

  /** Call when a job has ended. */
  schedule(): void {
    clearTimeout(this.timer);
    if (this.pending.size === 0) return;
    this.timer = setTimeout(() => void this.saveAll(), this.options.quietMs ?? QUIET_MS);
  }

  /** Call when conversations are deleted. */
  forget(conversations: readonly string[]): void {
    for (const conversation of conversations) this.pending.delete(conversation);
    this.options.packer?.forget(conversations);
  }

  /** Call when all conversations are erased. */
  forgetAll(): void {
    this.interrupt();
    this.pending.clear();
    this.options.packer?.forgetAll();
  }

  private async saveAll(): Promise<void> {
    const controller = new AbortController();
    this.saving = controller;
    await this.options.between(async () => {
      for (const [conversation, { model, text, prompt }] of [...this.pending]) {
        if (controller.signal.aborted) return;
        const saved = await this.options.prefixes.save(model, text, prompt, controller.signal);
        if (controller.signal.aborted) return;
        this.pending.delete(conversation);
        if (saved) this.options.packer?.later(model, text, prompt);
      }
    });
  }
}

const hasSamePage = ({ page: one }: PrefixText, { page: other }: PrefixText): boolean =>
  one !== undefined && one.text === other?.text && one.title === other.title;
