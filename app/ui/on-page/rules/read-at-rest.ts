/**
 * Lets the engine read this page before anyone asks, where the person summarises its site often: once the page has come to
 * rest, as long as it is in front, and only by a model that is loaded already. Pages are opened all the time, so a model of
 * hundreds of megabytes is not loaded for one that may not be asked about.
 */
import { latestOnly } from '../../../../engine/index.ts';
import type { Client } from '../../../protocol/client.ts';
import type { Power } from '../../../protocol/page/power.ts';
import type { PageText } from '../../../protocol/types.ts';

export interface ReadAtRestOptions {
  /** Whether the person summarises this site often. */
  isOften(): boolean;
  /** Resolves to whether the page came to rest, in front, before time was up. */
  rests(): Promise<boolean>;
  /** To an engine that runs; where none does, requests are refused. */
  connect(): Client;
  /** Undefined where the page keeps it from scripts. */
  power(): Promise<Power | undefined>;
  /** Reads the page; undefined if it cannot be read. */
  read(): Promise<PageText | undefined>;
}

export class ReadAtRest {
  private readonly options: ReadAtRestOptions;
  /** Exists while the page is to be read: the engine drops it when the connection ends. */
  private client: Client | undefined;
  private readonly runs = latestOnly();

  constructor(options: ReadAtRestOptions) {
    this.options = options;
  }

  /** The page is in front. */
  start(): void {
    if (!this.options.isOften()) return;
    this.stop();
    const isLatest = this.runs.begin();
    // What is not read now is read when it is asked about.
    this.run(isLatest).catch(() => isLatest() && this.stop());
  }

  private async run(isLatest: () => boolean): Promise<void> {
    const { rests, connect, power, read } = this.options;
    if (!(await rests()) || !isLatest()) return;
    const client = connect();
    this.client = client;
    const now = await power();
    // Reading a page takes a while, and is of no use where no model would read it then.
    if (!(await client.request('read-ahead', { power: now })) || !isLatest()) return this.end(client);
    const page = await read();
    if (page === undefined || !isLatest()) return this.end(client);
    await client.request('read-ahead', { page, power: now });
  }

  private end(client: Client): void {
    client.close();
    if (this.client === client) this.client = undefined;
  }

  /** The page is hidden, or something else is done with it. */
  stop(): void {
    this.runs.cancel();
    this.client?.close();
    this.client = undefined;
  }
}
