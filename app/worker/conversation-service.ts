/**
 * Conversations: jobs in their order, and the page they are about. A summary always begins a new one, so that earlier
 * answers do not influence it. In both the page comes first in the prompt, so they share the cache.
 */
import { fail, serial } from '../../engine/index.ts';
import { fromWire } from '../protocol/errors.ts';
import { PassageSearch } from '../text/passages.ts';
import type { KeepSettings } from '../protocol/keeping.ts';
import type { FoundConversation } from '../protocol/search-result.ts';
import type { ServerEvent, Started, Topic, Transcript } from '../protocol/requests.ts';
import { UNDO_MS } from '../protocol/requests.ts';
import {
  type Conversation,
  errorOf,
  type Job,
  type JobRequest,
  type JobTarget,
  type PageText,
} from '../protocol/types.ts';
import type { SavedPrefixes } from './reading/saved-prefixes.ts';
import type { Store, StoredConversation, StoredMaterial } from './store/store.ts';
import { allJobs, branchedOff, extended, jobsBefore, switchedTo } from '../protocol/branches.ts';
import { inMemoryOf, lastsLonger, type Origin } from './keeping/in-memory.ts';
import { type MemoryCopy, memoryCopy } from './keeping/memory-copy.ts';
import { type ConversationSearch, searchOf } from './store/conversation-search.ts';
import { textFor, withAttached, withFacts } from './store/attached.ts';
import type { JobContext } from './job-fields.ts';
import type { JobService } from './job-service.ts';
import { goesOn, newConversation, newJob, notesOf, restarted, TITLE } from './new-job.ts';
import { PageConversations } from './page-conversations.ts';
import { withQuotes } from './summary/quote-page.ts';
import { keyPoints } from '../text/key-points.ts';
import { samePage, hasSameText, containsText } from '../text/page-identity.ts';

export interface ConversationServiceOptions {
  /** What is kept at all. */
  keeping(): KeepSettings;
  readonly jobs: JobService;
  readonly store: Store;
  readonly prefixes?: Pick<SavedPrefixes, 'remove'>;
  removedForGood?(ids: readonly string[]): Promise<void>;
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
}

const NOT_PRIVATE: Origin = { private: false, urls: [] };

export class ConversationService {
  private readonly options: ConversationServiceOptions;
  readonly pages: PageConversations;
  readonly finder: ConversationSearch;
  /** Changes run one at a time: each reads what the one before wrote. */
  private readonly inTurn = serial();

  constructor(options: ConversationServiceOptions) {
    this.options = options;
    this.pages = new PageConversations(options);
    this.finder = searchOf(options.store);
  }

  /** Starts a job in the target's conversation, or in a new one. */
  ask(request: JobRequest, target: JobTarget, origin: Origin = NOT_PRIVATE): Promise<Started> {
    return this.inTurn(() => this.askNow(request, target, origin));
  }

  private async askNow(request: JobRequest, target: JobTarget, origin: Origin): Promise<Started> {
    const known = target.conversation === undefined ? undefined : await this.find(target.conversation);
    const urls = [...origin.urls, target.url, target.page?.url];
    const begun = known ?? newConversation(request, target, this.options.now());
    const { conversation: base } = await this.placed(begun, { ...origin, urls });
    // A page brought into a chat that has none yet becomes its page.
    const page = base.page === undefined ? target.page : undefined;
    const place = { conversation: base.id, tab: target.tab, inMemory: base.inMemory };
    const fresh = newJob(withFacts(request, target.attached), this.options.now(), place);
    const noted =
      request.kind === 'summary' && target.page !== undefined
        ? await this.pages.notedOf(target.page, base.inMemory === 'private-window')
        : {};
    const job = { ...fresh, ...noted };
    const conversation: StoredConversation = {
      ...base,
      page: page === undefined ? base.page : aboutPage(page, target.tab),
      ...extended(base, job.id),
    };
    const material = withAttached(await this.options.store.material(base.id), page, target.attached);
    return this.startIn(conversation, job, { vary: false, material });
  }

  /**
   * The conversation, in memory if what happens in it now must be. One that is stored and must not be goes on as a
   * copy in memory; one without jobs is new.
   */
  private async placed(
    conversation: StoredConversation,
    origin: Origin,
  ): Promise<Pick<MemoryCopy<StoredConversation>, 'conversation' | 'idOf'>> {
    const urls = [...origin.urls, conversation.page?.url];
    const inMemory = inMemoryOf({ ...origin, urls }, this.options.keeping());
    const same = (id: string) => id;
    if (inMemory === undefined || !lastsLonger(conversation.inMemory, inMemory))
      return { conversation, idOf: same };
    if (conversation.jobs.length === 0) return { conversation: { ...conversation, inMemory }, idOf: same };
    const { jobs, store } = this.options;
    const read = await jobs.prepare(allJobs(conversation));
    const copy = memoryCopy(conversation, read(), inMemory);
    await store.saveConversation(copy.conversation, await store.material(conversation.id));
    for (const job of copy.jobs) await store.saveJob(job);
    return copy;
  }

  /** The job where it may go on: its own place, or that of its copy in memory. */
  private async placedJob(job: Job, origin: Origin): Promise<Job> {
    if (job.conversation === undefined) {
      const inMemory = inMemoryOf(origin, this.options.keeping());
      return inMemory !== undefined && lastsLonger(job.inMemory, inMemory)
        ? { ...job, id: crypto.randomUUID(), inMemory }
        : job;
    }
    const { conversation, idOf } = await this.placed(await this.find(job.conversation), origin);
    return { ...job, id: idOf(job.id), conversation: conversation.id, inMemory: conversation.inMemory };
  }

  /** Asks an edited question; the earlier one stays as a branch. */
  edit(job: Job, text: string, origin: Origin = NOT_PRIVATE): Promise<Started> {
    if (job.request.kind !== 'chat') {
      fail('request-invalid', { who: 'conversations', message: 'only a question of a chat can be edited' });
    }
    const request = { ...job.request, text };
    return this.inTurn(async () => this.branch(await this.placedJob(job, origin), request, false));
  }

  /** Keeps an answer with text as a branch, replaces a failed one, and continues a page that was read in part. */
  async regenerate(given: Job, origin: Origin = NOT_PRIVATE, whole?: true): Promise<Started> {
    const job = await this.inTurn(() => this.placedJob(given, origin));
    if (whole === true && job.request.kind !== 'translation') {
      const request = { ...job.request, whole };
      return this.inTurn(() => this.branch(job, request, false));
    }
    // Another answer than that of a model; the page's own sentences are none.
    const quoted = job.kind !== 'translation' && job.quoted === true;
    const vary = job.text !== '' && !goesOn(job) && !quoted;
    if (vary && job.conversation !== undefined) {
      return this.inTurn(() => this.branch(job, job.request, true));
    }
    const fresh = restarted(job, this.options.now());
    return this.restart(fresh, { vary }, quoted);
  }

  /** Continues, in the same job, an answer that ended before it was complete. */
  async continueAnswer(given: Job, origin: Origin = NOT_PRIVATE): Promise<Started> {
    const { text, model } = given;
    if (given.request.kind !== 'chat' || text === '') {
      fail('request-invalid', { who: 'conversations', message: 'only an answer of a chat can be continued' });
    }
    const job = await this.inTurn(() => this.placedJob(given, origin));
    return this.restart({ ...restarted(job, this.options.now()), text, model }, { begun: text });
  }

  private async restart(job: Job, more: Partial<JobContext>, byModel = false): Promise<Started> {
    const context = async () => ({ ...(await this.contextOf(job)), ...more });
    await this.options.jobs.start(job, context, { byModel });
    return { job: job.id, conversation: job.conversation };
  }

  private async branch(job: Job, request: JobRequest, vary: boolean): Promise<Started> {
    const base = await this.find(job.conversation ?? '');
    const place = { conversation: base.id, tab: job.tab, inMemory: base.inMemory };
    const fresh = { ...newJob(request, this.options.now(), place), ...notesOf(job) };
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
    let begun: Promise<void> | undefined;
    const then = () => void (begun = this.options.jobs.start(quoting, context));
    await this.save({ ...conversation, updatedAt: this.options.now() }, { material, then });
    await begun;
    return { job: job.id, conversation: conversation.id };
  }

  private async contextOf(job: Job): Promise<JobContext> {
    if (job.conversation === undefined) return { before: [] };
    const conversation = await this.find(job.conversation);
    const before = await this.options.jobs.prepare(jobsBefore(conversation, job.id));
    return { before: before(), page: await textFor(this.options.store, conversation, [...before(), job]) };
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
    const translation = { kind: 'translation', text, language, from: request.language } as const;
    // The text is that of the summary, so it is kept no longer.
    const asked = newJob(translation, now(), { inMemory: job.inMemory });
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

  async list(limit: number, isPrivate = false): Promise<FoundConversation[]> {
    return (await this.options.store.conversations(limit, isPrivate)).map(withoutDeletion);
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
    const conversation = await this.options.store.conversation(id);
    // A conversation that was restored and deleted again is removed by its later timer.
    if (conversation?.deletedAt !== deletedAt) return;
    // A job that is still ending writes to the store when it does.
    await this.options.jobs.between(() => this.removeStored(id, conversation));
    await this.forgetRead([id]);
  }

  /** No job of the conversation may be under way. `conversation` is undefined for one that is damaged. */
  private async removeStored(id: string, conversation: StoredConversation | undefined): Promise<void> {
    if (conversation !== undefined) this.options.jobs.forget(allJobs(conversation));
    await this.options.store.removeConversation(id);
  }

  /** Removes what models have read. Neither in turn nor between jobs: files that cannot be reached must hold up neither. */
  private async forgetRead(ids: readonly string[]): Promise<void> {
    await this.options.removedForGood?.(ids);
    this.options.jobs.forgetPrefixes(ids);
    await this.options.prefixes?.remove(ids);
  }

  /** Removes conversations for good that were last changed before `time`, except those that are being answered. */
  async expire(ids: readonly string[], time: number): Promise<void> {
    const removed: string[] = [];
    for (const id of ids) if (await this.inTurn(() => this.expireOne(id, time))) removed.push(id);
    await this.forgetRead(removed);
    this.announceGone(removed);
  }

  /** Called in turn: a person may have gone on with the conversation since it was listed. */
  private async expireOne(id: string, time: number): Promise<boolean> {
    const { jobs, store } = this.options;
    const conversation = await store.conversation(id);
    if (conversation !== undefined && conversation.updatedAt >= time) return false;
    if (jobs.running().some((job) => job.conversation === id)) return false;
    await this.removeStored(id, conversation);
    return true;
  }

  /** Ends and forgets everything that came from a private window. */
  async endPrivate(): Promise<void> {
    const { jobs, store } = this.options;
    // At once for what is there, and again for what a job writes while it ends.
    const forget = () => this.inTurn(() => store.endPrivate());
    jobs.stopPrivate();
    const { conversations } = await forget();
    this.announceGone(conversations);
    await jobs.between(async () => {
      jobs.forgetPrivate();
      const late = await forget();
      jobs.forgetPrefixes([...conversations, ...late.conversations]);
    });
  }

  /** Runs `work`, which erases the store, and then notifies pages that every conversation is gone. */
  async erase(work: () => Promise<void>): Promise<void> {
    const { store } = this.options;
    // Pages that show one are told; that they cannot be listed, or not soon, must not keep them from being erased.
    const lists = [false, true].map(async (ofPrivate) =>
      store.conversations(Number.POSITIVE_INFINITY, ofPrivate).catch(() => []),
    );
    await work();
    this.announceGone([]);
    for (const list of lists)
      list.then(
        (gone) => this.announceGone(gone.map(({ id }) => id)),
        () => {},
      );
  }

  private announceGone(ids: readonly string[]): void {
    for (const id of ids) this.options.emit(`conversation:${id}`, { kind: 'gone', conversation: id });
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

const aboutPage = ({ url, title, dir, lang, text, cut }: PageText, tab?: number): Conversation['page'] =>
  cut ? { url, title, dir, lang, tab, cut: text.length } : { url, title, dir, lang, tab };

/** The fields that pages receive. */
function withoutDeletion<C extends StoredConversation>({ deletedAt: _, ...conversation }: C) {
  return conversation;
}
