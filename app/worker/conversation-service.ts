/**
 * Conversations: jobs in the order of their requests, and the page they are about. A summary always begins a new one, so
 * that earlier answers do not influence it. In both the page comes first in the prompt, so they share the cache.
 */
import { questionText } from '../text/question-text.ts';
import { fail, serial } from '../../engine/index.ts';
import { type AttachedText, attachmentFacts } from '../protocol/attachments.ts';
import { fromWire } from '../protocol/errors.ts';
import { PassageSearch } from '../text/passages.ts';
import type { FoundConversation } from '../protocol/search-result.ts';
import {
  type ServerEvent,
  type Started,
  type Topic,
  type Transcript,
  UNDO_MS,
} from '../protocol/requests.ts';
import {
  type ChatRequest,
  type Conversation,
  errorOf,
  type Job,
  type JobRequest,
  type JobTarget,
  type PageText,
  partsLeft,
} from '../protocol/types.ts';
import type { SavedPrefixes } from './models/saved-prefixes.ts';
import type { Store, StoredConversation } from './store/store.ts';
import { allJobs, branchedOff, extended, jobsBefore, switchedTo } from '../protocol/branches.ts';
import { matcher } from './store/conversation-search.ts';
import type { StoredMaterial } from './store/stored-records.ts';
import { attachedTo, readingText, withAttached } from './attached.ts';
import type { JobContext, JobService } from './job-service.ts';
import { restarted, newJob, notesOf, type SummaryNotes } from './new-job.ts';
import { withQuotes } from './summary/quote-page.ts';
import { keyPoints } from '../text/key-points.ts';
import { samePage, hasSameText, containsText } from '../text/page-identity.ts';

export interface ConversationServiceOptions {
  readonly jobs: JobService;
  readonly store: Store;
  readonly prefixes?: Pick<SavedPrefixes, 'remove'>;
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
}

/** Milliseconds; a chat that was left longer ago is not shown on opening. */
const RECENT = 15 * 60_000;
/** How many of the newest conversations are searched for a page that was read before. */
const RECENT_READ = 30;
/** Most characters of a title. */
const TITLE = 80;

export class ConversationService {
  private readonly options: ConversationServiceOptions;
  /** Milliseconds since 1970. Tab ids are valid for one session of the browser, so ids stored earlier are not. */
  private readonly bornAt: number;
  /** Changes run one at a time: each reads what the one before wrote. */
  private readonly inTurn = serial();

  constructor(options: ConversationServiceOptions) {
    this.options = options;
    this.bornAt = options.now();
  }

  /** Starts a job in the target's conversation, or in a new one. */
  ask(request: JobRequest, target: JobTarget): Promise<Started> {
    return this.inTurn(() => this.askNow(request, target));
  }

  private async askNow(request: JobRequest, target: JobTarget): Promise<Started> {
    const known = target.conversation === undefined ? undefined : await this.find(target.conversation);
    const base = known ?? this.begin(request, target);
    // A page brought into a chat that has none yet becomes its page.
    const page = base.page === undefined ? target.page : undefined;
    const { attached = [] } = target;
    const asked = request.kind === 'chat' ? { ...request, ...attachedFacts(attached) } : request;
    const fresh = newJob(asked, this.options.now(), { conversation: base.id, tab: target.tab });
    const noted =
      request.kind === 'summary' && target.page !== undefined ? await this.notedOf(target.page) : {};
    const job = { ...fresh, ...noted };
    const conversation: StoredConversation = {
      ...base,
      page: page === undefined ? base.page : aboutPage(page, target.tab),
      ...extended(base, job.id),
    };
    const before = known && (await this.options.store.material(known.id));
    return this.startIn(conversation, job, { vary: false, material: withAttached(before, page, attached) });
  }

  /** Asks an edited question; the earlier one stays as a branch. */
  edit(job: Job, text: string): Promise<Started> {
    if (job.request.kind !== 'chat') {
      fail('request-invalid', { who: 'conversations', message: 'only a question of a chat can be edited' });
    }
    const request = { ...job.request, text };
    return this.inTurn(() => this.branch(job, request, false));
  }

  /** Keeps an answer with text as a branch, replaces a failed one, and continues a page that was read in part. */
  async regenerate(job: Job): Promise<Started> {
    // Another answer than that of a model; the page's own sentences are none.
    const quoted = job.kind === 'summary' && job.quoted === true;
    const vary = job.text !== '' && !partsLeft(job) && !quoted;
    if (vary && job.conversation !== undefined) {
      return this.inTurn(() => this.branch(job, job.request, true));
    }
    const fresh = restarted(job, this.options.now());
    return this.restart(fresh, { vary }, quoted);
  }

  /** Continues, in the same job, an answer that ended before it was complete. */
  async continueAnswer(job: Job): Promise<Started> {
    const { text, model } = job;
    if (job.request.kind !== 'chat' || text === '') {
      fail('request-invalid', { who: 'conversations', message: 'only an answer of a chat can be continued' });
    }
    const fresh = { ...restarted(job, this.options.now()), text, model };
    return this.restart(fresh, { begun: text });
  }

  private restart(job: Job, more: Pick<JobContext, 'vary' | 'begun'>, byModel = false): Started {
    this.options.jobs.start(job, async () => ({ ...(await this.contextOf(job)), ...more }), { byModel });
    const { id, conversation } = job;
    return { job: id, conversation };
  }

  /** Notes of an earlier summary of the same page, so that another type or length need not read it again. */
  private async notedOf({ url, text }: PageText): Promise<SummaryNotes> {
    const same: string[] = [];
    for (const { id, jobs } of await this.latestAbout(url)) {
      if ((await this.options.store.material(id))?.text === text) same.push(...jobs);
    }
    const jobs = await this.options.jobs.prepare(same);
    const read = jobs().find((job) => job.kind === 'summary' && job.rounds !== undefined);
    return read === undefined ? {} : notesOf(read);
  }

  private async latestAbout(url: string): Promise<StoredConversation[]> {
    const latest = await this.options.store.conversations(RECENT_READ);
    return latest.filter(({ page }) => page !== undefined && samePage(page.url, url));
  }

  private async branch(job: Job, request: JobRequest, vary: boolean): Promise<Started> {
    const base = await this.find(job.conversation ?? '');
    const target = { conversation: base.id, tab: job.tab };
    const fresh = { ...newJob(request, this.options.now(), target), ...notesOf(job) };
    const branched = branchedOff(base, job.id, fresh.id);
    // Answers on the branch that is left are no longer shown, and the new one would wait for them.
    for (const id of base.jobs) if (!branched.jobs.includes(id)) this.options.jobs.stop(id);
    return this.startIn({ ...base, ...branched }, fresh, { vary });
  }

  /** Saves the conversation with its newest job, and queues that. A request in a deleted conversation restores it. */
  private async startIn(
    { deletedAt: _, ...conversation }: StoredConversation,
    job: Job,
    { vary, material }: { vary: boolean; material?: StoredMaterial | undefined },
  ): Promise<Started> {
    const quoting = withQuotes(job, material ?? (await this.material(conversation)));
    const context = async () => ({ ...(await this.contextOf(job)), vary });
    const then = () => this.options.jobs.start(quoting, context);
    await this.save({ ...conversation, updatedAt: this.options.now() }, { material, then });
    return { job: job.id, conversation: conversation.id };
  }

  private async contextOf(job: Job): Promise<JobContext> {
    if (job.conversation === undefined) return { before: [] };
    const conversation = await this.find(job.conversation);
    const before = await this.options.jobs.prepare(jobsBefore(conversation, job.id));
    const alone = job.request.kind === 'chat' && job.request.alone === true;
    const earlier = before();
    const ids = attachedTo([...earlier, job]);
    const withPage = conversation.page !== undefined && !alone;
    const material =
      withPage || ids.size > 0 ? await this.options.store.material(conversation.id) : undefined;
    return { before: earlier, page: material && readingText(material, { withPage, ids }) };
  }

  /** The text that was read of the conversation's page. */
  private async material({ id, page }: StoredConversation): Promise<PageText | undefined> {
    return page === undefined ? undefined : this.options.store.material(id);
  }

  showBranch(id: string, job: string): Promise<void> {
    return this.change(id, (conversation) => ({ ...conversation, ...switchedTo(conversation, job) }));
  }

  rename(id: string, title: string): Promise<void> {
    return this.change(id, (conversation) => ({ ...conversation, title: title.trim().slice(0, TITLE) }));
  }

  private change(id: string, edit: (conversation: StoredConversation) => StoredConversation): Promise<void> {
    return this.inTurn(async () => this.save(edit(await this.find(id))));
  }

  private begin(request: JobRequest, { page }: JobTarget): StoredConversation {
    const question = request.kind === 'summary' ? '' : questionText(request);
    const now = this.options.now();
    return {
      id: crypto.randomUUID(),
      title: (request.kind === 'summary' ? (page?.title ?? '') : question).slice(0, TITLE),
      jobs: [],
      createdAt: now,
      updatedAt: now,
    };
  }

  /** The conversation to show on opening: this page's, else the one being answered, else a chat left recently. */
  async current({ tab, url }: { tab?: number; url?: string }): Promise<{ conversation?: string }> {
    const latest = await this.options.store.conversations(RECENT_READ);
    const running = this.options.jobs.running().find((job) => job.conversation !== undefined)?.conversation;
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

  /** Whether the page's text has changed since the conversation read it. */
  async pageChanged(id: string, page: PageText): Promise<boolean> {
    const material = await this.material(await this.find(id));
    if (material === undefined || !samePage(material.url, page.url)) return false;
    return !(material.source === 'selection' ? containsText : hasSameText)(page.text, material.text);
  }

  /**
   * The passage of a key point in another language than the page: the model translates the point back, and the page is
   * searched for the words of that translation.
   */
  async findPassage(job: Job, point: number): Promise<{ passage: string | null }> {
    const { jobs, now } = this.options;
    const text = keyPoints(job.text)[point];
    if (job.kind !== 'summary' || job.pageLanguage === undefined || text === undefined) {
      const message = 'only a key point in another language than the page can be looked for';
      fail('request-invalid', { who: 'conversations', message });
    }
    const { request, pageLanguage: language, passages = [] } = job;
    const known = passages[point] ?? null;
    if (known !== null) return { passage: known };
    const material = await this.material(await this.find(job.conversation ?? ''));
    const asked = newJob({ kind: 'translation', text, language, from: request.language }, now(), {});
    const answered = await jobs.outcome(asked, async () => ({ before: [] }));
    const error = errorOf(answered);
    if (error !== undefined) throw fromWire(error);
    if (answered.progress.phase !== 'done') return { passage: null };
    const passage = new PassageSearch(material?.text ?? '').find(answered.text)?.text ?? null;
    await jobs.amend(job.id, (current) => {
      if (current.kind !== 'summary') return current;
      const found = passages.map((each, i) => (i === point ? passage : (current.passages?.[i] ?? each)));
      return { ...current, passages: found, sought: [...(current.sought ?? []), point] };
    });
    return { passage };
  }

  /** An earlier summary of the same text, which a shortcut shows in place of a new one. Failed ones do not count. */
  async summarised(page: PageText): Promise<{ conversation?: string }> {
    for (const { id, jobs } of await this.latestAbout(page.url)) {
      const material = await this.options.store.material(id);
      if (material === undefined || material.source === 'selection') continue;
      if (!hasSameText(material.text, page.text)) continue;
      const asked = await this.options.jobs.prepare(jobs);
      if (asked().some((each) => each.kind === 'summary' && errorOf(each) === undefined))
        return { conversation: id };
    }
    return {};
  }

  async list(limit: number, find = ''): Promise<FoundConversation[]> {
    return (await this.options.store.conversations(limit, matcher(find))).map(withoutDeletion);
  }

  async transcript(id: string): Promise<Transcript> {
    const conversation = await this.find(id);
    const jobs = await this.options.jobs.prepare(allJobs(conversation));
    return { conversation: withoutDeletion(conversation), jobs: jobs() };
  }

  /** Hides a conversation at once and removes it later; until then it can be restored. */
  async remove(id: string): Promise<void> {
    const deletedAt = this.options.now();
    await this.change(id, (conversation) => {
      for (const job of allJobs(conversation)) this.options.jobs.stop(job);
      return { ...conversation, deletedAt };
    });
    // Longer than pages offer to restore it, so that the offer always holds.
    setTimeout(() => void this.removeForGood(id, deletedAt), 2 * UNDO_MS);
  }

  restore(id: string): Promise<void> {
    return this.change(id, ({ deletedAt: _, ...conversation }) => conversation);
  }

  private async removeForGood(id: string, deletedAt: number): Promise<void> {
    const { jobs, store, prefixes } = this.options;
    const conversation = await store.conversation(id);
    // A conversation that was restored and deleted again is removed by its later timer.
    if (conversation?.deletedAt !== deletedAt) return;
    jobs.forget(allJobs(conversation));
    // A job that is still ending writes to the store when it does.
    await jobs.between(() => store.removeConversation(id));
    jobs.forgetPrefixes([id]);
    await prefixes?.remove([id]);
  }

  /** Runs `work`, which erases the store, and then notifies pages that every conversation is gone. */
  async erase(work: () => Promise<void>): Promise<void> {
    const all = await this.options.store.conversations(Number.POSITIVE_INFINITY);
    await work();
    for (const { id } of all) this.options.emit(`conversation:${id}`, { kind: 'gone', conversation: id });
    this.options.emit('conversations', this.listState());
  }

  /** The event for the list of conversations. */
  listState(): ServerEvent {
    return { kind: 'conversations', kept: this.options.store.lasting };
  }

  async state(id: string): Promise<() => ServerEvent> {
    const conversation = await this.options.store.conversation(id);
    return conversation === undefined
      ? () => ({ kind: 'gone', conversation: id })
      : this.prepare(conversation);
  }

  /** Saves, calls `then`, and notifies watchers of the conversation and of the list. */
  private async save(
    conversation: StoredConversation,
    { material, then }: { material?: StoredMaterial | undefined; then?(): void } = {},
  ): Promise<void> {
    await this.options.store.saveConversation(conversation, material);
    then?.();
    const event = await this.prepare(conversation);
    this.options.emit(`conversation:${conversation.id}`, event());
    this.options.emit('conversations', this.listState());
  }

  private async prepare(conversation: StoredConversation): Promise<() => ServerEvent> {
    const { id, deletedAt } = conversation;
    if (deletedAt !== undefined) return () => ({ kind: 'gone', conversation: id });
    const jobs = await this.options.jobs.prepare(conversation.jobs);
    return () => ({ kind: 'conversation', conversation: withoutDeletion(conversation), jobs: jobs() });
  }

  private async find(id: string): Promise<StoredConversation> {
    const found = await this.options.store.conversation(id);
    return (
      found ??
      fail('request-invalid', { who: 'conversations', message: 'this conversation was deleted', got: id })
    );
  }
}

function attachedFacts(attached: readonly AttachedText[]): Partial<Pick<ChatRequest, 'attached'>> {
  return attached.length === 0 ? {} : { attached: attached.map(attachmentFacts) };
}

function aboutPage({ url, title, dir, lang }: PageText, tab: number | undefined): Conversation['page'] {
  return { url, title, dir, lang, tab };
}

/** The fields that pages receive. */
function withoutDeletion<C extends StoredConversation>({ deletedAt: _, ...conversation }: C) {
  return conversation;
}
