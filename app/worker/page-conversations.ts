/**
 * Finds the conversations about a page: the one to show on opening, an earlier summary of the same text, and its notes.
 * Private windows have conversations of their own: neither side uses what was read on the other.
 */
import type { Send } from '../protocol/requests.ts';
import { errorOf, type PageText } from '../protocol/types.ts';
import { hasSameText, samePage } from '../text/page-identity.ts';
import type { JobService } from './job-service.ts';
import { notesOf, type SummaryNotes } from './new-job.ts';
import type { Store, StoredConversation } from './store/store.ts';

export interface PageConversationsOptions {
  readonly jobs: Pick<JobService, 'prepare' | 'running'>;
  readonly store: Pick<Store, 'conversations' | 'material'>;
  now(): number;
}

/** Milliseconds; a chat that was left longer ago is not shown on opening. */
const RECENT = 15 * 60_000;
/** How many of the newest conversations are searched for a page that was read before. */
const RECENT_READ = 30;

export class PageConversations {
  private readonly options: PageConversationsOptions;
  /** Milliseconds since 1970. Tab ids are valid for one session of the browser, so ids stored earlier are not. */
  private readonly bornAt: number;

  constructor(options: PageConversationsOptions) {
    this.options = options;
    this.bornAt = options.now();
  }

  /** Notes of an earlier summary of the same page, so that another type or length need not read it again. */
  async notedOf({ url, text }: PageText, isPrivate: boolean): Promise<SummaryNotes> {
    const same: string[] = [];
    for (const { id, jobs } of await this.latestAbout(url, isPrivate)) {
      if ((await this.options.store.material(id))?.text === text) same.push(...jobs);
    }
    const jobs = await this.options.jobs.prepare(same);
    const read = jobs().find((job) => job.kind === 'summary' && job.rounds !== undefined);
    return read === undefined ? {} : notesOf(read);
  }

  private async latestAbout(url: string, isPrivate: boolean): Promise<StoredConversation[]> {
    const latest = await this.options.store.conversations(RECENT_READ, isPrivate);
    return latest.filter(({ page }) => page !== undefined && samePage(page.url, url));
  }

  /** The conversation to show on opening: this page's, else the one being answered, else a chat left recently. */
  async current({ tab, url }: Send<'current'>, isPrivate = false): Promise<{ conversation?: string }> {
    const latest = await this.options.store.conversations(RECENT_READ, isPrivate);
    const running = this.options.jobs
      .running()
      .find(
        (job) => job.conversation !== undefined && (job.inMemory === 'private-window') === isPrivate,
      )?.conversation;
    const ofPage = latest.find(({ page, updatedAt }) => {
      if (page === undefined) return false;
      if (url !== undefined) return samePage(page.url, url);
      return page.tab !== undefined && page.tab === tab && updatedAt >= this.bornAt;
    });
    const left = latest.find(
      ({ page, updatedAt }) => page === undefined && this.options.now() - updatedAt < RECENT,
    );
    const conversation = ofPage?.id ?? running ?? left?.id;
    return { conversation };
  }

  /** An earlier summary of the same text, which a shortcut shows in place of a new one. Failed ones do not count. */
  async summarised(page: PageText, isPrivate = false): Promise<{ conversation?: string }> {
    for (const { id, jobs } of await this.latestAbout(page.url, isPrivate)) {
      const material = await this.options.store.material(id);
      if (material === undefined || material.source === 'selection') continue;
      if (!hasSameText(material.text, page.text)) continue;
      const asked = await this.options.jobs.prepare(jobs);
      if (asked().some((each) => each.kind === 'summary' && errorOf(each) === undefined))
        return { conversation: id };
    }
    return {};
  }
}
