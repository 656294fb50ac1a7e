/**
 * Asks a model for a job: keeps the prompt to be shown, restores what was read before, saves what is read now, and learns how
 * fast this device reads. A page that would keep the person waiting is read in passages first ({@link ModelAsking.inTime}).
 */
import type { GenerateEvent, GenerateRequest, Prompt } from '../../../engine/index.ts';
import type { PageText } from '../../protocol/types.ts';
import { type Answerer, keepsPrefixes, type ModelAnswer } from '../answerer/answerer.ts';
import { type ModelQuestion, withAnswer } from '../job-fields.ts';
import type { KeptPrompts } from '../jobs/kept-prompts.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { PrefixSaver } from '../reading/prefix-saver.ts';
import { SavedPrefixes } from '../reading/saved-prefixes.ts';

export interface ModelAskingOptions {
  readonly prompts: KeptPrompts;
  readonly prefixes: Pick<SavedPrefixes, 'restore'> | undefined;
  readonly saver: Pick<PrefixSaver, 'later'> | undefined;
  /** Tokens a second that a model read when it was measured; undefined if it never was. */
  measured?(model: string): number | undefined;
}

/** Seconds that a person waits for the first word of an answer about a page. */
const PATIENCE_S = 20;
/** Tokens of a page that are read however slow the device is: the beginning and a few passages. */
const LEAST = 256;
/** Tokens that must have been run for their speed to count. */
const TIMED = 64;

export class ModelAsking {
  private readonly options: ModelAskingOptions;
  /** Tokens a second, at the last prompt of which enough was run, by the model's id. */
  private readonly rates = new Map<string, number>();

  constructor(options: ModelAskingOptions) {
    this.options = options;
  }

  async ask(
    running: RunningJob,
    loaded: Answerer,
    { request, messages, limits }: ModelQuestion,
  ): Promise<ModelAnswer> {
    this.options.prompts.keep(running.job.id, messages);
    const { signal } = running.controller;
    const branch = branchOf(running);
    let read = 0;
    const onEvent = (event: GenerateEvent) => {
      if (event.kind === 'prefill') read = event.done - event.reused;
      running.take(event);
    };
    const result = await loaded.generate({ ...request, branch }, { signal, onEvent, ...limits });
    const { prefillTokensPerSecond } = result.timings;
    if (read >= TIMED && prefillTokensPerSecond > 0)
      this.rates.set(loaded.facts.model.id, prefillTokensPerSecond);
    return result;
  }

  /** As {@link ask}, for a prompt that the conversation's next one starts with. */
  async askOnPrefix(running: RunningJob, loaded: Answerer, asked: ModelQuestion): Promise<ModelAnswer> {
    const { conversation } = running.job;
    if (conversation === undefined || !keepsPrefixes(loaded)) return this.ask(running, loaded, asked);
    const { page, request } = asked;
    await this.restore(running, loaded, page, request.prompt);
    const result = await this.ask(running, loaded, asked);
    if (result.ids.length > 0)
      this.options.saver?.later(loaded, { conversation, page }, withAnswer(request.prompt, result));
    return result;
  }

  /**
   * How many tokens of the page are read while a person waits, where more of this prompt, which has all of the page, is unread.
   * Undefined where the device reads it in time, or its speed is not known yet.
   */
  async inTime(
    running: RunningJob,
    loaded: Answerer,
    page: PageText | undefined,
    whole: { readonly request: Pick<GenerateRequest, 'prompt'>; readonly prompt: number },
  ): Promise<number | undefined> {
    const { id } = loaded.facts.model;
    const rate = this.rates.get(id) ?? this.options.measured?.(id);
    const { held } = loaded;
    if (rate === undefined || page === undefined || held === undefined) return undefined;
    const most = Math.max(LEAST, Math.floor(rate * PATIENCE_S));
    if (whole.prompt <= most) return undefined;
    const { prompt } = whole.request;
    await this.restore(running, loaded, page, prompt);
    return whole.prompt - held(prompt, branchOf(running)) <= most ? undefined : most;
  }

  private async restore(
    { job: { conversation } }: RunningJob,
    loaded: Answerer,
    page: PageText | undefined,
    prompt: Prompt,
  ): Promise<void> {
    if (conversation === undefined || !keepsPrefixes(loaded)) return;
    await this.options.prefixes?.restore(loaded, { conversation, page }, prompt);
  }
}

const branchOf = ({ job: { conversation } }: RunningJob): string | undefined =>
  conversation === undefined ? undefined : SavedPrefixes.branch(conversation);
