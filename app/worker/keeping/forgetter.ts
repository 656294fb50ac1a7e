/** Deletes conversations and translations whose time is over, at the start of the worker and every hour. */
import { KEEP_MS, type KeepFor, type StoredIds } from '../../protocol/keeping.ts';

export interface ForgetterOptions {
  keepFor(): KeepFor | undefined;
  unchangedSince(time: number): Promise<StoredIds>;
  remove(old: StoredIds): Promise<void>;
  now(): number;
  /** Milliseconds from one time to the next. */
  readonly everyMs?: number;
}

const HOUR_MS = 60 * 60 * 1000;

export class Forgetter {
  private readonly options: ForgetterOptions;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ForgetterOptions) {
    this.options = options;
  }

  /** Also runs from then on. Rejects as {@link run} does. */
  start(): Promise<void> {
    this.timer ??= setInterval(() => void this.run().catch(() => {}), this.options.everyMs ?? HOUR_MS);
    return this.run();
  }

  async run(): Promise<void> {
    const { keepFor, unchangedSince, remove, now } = this.options;
    const wanted = keepFor();
    // What is not stored ends with the browser.
    if (wanted === undefined || wanted === 'session') return;
    const old = await unchangedSince(now() - KEEP_MS[wanted]);
    if (old.conversations.length + old.jobs.length > 0) await remove(old);
  }
}
