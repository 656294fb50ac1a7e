/**
 * One browser under test: sends requests through a page of the extension, keeps the ledger, and reads back what the product
 * lists. Faults are in the files of their kinds.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Models } from '../../app/protocol/types.ts';
import type { Reply, RequestKind, Send } from '../../app/protocol/requests.ts';
import type { LinnetBrowser } from '../harness/browser.ts';
import type { Page } from 'playwright/test';
import { type InPage, installClient, type Outcome } from './in-page.ts';
import { Ledger, type Loss, type Write } from './ledger.ts';
import { type Ask, jobKey, listed, must, storedJobs } from './listing.ts';
import type { Random } from './random.ts';
import { startJob, write } from './writes.ts';

/** Milliseconds after which a request counts as hung: longer than anything that is not waiting for a GPU in software. */
const HUNG_MS = 120_000;

/** What the campaign follows of a job. */
export interface JobSeen {
  readonly id: string;
  readonly phase: string;
  readonly text: string;
  readonly unsaved: boolean;
  /** Parts of a long page that were read, of all. */
  readonly parts: readonly [number, number];
}

export class Driver {
  readonly linnet: LinnetBrowser;
  /** Of the step that runs. */
  random: Random;
  readonly ledger = new Ledger();
  /** Faults of another kind than a lost write: what hung, what was not marked. */
  readonly complaints: string[] = [];
  private readonly conversationOf = new Map<string, string>();
  private opened: Page | undefined;
  private readonly hungMs: number;

  constructor(linnet: LinnetBrowser, random: Random, hungMs = HUNG_MS) {
    this.linnet = linnet;
    this.random = random;
    this.hungMs = hungMs;
  }

  /** Waits for the model that comes with the extension, and has it answer whatever is imported later. */
  async demoModel(): Promise<void> {
    for (const end = Date.now() + this.hungMs; Date.now() < end; await delay(100)) {
      const model = (await this.models())?.stored[0]?.id;
      if (model === undefined) continue;
      await this.must('set-settings', { settings: { model } });
      const settings = [...(await this.listing())].filter(([key]) => key.startsWith('setting/'));
      // A refused change leaves what a first start has.
      this.ledger.expect(Object.fromEntries(settings));
      return;
    }
    throw new Error('the demo model was not imported');
  }

  /** The page that requests come from; opened again after it died. */
  async page(): Promise<Page> {
    if (this.opened !== undefined && !this.opened.isClosed()) return this.opened;
    const page = await this.linnet.open('glossary.html');
    page.on('crash', () => {
      this.opened = undefined;
    });
    await page.evaluate(installClient);
    this.opened = page;
    return page;
  }

  /** Closes the page, or what a crash left of it. */
  async leave(): Promise<void> {
    const page = this.opened;
    this.opened = undefined;
    await page?.close().catch(() => undefined);
  }

  /** Sends a request; `lost` also where the page died with the worker. Rejects where it is not answered in time. */
  readonly ask: Ask = async <K extends RequestKind>(kind: K, send: Send<K>) => {
    const lost = { kind: 'lost' } as const;
    const page = await this.page().catch(() => undefined);
    if (page === undefined) return lost;
    const asked = page
      .evaluate((request) => (globalThis as unknown as { faults: InPage }).faults.ask(request), {
        kind,
        ...send,
      })
      .catch(() => lost);
    return this.within(asked, `the request ${kind}`) as Promise<Outcome<Reply<K>>>;
  };

  /** Rejects where the work does not end in time. Complains, too: an activity's errors count as those of its fault. */
  private async within<T>(work: Promise<T>, what: string): Promise<T> {
    const timer = new AbortController();
    const hung = delay(this.hungMs, 'hung' as const, { signal: timer.signal }).catch(() => 'hung' as const);
    const first = await Promise.race([work, hung]).finally(() => timer.abort());
    if (first !== 'hung') return first;
    const complaint = `${what} was not answered within ${this.hungMs / 1000} s`;
    this.complaints.push(complaint);
    throw new Error(complaint);
  }

  must<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
    return must(this.ask, kind, send);
  }

  write<K extends RequestKind>(values: Write, kind: K, send: Send<K>): Promise<Reply<K> | undefined> {
    return write(this.ask, this.ledger, values, [kind, send]);
  }

  /** Starts a job, and watches its conversation. */
  async startJob(
    kind: 'chat' | 'summarise',
    send: Send<'chat'> | Send<'summarise'>,
  ): Promise<{ job: string; conversation: string } | undefined> {
    const started = await startJob(this.ask, this.ledger, kind, send);
    if (started === undefined) return undefined;
    this.conversationOf.set(started.job, started.conversation);
    await this.watch(`conversation:${started.conversation}`);
    return started;
  }

  async watch(...topics: string[]): Promise<void> {
    const page = await this.page().catch(() => undefined);
    await page
      ?.evaluate((all) => (globalThis as unknown as { faults: InPage }).faults.watch(all), topics)
      .catch(() => undefined);
  }

  /** The jobs as their events say. */
  async seen(): Promise<JobSeen[]> {
    const page = await this.page().catch(() => undefined);
    const read = page?.evaluate(() =>
      [...(globalThis as unknown as { faults: InPage }).faults.jobs.values()].map((job) => {
        const { points, ends } = job.rounds?.[0] ?? { points: [], ends: [] };
        const parts = [points.length, ends.length] as const;
        return {
          id: job.id,
          phase: job.progress.phase,
          text: job.text,
          unsaved: job.unsaved === true,
          parts,
        };
      }),
    );
    return (await read?.catch(() => undefined)) ?? [];
  }

  /** Waits until a job is in one of the phases; returns its state, or undefined if it was over before. */
  until(job: string, phases: readonly string[]): Promise<JobSeen | undefined> {
    return this.untilSeen(job, ({ phase }) => phases.includes(phase), phases.join(' or '));
  }

  /** Waits until `wanted` is true of a job. */
  async untilSeen(
    job: string,
    wanted: (now: JobSeen) => boolean,
    what: string,
  ): Promise<JobSeen | undefined> {
    let last: JobSeen | undefined;
    for (const end = Date.now() + this.hungMs; Date.now() < end; await delay(20)) {
      last = (await this.seen()).find(({ id }) => id === job);
      if (last !== undefined && wanted(last)) return last;
      if (last !== undefined && OVER.includes(last.phase)) return undefined;
    }
    this.complaints.push(`the job ${job} was never ${what}, but ${last?.phase}`);
    return undefined;
  }

  /** Waits until a job under way goes on, and stops it; returns the phase that it ends in. */
  async endsWell(job: string): Promise<string | undefined> {
    await this.watch(`job:${job}`);
    const state = async () => (await this.seen()).find(({ id }) => id === job);
    const first = JSON.stringify(await state());
    const goesOn = (now: JobSeen | undefined) => now !== undefined && JSON.stringify(now) !== first;
    const went = await this.poll(async () => {
      const now = await state();
      return goesOn(now) || OVER.includes(now?.phase ?? '');
    });
    if (!went) this.complaints.push(`the answer ${job} stands still: ${first}`);
    await this.ask('stop', { job });
    return (await this.until(job, OVER))?.phase;
  }

  private async poll(done: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + this.hungMs; Date.now() < end; await delay(50))
      if (await done()) return true;
    return false;
  }

  async models(): Promise<Models | undefined> {
    await this.watch('models');
    const page = await this.page();
    const event = page.evaluate(
      () => (globalThis as unknown as { faults: InPage }).faults.events.get('models') as { models: Models },
    );
    return (await event)?.models;
  }

  /** All that the product lists, by the ledger's keys. */
  private async listing(): Promise<Map<string, string>> {
    const found = await listed(this.ask, this.ledger);
    const models = await this.models();
    for (const { name } of [...(models?.stored ?? []), ...(models?.imports ?? [])])
      if (name !== undefined) found.set(`model/${name}`, 'known');
    return found;
  }

  /** Compares the ledger with what the product lists. */
  async losses(): Promise<Loss[]> {
    return this.ledger.compare(await this.listing());
  }

  /** The phase of each job of the ledger, as the product lists it. */
  async phases(): Promise<Map<string, string>> {
    const jobs = await storedJobs(this.ask, this.ledger);
    return new Map(jobs.map(({ job }) => [job.id, job.progress.phase]));
  }

  /** Enters the answers that were shown as complete. */
  async noteAnswers(): Promise<void> {
    for (const { id, phase, text } of await this.seen()) {
      const conversation = this.conversationOf.get(id);
      if (phase !== 'done' || conversation === undefined) continue;
      const key = `${jobKey(conversation, id)}/answer`;
      if (this.ledger.value(key) !== text) this.ledger.acknowledge({ [key]: text });
    }
  }
}

/** Phases in which a job has ended. */
export const OVER: readonly string[] = ['done', 'stopped', 'interrupted', 'failed'];
