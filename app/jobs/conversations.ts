/**
 * Conversations: jobs in the order of asking, and the page they are about. A summary always begins one, so that
 * what was said before never colours it; the page comes first in either, so the cache serves both.
 */
import { fail } from '../../engine/index.ts';
import {
  type Ask,
  type Conversation,
  type Job,
  type PageText,
  partsLeft,
  type ServerEvent,
  type Started,
  type Topic,
} from '../protocol/types.ts';
import type { Store, StoredConversation } from '../store/store.ts';
import { askedAnew, type JobDesk, newJob, notesOf, type Setting } from './jobs.ts';

export interface ConversationsOptions {
  readonly jobs: JobDesk;
  readonly store: Store;
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
}

export interface Place {
  readonly conversation?: string;
  readonly page?: PageText;
  readonly tab?: number;
}

/** A chat that was left this long ago is not what one wants to see on opening. In milliseconds. */
const RECENT = 15 * 60_000;
/** Conversations among which a page is looked for that was read before. */
const RECENT_READ = 30;
/** Characters of a first question that make a title. */
const TITLE = 80;

export class ConversationDesk {
  private readonly options: ConversationsOptions;
  /** Tab ids mean something within one life of the browser; those of older conversations do not. */
  private readonly bornAt: number;

  constructor(options: ConversationsOptions) {
    this.options = options;
    this.bornAt = options.now();
  }

  /** Asks within a conversation, or begins one. */
  async ask(ask: Ask, place: Place): Promise<Started> {
    const known = place.conversation === undefined ? undefined : await this.find(place.conversation);
    const base = known ?? this.begin(ask, place);
    const fresh = newJob(ask, this.options.now(), {
      conversation: base.id,
      ...(place.tab === undefined ? {} : { tab: place.tab }),
    });
    const noted = ask.kind === 'summary' && place.page !== undefined ? await this.notedOf(place.page) : {};
    const job = { ...fresh, ...noted };
    const conversation: StoredConversation = {
      ...base,
      // A page brought into a chat that has none yet becomes its page.
      ...(base.material === undefined && place.page !== undefined ? aboutPage(place.page, place.tab) : {}),
      jobs: [...base.jobs, job.id],
      updatedAt: this.options.now(),
    };
    await this.options.store.saveConversation(conversation);
    this.options.jobs.start(job, () => this.setting(job));
    await this.emit(conversation);
    return { job: job.id, conversation: conversation.id };
  }

  async regenerate(job: Job): Promise<Started> {
    const fresh = askedAnew(job, this.options.now());
    const vary = job.text !== '' && !partsLeft(job);
    this.options.jobs.start(fresh, async () => ({ ...(await this.setting(fresh)), vary }));
    return {
      job: fresh.id,
      ...(fresh.conversation === undefined ? {} : { conversation: fresh.conversation }),
    };
  }

  /** A long page that was read for one summary is not read again for the next, in another kind or length. */
  private async notedOf({ url, text }: PageText): Promise<Partial<Job>> {
    const latest = await this.options.store.conversations(RECENT_READ);
    const same = latest.filter(({ material }) => material?.url === url && material.text === text);
    const jobs = await this.options.jobs.prepare(same.flatMap((conversation) => conversation.jobs));
    const read = jobs().find(({ rounds }) => rounds !== undefined);
    return read === undefined ? {} : notesOf(read);
  }

  private async setting(job: Job): Promise<Setting> {
    if (job.conversation === undefined) return { before: [] };
    const { jobs, material } = await this.find(job.conversation);
    const before = await this.options.jobs.prepare(jobs.slice(0, jobs.indexOf(job.id)));
    return { before: before(), ...(material === undefined ? {} : { page: material }) };
  }

  private begin(ask: Ask, { page, tab }: Place): StoredConversation {
    const question = ask.kind === 'summary' ? '' : ask.text;
    const now = this.options.now();
    return {
      id: crypto.randomUUID(),
      title: (ask.kind === 'summary' ? (page?.title ?? '') : question).slice(0, TITLE),
      jobs: [],
      createdAt: now,
      updatedAt: now,
      ...(page === undefined ? {} : aboutPage(page, tab)),
    };
  }

  /** What to show on opening: this page's conversation, else what is being answered, else a chat just left. */
  async current({ tab, url }: { tab?: number; url?: string }): Promise<{ conversation?: string }> {
    const latest = await this.options.store.conversations(30);
    const running = this.options.jobs.running().find((job) => job.conversation !== undefined)?.conversation;
    const ofPage = latest.find(({ page, updatedAt }) => {
      if (page === undefined) return false;
      if (url !== undefined) return page.url === url;
      return page.tab !== undefined && page.tab === tab && updatedAt >= this.bornAt;
    });
    const left = latest.find(
      ({ page, updatedAt }) => page === undefined && this.options.now() - updatedAt < RECENT,
    );
    const conversation = ofPage?.id ?? running ?? left?.id;
    return conversation === undefined ? {} : { conversation };
  }

  async list(limit: number): Promise<Conversation[]> {
    return (await this.options.store.conversations(limit)).map(withoutMaterial);
  }

  async remove(id: string): Promise<void> {
    const { jobs } = await this.find(id);
    const { jobs: desk, store } = this.options;
    for (const job of jobs) desk.stop(job);
    const busy = desk.running().some((job) => jobs.includes(job.id));
    // One being answered is still written to the store when it ends.
    await (busy ? desk.between(() => store.removeConversation(id)) : store.removeConversation(id));
  }

  async state(id: string): Promise<(() => ServerEvent) | undefined> {
    const conversation = await this.options.store.conversation(id);
    return conversation === undefined ? undefined : this.prepare(conversation);
  }

  private async emit(conversation: StoredConversation): Promise<void> {
    const event = await this.prepare(conversation);
    this.options.emit(`conversation:${conversation.id}`, event());
  }

  private async prepare(conversation: StoredConversation): Promise<() => ServerEvent> {
    const jobs = await this.options.jobs.prepare(conversation.jobs);
    return () => ({ kind: 'conversation', conversation: withoutMaterial(conversation), jobs: jobs() });
  }

  private async find(id: string): Promise<StoredConversation> {
    const found = await this.options.store.conversation(id);
    return (
      found ??
      fail('request-invalid', { who: 'conversations', message: 'this conversation was deleted', got: id })
    );
  }
}

function aboutPage(page: PageText, tab: number | undefined): Pick<StoredConversation, 'page' | 'material'> {
  const { url, title, dir } = page;
  return { page: { url, title, dir, ...(tab === undefined ? {} : { tab }) }, material: page };
}

function withoutMaterial({ material: _, ...conversation }: StoredConversation): Conversation {
  return conversation;
}
