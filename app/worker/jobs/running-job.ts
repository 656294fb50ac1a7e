/**
 * One running job: its state, what has changed since pages were last notified, and when to notify them. A model may
 * write a hundred tokens a second; pages are notified every {@link NOTIFY_MS}, the store is written every {@link SAVE_MS}.
 */
import type { GenerateEvent } from '../../../engine/index.ts';
import type { ServerEvent } from '../../protocol/requests.ts';
import { isFinal, isOver, type Job } from '../../protocol/types.ts';

/** Milliseconds; about 30 messages a second, more than a reader needs and fewer than a display draws. */
const NOTIFY_MS = 33;
const SAVE_MS = 500;

export interface RunningJobHooks {
  notify(event: ServerEvent): void;
  /** Must not reject. */
  save(job: Job): Promise<void>;
  /** What a job that is over is shown and stored as; a job under way is returned as it is. */
  settle?(job: Job): Job;
  now(): number;
}

export class RunningJob {
  readonly controller = new AbortController();
  private readonly hooks: RunningJobHooks;
  private state: Job;
  /** Characters of the text that were sent to pages. */
  private sentLength = 0;
  /** Something other than text has changed. */
  private dirty = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private savedAt: number;
  /** Resolves when the last save has ended. */
  saved = Promise.resolve();
  private firstTokenAt = 0;
  /** The beginning of the answer, written for the model; shown with its first words. */
  private begun = '';
  /** The words that the model writes are not those of the answer. */
  private hidden = false;
  /** Characters of the text before the current answer. */
  private textBefore = 0;
  /** Tokens that the job had before the current prompt. */
  private before = 0;

  constructor(job: Job, hooks: RunningJobHooks) {
    this.state = job;
    this.hooks = hooks;
    this.savedAt = hooks.now();
  }

  get job(): Job {
    return this.state;
  }

  /**
   * Changes that pages and store get at once: a new phase, an error, the end; pages get the end once it is stored. A job
   * that is over does not go on: a change that says so, of work that had not noticed the end, does nothing.
   */
  set(change: Partial<Job>): void {
    const wasOver = isOver(this.state);
    if (wasOver && change.progress !== undefined && !isFinal(change.progress.phase)) return;
    if (change.tokens !== undefined) this.before = change.tokens;
    if (change.text !== undefined) this.textBefore = change.text.length;
    const next = merged(this.state, { ...change, updatedAt: this.hooks.now() });
    this.state = this.hooks.settle?.(next) ?? next;
    this.dirty = true;
    if (!wasOver && isOver(this.state)) return void this.saveThenFlush();
    this.flush();
    this.save();
  }

  /** What was shown as complete must be there after a crash; a store that does not answer must not keep an answer back. */
  private async saveThenFlush(): Promise<void> {
    clearTimeout(this.timer);
    this.save();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SAVE_MS);
    });
    await Promise.race([this.saved, late]);
    clearTimeout(timer);
    this.flush();
  }

  /**
   * Sets the beginning of the next answer. It becomes part of the text when the model adds to it. `hidden`: what is written
   * counts as tokens, and stays out of the text.
   */
  begin(text: string, hidden = false): void {
    this.begun = text;
    this.hidden = hidden;
  }

  /** Whether the last save succeeded. A change is sent to pages, and not saved. */
  setSaved(saved: boolean): void {
    if (saved === (this.state.unsaved === undefined)) return;
    this.state = saved ? withoutUnsaved(this.state) : { ...this.state, unsaved: true };
    this.dirty = true;
    this.flush();
  }

  take(event: GenerateEvent): void {
    if (isOver(this.state)) return;
    if (event.kind === 'prefill' && this.state.progress.phase !== 'writing') {
      const { done, total, reused } = event;
      this.state = { ...this.state, progress: { phase: 'reading', prompt: { done, total, reused } } };
      this.dirty = true;
    } else if (event.kind === 'token') this.takeToken(this.hidden ? '' : event.text, event.thinking);
    else if (event.kind === 'rewind' && !this.hidden) {
      this.state = { ...this.state, text: this.state.text.slice(0, this.textBefore + event.length) };
      // Pages get the whole text, since they may have more of it.
      this.dirty = true;
    } else if (event.kind === 'precision') {
      this.state = { ...this.state, precise: true };
      this.dirty = true;
    }
    this.timer ??= setTimeout(() => this.flush(), NOTIFY_MS);
    // A clock that was set back must not put this off.
    if (Math.abs(this.hooks.now() - this.savedAt) >= SAVE_MS) this.save();
  }

  private takeToken(text: string, thinking: true | undefined): void {
    const now = this.hooks.now();
    const tokens = (this.state.tokens ?? 0) + 1;
    // The time of the first token is that of reading the prompt.
    const timed = tokens - this.before - 1;
    if (timed === 0) this.firstTokenAt = now;
    const { progress } = this.state;
    const before = progress.phase === 'writing' ? progress.thinking : undefined;
    if (timed === 0 || before !== thinking) this.dirty = true;
    const begun = text === '' ? '' : this.begun;
    if (text !== '') this.begun = '';
    this.textBefore += begun.length;
    const seconds = (now - this.firstTokenAt) / 1000;
    const tokensPerSecond = timed > 0 && seconds > 0 ? timed / seconds : 0;
    this.state = {
      ...this.state,
      progress: thinking === undefined ? { phase: 'writing' } : { phase: 'writing', thinking },
      text: this.state.text + begun + text,
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

  /** Saves the present state. */
  save(): void {
    this.savedAt = this.hooks.now();
    this.saved = this.hooks.save(withoutUnsaved(this.state));
  }
}

/** Callers pass the fields of the job's own kind. */
const merged = <J extends Job>(job: J, change: Partial<J>): J => ({ ...job, ...change });

const withoutUnsaved = ({ unsaved: _, ...job }: Job): Job => job;
