/**
 * Reads before anyone asks: a page while a popup, a side panel or a chat tab shows it, a selection while the bubble offers to
 * translate it. Its tokens are run in the order of the prompt that a tap would build, by the same code, so that a request
 * finds them read. It runs at the politest pace and only between jobs: any job ends it at once, and it goes on after that
 * job. What is no longer wanted is dropped: a newer page takes the place of an older one, and a page whose surface is closed
 * is not read any further.
 *
 * Of a page of which a model reads passages alone, or none, the vectors of its sentences are made then too (meaning/page-meaning.ts).
 *
 * Nothing is read ahead for private windows, for a person's own server, with another model than the loaded one, or where the
 * model would not be asked. What a web page wants loads no model, and waits for what a page of Linnet wants.
 */
import { log, type Prompt } from '../../../engine/index.ts';
import { toWire } from '../../protocol/errors.ts';
import { mayReadAhead, type Power, type ReadAheadSetting } from '../../protocol/page/power.ts';
import type { Job, PageText, Settings, Task, TranslationRequest } from '../../protocol/types.ts';
import type { Answerer } from '../answerer/answerer.ts';
import { readBy, tokensOf } from '../job-fields.ts';
import type { SummaryNotes } from '../new-job.ts';
import { chatPrompt } from '../prompts/chat-prompt.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';
import { pageBudget } from '../prompts/truncate.ts';
import type { PageMeaning } from '../meaning/page-meaning.ts';
import { type PrefixModel, SavedPrefixes } from '../reading/saved-prefixes.ts';
import { nextStep } from '../summary/summary.ts';
import { BRANCH as TRANSLATIONS } from '../translation/work.ts';

/** What a surface shows: a page without a conversation, the conversation that is shown of it, or an offered translation. */
export interface AheadTarget {
  readonly page?: PageText | undefined;
  readonly conversation?: string | undefined;
  readonly translation?: TranslationRequest | undefined;
  /** Undefined where it is not known. */
  readonly power: Power | undefined;
  /** Whether a web page wants it. */
  readonly ofWebPage?: boolean;
}

/** A conversation as its next question finds it. */
export interface AheadConversation {
  readonly before: readonly Job[];
  readonly page: PageText | undefined;
}

export interface ReadAheadOptions {
  /**
   * The model on this device that the task would use; undefined if it is another one than is loaded, or would not be asked.
   * `load`: it may be loaded first.
   */
  model(task: Task, load: boolean): Promise<Answerer | undefined>;
  profile(loaded: Answerer): TaskProfile;
  settings(): Pick<Settings, 'style' | 'summaryLanguage'> & { readonly readAhead?: ReadAheadSetting };
  /** Whether what is read of these addresses may be on the disk; only then is it looked for there. */
  isKept(url: string): boolean;
  /** The notes of an earlier summary of the page. */
  notes(page: PageText): Promise<SummaryNotes>;
  /** Undefined for a conversation that is gone or in memory of a private window. */
  conversation(id: string): Promise<AheadConversation | undefined>;
  /** Whether a model of this device is on the GPU and would be asked. */
  isLoaded(): boolean;
  /** What a translation begins with; undefined where the model is not asked for it. */
  translation(loaded: Answerer, request: TranslationRequest): Promise<Prompt | undefined>;
  readonly prefixes: Pick<SavedPrefixes, 'restore' | 'restorePage'>;
  readonly meaning?: Pick<PageMeaning, 'readAhead'>;
  /** Runs `work` when no job runs. */
  between(work: () => Promise<void>): Promise<void>;
  /** Other work for pauses, which waits meanwhile. */
  readonly others?: { interrupt(): void; schedule(): void };
  readonly quietMs?: number;
}

interface Wanted extends AheadTarget {
  readonly owner: object;
}

/** A model that can read without answering. */
type Reader = Answerer & PrefixModel & Required<Pick<Answerer, 'read'>>;

/** Milliseconds without a job after one has ended: the paragraphs of a page come one after the other. */
const QUIET_MS = 500;
/** Branch of the cache. */
const BRANCH = 'ahead';

export class ReadAhead {
  private readonly options: ReadAheadOptions;
  private wanted: Wanted | undefined;
  /** What a surface said last; undefined while none has said it. */
  private power: Power | undefined;
  private running: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReadAheadOptions) {
    this.options = options;
  }

  /** `owner`: the connection that asks; {@link drop} names it. A target without anything to read wants nothing. */
  want(target: AheadTarget, owner: object): void {
    this.power = target.power ?? this.power;
    if (target.ofWebPage === true && this.wanted !== undefined && this.wanted.ofWebPage !== true) return;
    const something = target.page ?? target.conversation ?? target.translation;
    if (something === undefined || !mayReadAhead(this.options.settings().readAhead, target.power)) {
      this.drop(owner);
      return;
    }
    this.interrupt();
    this.wanted = { ...target, owner };
    void this.run();
  }

  /** Whether a page would be read now without a model being loaded for it. */
  isReady(power: Power | undefined): boolean {
    return mayReadAhead(this.options.settings().readAhead, power) && this.options.isLoaded();
  }

  /** Whether the person and the battery, as it was when a surface last said so, allow work that nobody asked for. */
  isAllowed(): boolean {
    return mayReadAhead(this.options.settings().readAhead, this.power);
  }

  /** The surface was closed. */
  drop(owner: object): void {
    if (this.wanted?.owner !== owner) return;
    this.wanted = undefined;
    this.interrupt();
    this.options.others?.schedule();
  }

  /** Call when a job is queued. */
  interrupt(): void {
    clearTimeout(this.timer);
    this.running?.abort();
  }

  /** Call when a job has ended. */
  schedule(): void {
    clearTimeout(this.timer);
    if (this.wanted !== undefined)
      this.timer = setTimeout(() => void this.run(), this.options.quietMs ?? QUIET_MS);
  }

  private async run(): Promise<void> {
    const { wanted } = this;
    if (wanted === undefined) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.running = controller;
    this.options.others?.interrupt();
    await this.options.between(async () => {
      if (signal.aborted) return;
      try {
        await this.read(wanted, signal);
      } catch (error) {
        // The request itself will say what is wrong. The words of an error may be those of a page.
        log('info', 'ahead', `the page was not read ahead: ${toWire(error).code}`);
        if (this.wanted === wanted) this.wanted = undefined;
      }
      if (!signal.aborted && this.wanted === wanted) this.wanted = undefined;
    });
    if (this.running === controller) this.running = undefined;
    if (!signal.aborted) this.options.others?.schedule();
  }

  private async read(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const { page, conversation, translation } = wanted;
    const load = wanted.ofWebPage !== true;
    if (conversation !== undefined) return this.readConversation(conversation, load, signal);
    if (translation !== undefined) return this.readTranslation(translation, load, signal);
    if (page === undefined) return;
    const loaded = await this.reader('summary', load);
    if (signal.aborted) return;
    // What a web page wants loads no model, nor that which makes vectors.
    if (loaded === undefined) return load ? this.options.meaning?.readAhead(page.text, signal) : undefined;
    const { style, summaryLanguage: language } = this.options.settings();
    const profile = this.options.profile(loaded);
    const read = await readBy(profile, page, loaded);
    const { rounds } = await this.options.notes(page);
    if (signal.aborted) return;
    const request = { kind: 'summary', style, language } as const;
    const { prompt } = nextStep(profile, request, read, rounds, tokensOf(loaded)).request;
    if (this.options.isKept(page.url)) await this.options.prefixes.restorePage(loaded, page, prompt, BRANCH);
    if (!signal.aborted) await loaded.read(prompt, { branch: BRANCH, pace: 'polite', signal });
    const isLong = tokensOf(loaded).countText(page.text) > pageBudget(loaded.facts.capacity);
    if (isLong && !signal.aborted) await this.options.meaning?.readAhead(page.text, signal);
  }

  /** What comes before the next question. */
  private async readConversation(id: string, load: boolean, signal: AbortSignal): Promise<void> {
    const found = await this.options.conversation(id);
    const loaded = found === undefined ? undefined : await this.reader('chat', load);
    if (found === undefined || signal.aborted) return;
    const { before, page } = found;
    const vectors = async () => page && this.options.meaning?.readAhead(page.text, signal);
    if (loaded === undefined) return vectors();
    const profile = this.options.profile(loaded);
    const read = page && (await readBy(profile, page, loaded));
    const question = { kind: 'chat', text: '' } as const;
    const { request, excerpts } = chatPrompt(profile, question, before, read, tokensOf(loaded));
    const { prompt } = request;
    if (signal.aborted) return;
    const text = { conversation: id, page: excerpts === undefined ? page : undefined };
    await this.options.prefixes.restore(loaded, text, prompt);
    const branch = SavedPrefixes.branch(id);
    if (!signal.aborted) await loaded.read(prompt, { branch, pace: 'polite', signal });
    if (excerpts !== undefined && !signal.aborted) await vectors();
  }

  private async readTranslation(
    request: TranslationRequest,
    load: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const loaded = await this.reader('translation', load);
    const prompt = loaded && (await this.options.translation(loaded, request));
    if (loaded === undefined || prompt === undefined || signal.aborted) return;
    await loaded.read(prompt, { branch: TRANSLATIONS, pace: 'polite', signal });
  }

  private async reader(task: Task, load: boolean): Promise<Reader | undefined> {
    const model = await this.options.model(task, load);
    return model !== undefined && canRead(model) ? model : undefined;
  }
}

const canRead = (model: Answerer): model is Reader =>
  model.read !== undefined && model.savePrefix !== undefined && model.loadPrefix !== undefined;
