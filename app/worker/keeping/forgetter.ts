/** Deletes conversations and translations whose time is over, at the start of the worker and every hour. */
import { KEEP_MS, type KeepFor, type StoredIds } from '../../protocol/keeping.ts';

export interface ForgetterOptions {
  keepFor(): KeepFor | undefined;
  unchangedSince(time: number): Promise<StoredIds>;
  /** `old`: what was last changed before `time`, in milliseconds since 1970. */
  remove(old: StoredIds, time: number): Promise<void>;
  now(): number;
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
    this.timer ??= setInterval(() => void this.run().catch(() => {}), HOUR_MS);
    return this.run();
  }

  async run(): Promise<void> {
    const { keepFor, unchangedSince, remove, now } = this.options;
    const wanted = keepFor();
    // What is not stored ends with the browser.
    if (wanted === undefined || wanted === 'session') return;
    const time = now() - KEEP_MS[wanted];
    const old = await unchangedSince(time);
    if (old.conversations.length + old.jobs.length > 0) await remove(old, time);
  }
}
