/**
 * Summaries, translations and answers as jobs. A job lives here, in the worker, and belongs to no page: who closes
 * the popup stops nothing, and who opens it again finds the text so far and hears the rest.
 *
 * One job runs at a time, in the order of asking. Not here: what the prompt says (chat-prompt.ts), which model
 * answers (model-service.ts), which jobs make a conversation (conversation-service.ts).
 */
import { usesPlainPrompts } from '../protocol/model-traits.ts';
import {
  type ChatMessage,
  fail,
  type GenerateRequest,
  type GenerateResult,
  type LoadedModel,
  log,
} from '../../engine/index.ts';
import { toWire } from '../protocol/errors.ts';
import type { ServerEvent, Topic } from '../protocol/requests.ts';
import {
  type ChatJob,
  type ChatRequest,
  type GlossaryEntry,
  isOver,
  type Job,
  type JobProgress,
  type JobRequest,
  type JobTarget,
  type PageText,
  partsLeft,
  type SummaryJob,
  type SummaryRequest,
  type Task,
} from '../protocol/types.ts';
import type { Store } from './store/store.ts';
import { type ChatPrompt, chatPrompt } from './prompts/chat-prompt.ts';
import { TaskQueue } from './jobs/task-queue.ts';
import { RunningJob } from './jobs/running-job.ts';
import type { ModelService } from './models/model-service.ts';
import { pageLanguage, type ReadPage } from './prompts/page-language.ts';
import { notesText } from './summary/summary.ts';
import { runSummary } from './summary/summary-run.ts';
import { translate } from './translation/translation.ts';

export interface JobServiceOptions {
  readonly models: Pick<ModelService, 'ready' | 'wantsOther' | 'lost'>;
  readonly store: Store;
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
}

/** What a job works on, besides its question. */
export interface JobContext {
  readonly before: readonly Job[];
  readonly page?: PageText;
  /** What the answer has so far, where it is to go on. */
  readonly begun?: string;
  /** Another answer to the same question, not the same once more. */
  readonly vary?: boolean;
  /** For translations. */
  readonly glossary?: readonly GlossaryEntry[];
}

/** Regenerated answers are sampled; first answers are greedy, so that they can be reproduced. */
const VARIED = { temperature: 0.7, topP: 0.9 } as const;
/** Prompts kept to be shown; they hold whole pages. */
const KEPT_PROMPTS = 20;
const KEPT_JOBS = 50;

export class JobService {
  private readonly options: JobServiceOptions;
  private readonly runningJobs = new Map<string, RunningJob>();
  private readonly prompts = new Map<string, readonly ChatMessage[]>();
  /** See translation.ts. */
  private readonly lostMarks = new Map<string, number>();
  private readonly queue = new TaskQueue<Task>();

  constructor(options: JobServiceOptions) {
    this.options = options;
  }

  async find(id: string): Promise<Job | undefined> {
    return this.runningJobs.get(id)?.job ?? (await this.options.store.job(id));
  }

  /** In two steps: what must be read is read, then the jobs as they are at the moment of asking. */
  async prepare(ids: readonly string[]): Promise<() => Job[]> {
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return () =>
      found.map((job, i) => this.runningJobs.get(ids[i]!)?.job ?? job).filter((job) => job !== undefined);
  }

  /** Jobs under way, oldest first. */
  running(): Job[] {
    return [...this.runningJobs.values()].map((live) => live.job).filter((job) => !isOver(job));
  }

  prompt(id: string): readonly ChatMessage[] {
    return (
      this.prompts.get(id) ??
      fail('request-invalid', {
        who: 'jobs',
        message: 'the prompt of this answer is no longer kept',
        got: id,
      })
    );
  }

  /**
   * Puts a new job, or an old one anew, in line. `context` is asked for when its turn comes. A passing job is not
   * written to the store.
   */
  start(job: Job, context: () => Promise<JobContext>, { passing = false } = {}): void {
    void this.enqueue(job, context, passing);
  }

  /** A passing job as it is at its end. */
  async outcome(job: Job, context: () => Promise<JobContext>): Promise<Job> {
    return (await this.enqueue(job, context, true)).job;
  }

  private async enqueue(job: Job, context: () => Promise<JobContext>, passing: boolean): Promise<RunningJob> {
    const live = new RunningJob(job, {
      notify: (event) => this.tell(job, event),
      save: (state) => {
        if (!passing) void this.save(live, state);
      },
      now: this.options.now,
    });
    this.runningJobs.delete(job.id);
    this.runningJobs.set(job.id, live);
    live.set({});
    await this.queue.add(() => this.run(live, context), job.request.kind);
    return live;
  }

  /** Changes a job that is over. */
  async amend(id: string, change: (job: Job) => Job): Promise<void> {
    const live = this.runningJobs.get(id);
    if (live !== undefined) return live.set(change(live.job));
    const { store } = this.options;
    const job = await store.job(id);
    if (job === undefined) return;
    const amended = change(job);
    await store.saveJob(amended);
    this.tell(amended, { kind: 'job', job: amended });
  }

  /** What the store refuses stays here, marked, and is offered again with the next that it takes. */
  private async save(live: RunningJob, state: Job): Promise<void> {
    try {
      await this.options.store.saveJob(state);
    } catch (error) {
      if (!live.job.unsaved) log('warn', 'jobs', `not saved: ${toWire(error).message}`);
      live.kept(false);
      return;
    }
    live.kept(true);
    for (const other of this.runningJobs.values()) if (other.job.unsaved && isOver(other.job)) other.save();
  }

  /** Who watches a conversation hears of its jobs too. */
  private tell(job: Job, event: ServerEvent): void {
    this.options.emit(`job:${job.id}`, event);
    if (job.conversation !== undefined) this.options.emit(`conversation:${job.conversation}`, event);
  }

  stop(id: string): void {
    const live = this.runningJobs.get(id);
    live?.controller.abort();
    // One that waits in line or for its model has nothing to finish.
    if (live !== undefined && isWaiting(live.job)) this.end(live, { progress: { phase: 'stopped' } });
  }

  /** Runs `work` when no job runs. */
  between(work: () => Promise<void>): Promise<void> {
    return this.queue.add(work);
  }

  /** Those that are over are no longer kept in memory. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      const live = this.runningJobs.get(id);
      if (live !== undefined && isOver(live.job)) this.runningJobs.delete(id);
      this.prompts.delete(id);
    }
  }

  /** Stops everything, and forgets it once it has stopped. */
  async clear(): Promise<void> {
    for (const job of this.running()) this.stop(job.id);
    await this.between(async () => this.forget([...this.runningJobs.keys()]));
  }

  private async run(live: RunningJob, context: () => Promise<JobContext>): Promise<void> {
    if (isOver(live.job)) return;
    let loaded: LoadedModel | undefined;
    try {
      live.set({ progress: { phase: 'loading' } });
      loaded = await this.options.models.ready(live.job.request.kind);
      if (isOver(live.job)) return;
      const model = loaded.facts.model.name;
      // Another model reads for itself: it was chosen because it reads better.
      const { job } = live;
      const anew = job.kind === 'summary' && job.rounds !== undefined && job.model !== model;
      live.set(anew ? { model, rounds: undefined, text: '' } : { model });
      this.end(live, await this.work(live, loaded, await context()));
    } catch (error) {
      const wire = toWire(error, loaded?.facts.model.name);
      if (loaded !== undefined && wire.code === 'gpu-lost') this.options.models.lost(loaded, error);
      const stopped = wire.code === 'request-aborted';
      this.end(live, { progress: stopped ? { phase: 'stopped' } : { phase: 'failed', error: wire } });
    }
  }

  /** Gives what the job is at its end. */
  private work(live: RunningJob, loaded: LoadedModel, context: JobContext): Promise<Partial<Job>> {
    const { request, id } = live.job;
    if (request.kind === 'summary') return this.summarise(live, loaded, request, context);
    if (request.kind === 'chat') return this.answer(live, loaded, request, context);
    return translate({
      live,
      model: loaded,
      tokens: tokensOf(loaded),
      request,
      glossary: context.glossary ?? [],
      lost: this.lostMarks,
      onPrompt: (messages) => this.keepPrompt(id, messages),
    });
  }

  private async answer(
    live: RunningJob,
    loaded: LoadedModel,
    question: ChatRequest,
    { before, page, begun = '', vary }: JobContext,
  ): Promise<Partial<ChatJob>> {
    const read = page && (await readBy(loaded, page));
    const assembled = chatPrompt(question, before, read, tokensOf(loaded), begun);
    const facts = chatFacts(assembled, loaded);
    live.set({ progress: { phase: 'reading' }, text: begun, tokens: assembled.begun, ...facts });
    const request = vary === true ? varied(assembled.request) : assembled.request;
    const { text, tokens, ...end } = ended(await this.generate(live, loaded, request, assembled.messages));
    return { ...end, text: begun + text, tokens: assembled.begun + tokens };
  }

  private async summarise(
    live: RunningJob,
    loaded: LoadedModel,
    summary: SummaryRequest,
    { page, vary }: JobContext,
  ): Promise<Partial<SummaryJob>> {
    const given =
      page ?? fail('request-invalid', { who: 'summary', message: 'the text of the page is gone' });
    return runSummary({
      request: summary,
      page: await readBy(loaded, given),
      rounds: live.job.kind === 'summary' ? live.job.rounds : undefined,
      tokens: tokensOf(loaded),
      update: (change) => live.set(change),
      generate: async ({ kind, messages, request }) => {
        const asked = vary === true && kind === 'whole' ? varied(request) : request;
        const result = await this.generate(live, loaded, asked, messages);
        return { text: result.text, end: ended(result) };
      },
      pause: () => this.queue.pause((task) => task !== 'summary' && !this.options.models.wantsOther(task)),
    });
  }

  private generate(
    live: RunningJob,
    loaded: LoadedModel,
    request: GenerateRequest,
    messages: readonly ChatMessage[],
  ): Promise<GenerateResult> {
    this.keepPrompt(live.job.id, messages);
    const { signal } = live.controller;
    return loaded.generate(request, { signal, onEvent: (event) => live.take(event) });
  }

  private end(live: RunningJob, change: Partial<Job>): void {
    if (isOver(live.job)) return;
    live.set(change);
    // The newest stay in memory, so that nobody reads a state from the store that is about to be replaced.
    const oldest = [...this.runningJobs.values()].find(({ job }) => isOver(job) && !job.unsaved);
    if (this.runningJobs.size > KEPT_JOBS && oldest !== undefined) this.runningJobs.delete(oldest.job.id);
  }

  private keepPrompt(id: string, messages: readonly ChatMessage[]): void {
    this.prompts.set(id, messages);
    const oldest = this.prompts.keys().next().value;
    if (this.prompts.size > KEPT_PROMPTS && oldest !== undefined) this.prompts.delete(oldest);
  }
}

/** Waits in line or for its model, so that it has nothing to finish. */
const isWaiting = ({ progress: { phase } }: Job): boolean => phase === 'queued' || phase === 'loading';

export function newJob(
  request: JobRequest,
  now: number,
  { conversation, tab }: Omit<JobTarget, 'page'>,
): Job {
  const base = {
    id: crypto.randomUUID(),
    progress: { phase: 'queued' },
    text: '',
    conversation,
    tab,
    createdAt: now,
    updatedAt: now,
  } as const;
  if (request.kind === 'summary') return { ...base, kind: request.kind, request };
  if (request.kind === 'translation') return { ...base, kind: request.kind, request };
  return { ...base, kind: request.kind, request };
}

/** The same question with nothing answered yet, but for what was noted of the parts of a long page. */
export function askedAnew(job: Job, now: number): Job {
  const { id, request, createdAt } = job;
  return { ...newJob(request, now, job), id, createdAt, ...notesOf(job) };
}

/** What was noted of a long page, by which model, and as text while parts are left. */
export type SummaryNotes = Partial<Pick<SummaryJob, 'rounds' | 'model' | 'text'>>;

export function notesOf(job: Job): SummaryNotes {
  if (job.kind !== 'summary' || job.rounds === undefined) return {};
  const { rounds, model } = job;
  return partsLeft(job) ? { rounds, model, text: notesText(rounds.at(-1)) } : { rounds, model };
}

/** What the model's last answer makes of its job. */
function ended({ stop, text, ids, thoughtTokens, timings }: GenerateResult) {
  const { decodeTokensPerSecond } = timings;
  const onlyThought = thoughtTokens > 0 && text === '' && stop !== 'cancelled';
  const progress: JobProgress =
    stop === 'cancelled'
      ? { phase: 'stopped' }
      : onlyThought
        ? { phase: 'done', onlyThought }
        : stop === 'length'
          ? { phase: 'done', cut: true }
          : { phase: 'done' };
  const end = { progress, text, tokens: ids.length };
  return decodeTokensPerSecond > 0 ? { ...end, tokensPerSecond: decodeTokensPerSecond } : end;
}

/** Without the page's language for a model that must read its requests word by word. */
async function readBy(loaded: LoadedModel, page: PageText): Promise<ReadPage> {
  return usesPlainPrompts(loaded.facts.model) ? page : { ...page, spoken: await pageLanguage(page) };
}

function tokensOf(loaded: LoadedModel) {
  return {
    capacity: loaded.facts.capacity,
    countText: (text: string) => loaded.countTokens({ kind: 'text', text }),
    countMessages: (messages: readonly ChatMessage[], begun = '') =>
      loaded.countTokens({ kind: 'messages', messages, begun }),
  };
}

function chatFacts(
  { coverage, excerpts, forgotten, prompt }: ChatPrompt,
  loaded: LoadedModel,
): Partial<ChatJob> {
  return {
    context: { prompt, capacity: loaded.facts.capacity },
    coverage,
    excerpts,
    forgotten: forgotten || undefined,
  };
}

function varied(request: GenerateRequest): GenerateRequest {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  return { ...request, sampling: { ...VARIED, seed } };
}
