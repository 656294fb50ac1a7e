/**
 * Runs summaries, translations and answers as jobs. A job belongs to the worker and to no page: closing the popup stops
 * nothing, and a popup that opens again receives the text so far and then its changes.
 *
 * One job runs at a time, in the order of the requests. Not here: the wording of prompts (chat-prompt.ts), which model
 * answers (model-service.ts), which jobs belong to a conversation (conversation-service.ts).
 */
import { isPractice } from '../protocol/model-traits.ts';
import { type ChatMessage, fail, log } from '../../engine/index.ts';
import type { Answerer } from './answerer/answerer.ts';
import { toWire } from '../protocol/errors.ts';
import type { ServerEvent } from '../protocol/requests.ts';
import {
  type ChatJob,
  type ChatRequest,
  isOver,
  type GlossaryEntry,
  type Job,
  type JobProgress,
  type SummaryJob,
  type SummaryRequest,
  type Task,
  type TranslationRequest,
} from '../protocol/types.ts';
import type { Likeness } from '../text/meaning/likeness.ts';
import { settled } from '../text/parts/preliminary.ts';
import { likenFor, pointsLiken } from './meaning/liken.ts';
import { chatPrompt, questionsOf } from './prompts/chat-prompt.ts';
import {
  chatFacts,
  ended,
  isPrivate,
  isWaiting,
  type JobContext,
  type JobServiceOptions,
  readBy,
  type StartOptions,
  namesOf,
  tokensOf,
  varied,
} from './job-fields.ts';
import { chatLimits, summaryLimits } from './guides/guides.ts';
import { TaskQueue } from './jobs/task-queue.ts';
import { KeptPrompts } from './jobs/kept-prompts.ts';
import { RunningJob } from './jobs/running-job.ts';
import { ModelAsking } from './ahead/model-asking.ts';
import { PrefixSaver } from './reading/prefix-saver.ts';
import { checkAnswer, groundOf } from './guides/answer-check.ts';
import { endWithQuotes } from './summary/quote-page.ts';
import { endByPage, orByPage } from './end-by-page.ts';
import { isHidden, runSummary } from './summary/summary-run.ts';
import { translate } from './translation/translation.ts';
import type { TranslationInput } from './translation/work.ts';
import { profileOfLoaded, writesEntries } from './prompts/choose-profile.ts';
import { samplingFor } from './prompts/sampling.ts';
import { withBegun } from './prompts/prompts.ts';
import type { TaskProfile } from './prompts/task-profile.ts';

type ReadContext = () => Promise<JobContext>;

const KEPT_JOBS = 50;
const WITHOUT_NOTES = { rounds: undefined, preliminary: undefined, text: '' } as const;

export class JobService {
  private readonly options: JobServiceOptions;
  private readonly runningJobs = new Map<string, RunningJob>();
  private readonly prompts = new KeptPrompts();
  /** A model on the GPU may still hold what it read for a private window. */
  private readPrivate = false;
  /** See translation.ts. */
  private readonly lostMarks = new Map<string, number>();
  private readonly queue = new TaskQueue<Task>();
  private readonly saver: PrefixSaver | undefined;
  private readonly asking: ModelAsking;

  constructor(options: JobServiceOptions) {
    this.options = options;
    const { prefixes, packer } = options;
    const between = (work: () => Promise<void>) => this.inPause(work);
    this.saver = prefixes && new PrefixSaver({ prefixes, packer, between });
    const { prompts, saver } = this;
    this.asking = new ModelAsking({ prompts, saver, prefixes, measured: (id) => options.measured?.(id) });
  }

  async find(id: string): Promise<Job | undefined> {
    return this.runningJobs.get(id)?.job ?? (await this.options.store.job(id));
  }

  /** Reads the jobs; the returned function gives their state at the time of its call. */
  async prepare(ids: readonly string[]): Promise<() => Job[]> {
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return () =>
      found.map((job, i) => this.runningJobs.get(ids[i]!)?.job ?? job).filter((job) => job !== undefined);
  }

  /** Jobs under way, oldest first. */
  running(): Job[] {
    return [...this.runningJobs.values()].map((running) => running.job).filter((job) => !isOver(job));
  }

  prompt(id: string): readonly ChatMessage[] {
    return this.prompts.find(id);
  }

  /**
   * Queues a new job, or an earlier one again. `context` is called when the job's turn comes. Resolves once the job is
   * stored, or marked as not stored: only then may a page be told that it began.
   */
  async start(job: Job, context: ReadContext, options: StartOptions = {}): Promise<void> {
    void this.enqueue(job, context, options);
    await this.runningJobs.get(job.id)?.saved;
  }

  /** Runs a passing job to its end and returns it. */
  async outcome(job: Job, context: ReadContext): Promise<Job> {
    return (await this.enqueue(job, context, { passing: true })).job;
  }

  private async enqueue(job: Job, context: ReadContext, options: StartOptions): Promise<RunningJob> {
    const { passing = false, byModel = false } = options;
    const running: RunningJob = new RunningJob(job, {
      notify: (event) => {
        // The end of an answer that was asked for again meanwhile is old news.
        if ((this.runningJobs.get(job.id) ?? running) === running) this.notify(job, event);
      },
      save: async (state) => (passing ? undefined : this.save(running, state)),
      settle: settled,
      now: this.options.now,
    });
    this.runningJobs.delete(job.id);
    this.runningJobs.set(job.id, running);
    running.set({});
    this.saver?.interrupt();
    this.options.pauses?.interrupt();
    await this.queue.add(() => this.run(running, context, byModel), job.request.kind);
    this.saver?.schedule();
    this.options.pauses?.schedule();
    return running;
  }

  /** Changes a job that is over, and notifies pages. */
  async amend(id: string, change: (job: Job) => Job): Promise<void> {
    const running = this.runningJobs.get(id);
    if (running !== undefined) {
      running.set(change(running.job));
      return running.saved;
    }
    const { store } = this.options;
    const job = await store.job(id);
    if (job === undefined) return;
    const amended = change(job);
    await store.saveJob(amended);
    this.notify(amended, { kind: 'job', job: amended });
  }

  /** A job that cannot be stored stays in memory, marked, and is saved again after the next successful save. */
  private async save(running: RunningJob, state: Job): Promise<void> {
    try {
      await this.options.store.saveJob(state);
    } catch (error) {
      if (!running.job.unsaved) log('warn', 'jobs', `not saved: ${toWire(error).code}`);
      running.setSaved(false);
      return;
    }
    running.setSaved(true);
    for (const other of this.runningJobs.values()) if (other.job.unsaved && isOver(other.job)) other.save();
  }

  /** Events of a job go to its topic and to that of its conversation. */
  private notify(job: Job, event: ServerEvent): void {
    this.options.emit(`job:${job.id}`, event);
    if (job.conversation !== undefined) this.options.emit(`conversation:${job.conversation}`, event);
  }

  stop(id: string): void {
    const running = this.runningJobs.get(id);
    running?.controller.abort();
    // A job that is queued or waits for its model has nothing to finish.
    if (running !== undefined && isWaiting(running.job))
      this.end(running, { progress: { phase: 'stopped' } });
  }

  /** Runs `work` when no job runs. A trial of a model is interrupted for it, as for a job. */
  async between(work: () => Promise<void>): Promise<void> {
    this.options.pauses?.interrupt();
    await this.queue.add(work).finally(() => this.options.pauses?.schedule());
  }

  /** Runs `work` when no job runs, after all that waits already. */
  inPause(work: () => Promise<void>): Promise<void> {
    return this.queue.add(work);
  }

  /** Drops jobs that are over, and prompts, from memory. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      const running = this.runningJobs.get(id);
      if (running !== undefined && isOver(running.job)) this.runningJobs.delete(id);
      this.prompts.delete(id);
    }
  }

  stopPrivate(): void {
    for (const job of this.running()) if (isPrivate(job)) this.stop(job.id);
  }

  /** Drops what came from private windows from memory, and from the GPU. No job may be running. */
  forgetPrivate(): void {
    const ids = [...this.runningJobs.values()].filter(({ job }) => isPrivate(job)).map(({ job }) => job.id);
    this.forget(ids);
    if (this.readPrivate) this.options.models.unload();
    this.options.meaning?.forget();
    this.readPrivate = false;
  }

  /** Drops what is still to be saved of conversations. */
  forgetPrefixes(conversations: readonly string[]): void {
    this.saver?.forget(conversations);
  }

  /** Stops every job, and drops them from memory once they have stopped. */
  async clear(): Promise<void> {
    for (const job of this.running()) this.stop(job.id);
    await this.between(async () => {
      this.forget([...this.runningJobs.keys()]);
      this.saver?.forgetAll();
      this.options.meaning?.forget();
    });
  }

  private async run(running: RunningJob, context: ReadContext, byModel: boolean): Promise<void> {
    if (isOver(running.job)) return;
    let loaded: Answerer | undefined;
    const secret = isPrivate(running.job);
    const liken = likenFor(this.options.meaning, running.controller.signal);
    try {
      const offered = byModel ? undefined : this.options.offer?.(running.job.request.kind, secret);
      const quoted = await endByPage(running.job, offered, context, liken);
      if (quoted !== undefined) return this.end(running, quoted);
      if (isOver(running.job)) return;
      running.set({ progress: { phase: 'loading' } });
      loaded = await this.options.models.ready(running.job.request.kind, secret);
      this.readPrivate ||= secret;
      if (isOver(running.job)) return;
      const { host, model } = namesOf(loaded);
      // Another model takes its own notes: it may have been chosen because it reads better.
      const { job } = running;
      const otherModel = job.kind === 'summary' && job.rounds !== undefined && job.model !== model;
      running.set({ model, server: host, ...(otherModel ? WITHOUT_NOTES : {}) });
      if (job.kind === 'summary' && isPractice(loaded.facts.model)) running.set({ practice: true });
      this.end(running, await this.work(running, loaded, await context()));
    } catch (error) {
      const wire = toWire(error, loaded?.facts.model.name);
      if (loaded !== undefined) this.options.models.lost(loaded, error);
      const quoted = endWithQuotes(running.job, wire);
      const stopped = wire.code === 'request-aborted';
      const end: JobProgress = stopped ? { phase: 'stopped' } : { phase: 'failed', error: wire };
      this.end(running, quoted ?? { progress: end });
    }
  }

  /** Resolves to the job's fields at its end. */
  private work(running: RunningJob, loaded: Answerer, context: JobContext): Promise<Partial<Job>> {
    const { request, id } = running.job;
    if (request.kind === 'summary') return this.summarise(running, loaded, request, context);
    if (request.kind === 'chat') return this.answer(running, loaded, request, context);
    return translate({
      ...this.translationInput(loaded, request, context.glossary),
      running,
      onPrompt: (messages) => this.prompts.keep(id, messages),
    });
  }

  /** What the prompts of a translation are made of. */
  translationInput(
    model: Answerer,
    request: TranslationRequest,
    glossary: readonly GlossaryEntry[] = [],
  ): TranslationInput {
    const facts = {
      tokens: tokensOf(model),
      profile: this.profile(model),
      writesEntries: writesEntries(model),
    };
    return { model, request, glossary, lost: this.lostMarks, ...facts };
  }

  private async answer(
    running: RunningJob,
    loaded: Answerer,
    question: ChatRequest,
    { before, page, begun = '', vary }: JobContext,
  ): Promise<Partial<ChatJob>> {
    const profile = this.profile(loaded);
    const read = page && (await readBy(profile, page, loaded));
    // An answer that is continued has its beginning already.
    const start = begun === '' ? profile.chat.begun : begun;
    const asked = { begun: start, sampling: samplingFor(profile.chat.sampling, loaded) };
    const build = (most?: number, likeness?: Likeness) =>
      chatPrompt(profile, question, before, read, tokensOf(loaded), { ...asked, most, likeness });
    const all = build();
    const asIs = question.whole === true || all.excerpts !== undefined;
    const most = asIs ? undefined : await this.asking.inTime(running, loaded, page, all);
    const liken = likenFor(this.options.meaning, running.controller.signal);
    const isPart = all.excerpts !== undefined || most !== undefined;
    const likeness = page && isPart ? await liken(page, questionsOf(question.text, before)) : undefined;
    const assembled = most === undefined && likeness === undefined ? all : build(most, likeness);
    const facts = chatFacts(assembled, loaded);
    running.set({
      progress: { phase: 'reading' },
      text: begun,
      tokens: assembled.begun,
      ...facts,
    });
    running.begin(begun === '' ? start.trimStart() : '');
    const request = vary === true ? varied(assembled.request, loaded) : assembled.request;
    const ground = page && groundOf(page, before, question.text);
    const { form } = profile.chat;
    const about = ground && { ground, form, begun: start, tokens: request.maxTokens };
    const limits = chatLimits(loaded, about);
    const { text, tokens, ...end } = ended(
      await this.asking.askOnPrefix(running, loaded, {
        ...{ request, messages: assembled.messages, limits },
        // Excerpts are those of this conversation.
        page: assembled.excerpts === undefined ? page : undefined,
      }),
    );
    const answer = begun === '' ? withBegun(start, text) : begun + text;
    // An answer that reached its limit may be continued, so it stays as it is in the cache.
    const whole = end.progress.phase === 'done' && end.progress.cut !== true;
    const checked =
      page && ground && whole
        ? await orByPage(checkAnswer(answer, ground), page, before, question.text, liken)
        : { text: answer };
    return { ...end, ...checked, tokens: assembled.begun + tokens };
  }

  private async summarise(
    running: RunningJob,
    loaded: Answerer,
    summary: SummaryRequest,
    { page, vary }: JobContext,
  ): Promise<Partial<SummaryJob>> {
    const given =
      page ?? fail('request-invalid', { who: 'summary', message: 'the text of the page is gone' });
    const profile = this.profile(loaded);
    return runSummary({
      profile,
      request: summary,
      page: await readBy(profile, given, loaded),
      rounds: running.job.kind === 'summary' ? running.job.rounds : undefined,
      tokens: tokensOf(loaded),
      update: (change) => running.set(change),
      quotes: running.job.kind === 'summary' ? running.job.quotes : undefined,
      generate: async (step, claims) => {
        const { kind, messages, asked } = step;
        running.begin(asked.begun.trimStart(), isHidden(step));
        const sampled = { ...step.request, sampling: samplingFor(asked.sampling, loaded) };
        const request = vary === true && kind === 'whole' ? varied(sampled, loaded) : sampled;
        const limits = summaryLimits(loaded, step, claims);
        const result =
          kind === 'whole'
            ? await this.asking.askOnPrefix(running, loaded, {
                ...{ request, messages, limits },
                // Notes or passages may stand in the place of a long page.
                page: step.rounds === undefined && step.coverage?.sooner !== true ? page : undefined,
              })
            : await this.asking.ask(running, loaded, { request, messages, limits });
        return { text: withBegun(asked.begun, result.text), end: ended(result) };
      },
      inTime: (step) => this.asking.inTime(running, loaded, page, step),
      liken: pointsLiken(this.options.meaning, given.text, running.controller.signal),
      pause: () => this.queue.pause((task) => task !== 'summary' && !this.options.models.wantsOther(task)),
    });
  }

  /** The profile of the model, in the person's words where they changed it. */
  private profile(loaded: Answerer): TaskProfile {
    return this.options.profile?.(loaded) ?? profileOfLoaded(loaded);
  }

  private end(running: RunningJob, change: Partial<Job>): void {
    if (isOver(running.job)) return;
    running.set(change);
    // The newest stay in memory: the store may still hold their state before the last save.
    const oldest = [...this.runningJobs.values()].find(({ job }) => isOver(job) && !job.unsaved);
    if (this.runningJobs.size > KEPT_JOBS && oldest !== undefined) this.forget([oldest.job.id]);
  }
}
