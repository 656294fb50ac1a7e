/**
 * One job under way: its state, what has changed since it was last told, and when to tell. Tokens may come a
 * hundred a second; pages hear of them at most {@link TELL_MS} apart, and the store every {@link SAVE_MS}.
 */
import type { GenerateEvent } from '../../../engine/index.ts';
import type { ServerEvent } from '../../protocol/requests.ts';
import type { Job } from '../../protocol/types.ts';

/** About 30 messages a second: faster than reading, slower than drawing. */
const TELL_MS = 33;
const SAVE_MS = 500;

export interface RunningJobHooks {
  notify(event: ServerEvent): void;
  save(job: Job): void;
  now(): number;
}

export class RunningJob {
  readonly controller = new AbortController();
  private readonly hooks: RunningJobHooks;
  private state: Job;
  /** Characters of the text that pages know. */
  private sentLength = 0;
  /** Something other than text has changed. */
  private dirty = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private savedAt: number;
  private firstTokenAt = 0;
  /** Tokens that the job had before the question that is being answered. */
  private before = 0;

  constructor(job: Job, hooks: RunningJobHooks) {
    this.state = job;
    this.hooks = hooks;
    this.savedAt = hooks.now();
  }

  get job(): Job {
    return this.state;
  }

  /** Changes that pages and store learn at once: a new status, an error, the end. */
  set(change: Partial<Job>): void {
    if (change.tokens !== undefined) this.before = change.tokens;
    this.state = merged(this.state, { ...change, updatedAt: this.hooks.now() });
    this.dirty = true;
    this.flush();
    this.save();
  }

  /** Whether the store has taken what it was last given. Pages learn of a change; the store is asked nothing. */
  kept(kept: boolean): void {
    if (kept === (this.state.unsaved === undefined)) return;
    this.state = kept ? withoutMark(this.state) : { ...this.state, unsaved: true };
    this.dirty = true;
    this.flush();
  }

  take(event: GenerateEvent): void {
    if (event.kind === 'prefill' && this.state.progress.phase !== 'writing') {
      const { done, total, reused } = event;
      this.state = { ...this.state, progress: { phase: 'reading', prompt: { done, total, reused } } };
      this.dirty = true;
    } else if (event.kind === 'token') this.takeToken(event.text, event.thinking);
    this.timer ??= setTimeout(() => this.flush(), TELL_MS);
    if (this.hooks.now() - this.savedAt >= SAVE_MS) this.save();
  }

  private takeToken(text: string, thinking: true | undefined): void {
    const now = this.hooks.now();
    const tokens = (this.state.tokens ?? 0) + 1;
    // The first token belongs to the reading of the prompt.
    const timed = tokens - this.before - 1;
    if (timed === 0) this.firstTokenAt = now;
    const { progress } = this.state;
    const before = progress.phase === 'writing' ? progress.thinking : undefined;
    if (timed === 0 || before !== thinking) this.dirty = true;
    const seconds = (now - this.firstTokenAt) / 1000;
    const tokensPerSecond = timed > 0 && seconds > 0 ? timed / seconds : 0;
    this.state = {
      ...this.state,
      progress: thinking === undefined ? { phase: 'writing' } : { phase: 'writing', thinking },
      text: this.state.text + text,
      tokens,
      tokensPerSecond,
      updatedAt: now,
    };
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { id, text, tokens = 0, tokensPerSecond = 0 } = this.state;
    if (this.dirty) this.hooks.notify({ kind: 'job', job: this.state });
    else if (text.length > this.sentLength) {
      const added = text.slice(this.sentLength);
      this.hooks.notify({
        kind: 'delta',
        job: id,
        at: this.sentLength,
        text: added,
        tokens,
        tokensPerSecond,
      });
    }
    this.dirty = false;
    this.sentLength = text.length;
  }

  /** Gives the store what there is. */
  save(): void {
    this.savedAt = this.hooks.now();
    this.hooks.save(withoutMark(this.state));
  }
}

/** Callers pass the fields of the job's own kind. */
const merged = <J extends Job>(job: J, change: Partial<J>): J => ({ ...job, ...change });

const withoutMark = ({ unsaved: _, ...job }: Job): Job => job;
