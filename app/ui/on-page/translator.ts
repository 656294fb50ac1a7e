/**
 * Requests translations from the worker for a web page, one at a time. Connects on first use, so that pages without
 * translations cost nothing.
 */
import { latestOnly } from '../../../engine/index.ts';
import type { TaskOffer } from '../../protocol/abilities.ts';
import { AppError } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { Reply, RequestKind, Send, TargetLanguages } from '../../protocol/requests.ts';
import { isOver, type Job } from '../../protocol/types.ts';
import { type Jobs, withEvent } from '../state/job-reducer.ts';

interface CurrentJob {
  readonly id: string;
  readonly passing: boolean;
  onJob(job: Job): void;
  resolve(job: Job | undefined): void;
  reject(error: unknown): void;
}

export class Translator {
  private readonly connect: () => Client;
  private client: Client | undefined;
  private jobs: Jobs = new Map();
  private current: CurrentJob | undefined;
  private cachedLanguages: Promise<TargetLanguages> | undefined;
  /** Drops events of earlier translations. */
  private readonly runs = latestOnly();

  constructor(connect: () => Client) {
    this.connect = connect;
  }

  async languages(): Promise<TargetLanguages> {
    this.cachedLanguages ??= this.connection()
      .request('languages', {})
      .catch((error) => {
        this.cachedLanguages = undefined;
        throw error;
      });
    return this.cachedLanguages;
  }

  /** What the model for translations is offered for; undefined if that is not known. */
  async offer(): Promise<TaskOffer | undefined> {
    // Without an answer the translation itself reports why.
    const offered = await this.connection()
      .request('offer', { task: 'translation' })
      .catch(() => null);
    return offered ?? undefined;
  }

  /** A request that is no translation. */
  ask<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
    return this.connection().request(kind, send);
  }

  /** Saves the language that a person chose; it is used on every page from then on. */
  async chooseLanguage(language: string): Promise<void> {
    this.cachedLanguages = this.connection().request('choose-language', { language });
    await this.cachedLanguages;
  }

  /**
   * Calls `onJob` with every state of the job. Resolves to the finished job, or to undefined if it was stopped before
   * it began or replaced by another translation. Rejects with `engine-unreachable` if the connection closes during a
   * passing job.
   */
  async translate(send: Send<'translate'>, onJob: (job: Job) => void): Promise<Job | undefined> {
    this.stop();
    const isLatest = this.runs.begin();
    const client = this.connection();
    const { job: id } = await client.request('translate', send);
    if (!isLatest()) {
      client.request('stop', { job: id }).catch(() => {});
      return undefined;
    }
    this.jobs = new Map();
    return new Promise((resolve, reject) => {
      this.current = { id, passing: send.passing === true, onJob, resolve, reject };
      client.watch(['languages', `job:${id}`]);
    });
  }

  /** Stops the current translation, which resolves with its text so far. */
  stop(): void {
    this.runs.cancel();
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    this.client?.request('stop', { job: current.id }).catch(() => {});
    const job = this.jobs.get(current.id);
    current.resolve(job === undefined ? undefined : { ...job, progress: { phase: 'stopped' } });
  }

  close(): void {
    this.stop();
    this.client?.close();
    this.client = undefined;
    this.cachedLanguages = undefined;
  }

  private connection(): Client {
    if (this.client !== undefined) return this.client;
    const client = this.connect();
    this.client = client;
    client.onEvent((event) => {
      if (event.kind === 'languages') this.cachedLanguages = Promise.resolve(event.languages);
      const { current } = this;
      const next = withEvent(this.jobs, event);
      if (next !== undefined) {
        this.jobs = next;
        this.notify();
      } else if (current !== undefined) {
        client.request('resync', { topic: `job:${current.id}` }).catch(() => {});
      }
    });
    client.onConnection((up) => {
      // A passing job is not stored, so it ends with its worker.
      if (!up && this.current?.passing === true) this.fail();
    });
    return client;
  }

  private fail(): void {
    const { current } = this;
    this.current = undefined;
    current?.reject(
      new AppError('engine-unreachable', { who: 'Linnet', message: 'the engine went away while working' }),
    );
  }

  private notify(): void {
    const { current } = this;
    const job = current === undefined ? undefined : this.jobs.get(current.id);
    if (current === undefined || job === undefined) return;
    current.onJob(job);
    if (!isOver(job) || this.current !== current) return;
    this.current = undefined;
    this.client?.watch(['languages']);
    current.resolve(job);
  }
}
