/**
 * A web page's line to translations: connected on first use, so that a page that is only read costs nothing, and one
 * translation at a time.
 */
import { AppError } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { Send } from '../../protocol/requests.ts';
import { isOver, type Job, type Settings } from '../../protocol/types.ts';
import { type Jobs, withEvent } from '../state/job-reducer.ts';

interface Following {
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
  private following: Following | undefined;
  private known: Promise<Settings> | undefined;
  /** Raised with every new translation; what an older one still hears is nobody's. */
  private round = 0;

  constructor(connect: () => Client) {
    this.connect = connect;
  }

  async settings(): Promise<Settings> {
    this.known ??= this.line()
      .request('settings', {})
      .catch((error) => {
        this.known = undefined;
        throw error;
      });
    return this.known;
  }

  async save(settings: Partial<Settings>): Promise<void> {
    this.known = this.line().request('set-settings', { settings });
    await this.known;
  }

  /**
   * `onJob` hears of the job as it goes on. Gives the job when it is over; undefined where it was stopped before it
   * began, or another translation took its place.
   */
  async translate(send: Send<'translate'>, onJob: (job: Job) => void): Promise<Job | undefined> {
    this.stop();
    const round = ++this.round;
    const client = this.line();
    const { job: id } = await client.request('translate', send);
    if (round !== this.round) {
      client.request('stop', { job: id }).catch(() => {});
      return undefined;
    }
    this.jobs = new Map();
    return new Promise((resolve, reject) => {
      this.following = { id, passing: send.passing === true, onJob, resolve, reject };
      client.watch(['settings', `job:${id}`]);
    });
  }

  /** The translation under way ends with what it has. */
  stop(): void {
    this.round++;
    const { following } = this;
    this.following = undefined;
    if (following === undefined) return;
    this.client?.request('stop', { job: following.id }).catch(() => {});
    const job = this.jobs.get(following.id);
    following.resolve(job === undefined ? undefined : { ...job, status: 'stopped' });
  }

  close(): void {
    this.stop();
    this.client?.close();
    this.client = undefined;
    this.known = undefined;
  }

  private line(): Client {
    if (this.client !== undefined) return this.client;
    const client = this.connect();
    this.client = client;
    client.onEvent((event) => {
      if (event.kind === 'settings') this.known = Promise.resolve(event.settings);
      const { following } = this;
      const next = withEvent(this.jobs, event);
      if (next !== undefined) {
        this.jobs = next;
        this.tell();
      } else if (following !== undefined) {
        client.request('resync', { topic: `job:${following.id}` }).catch(() => {});
      }
    });
    client.onLine((up) => {
      // A passing job died with its worker, and nobody wrote it down.
      if (!up && this.following?.passing === true) this.fail();
    });
    return client;
  }

  private fail(): void {
    const { following } = this;
    this.following = undefined;
    following?.reject(
      new AppError('engine-unreachable', { who: 'Linnet', message: 'the engine went away while working' }),
    );
  }

  private tell(): void {
    const { following } = this;
    const job = following === undefined ? undefined : this.jobs.get(following.id);
    if (following === undefined || job === undefined) return;
    following.onJob(job);
    if (!isOver(job.status) || this.following !== following) return;
    this.following = undefined;
    this.client?.watch(['settings']);
    following.resolve(job);
  }
}
