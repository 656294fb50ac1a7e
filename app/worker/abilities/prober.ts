/**
 * Tries models between jobs: the loaded one if it was not tried yet, also in languages that the person chose since, and
 * one that was just imported. A job that starts meanwhile interrupts the trial, which begins again at the next pause: a
 * person never waits for it. What it finds is stored by the model's id.
 *
 * Not here: the trials (probe.ts), what follows from them (offer.ts).
 */
import { type LoadedModel, log } from '../../../engine/index.ts';
import { toWire } from '../../protocol/errors.ts';
import type { ModelAbilities, ProbeProgress } from '../../protocol/abilities.ts';
import { samplingFor } from '../prompts/sampling.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';
import { currentAbilities, isTriable } from './offer.ts';
import { knownTag } from './passage.ts';
import { countTrials, PROBE_TOKENS, probe, type ProbeAnswer, type ProbeQuestion } from './probe.ts';

/** Milliseconds without a job before a trial starts; a person who has just read an answer often asks another question. */
const QUIET_MS = 3000;
/** Trials have a branch of the cache of their own, so that conversations keep their rows. */
const BRANCH = 'probe';

export interface ProberOptions {
  /** The model on the GPU, if any. */
  loaded(): LoadedModel | undefined;
  /** Loads the model in use. */
  load(): Promise<LoadedModel>;
  /** How the model is asked. */
  profile(loaded: LoadedModel): TaskProfile;
  /** What is known of a model, by its id. */
  known(id: string): ModelAbilities | undefined;
  /** BCP 47: the languages that the person uses. */
  languages(): readonly string[];
  save(id: string, abilities: ModelAbilities): Promise<unknown>;
  /** Runs `work` when no job runs, and interrupts nothing. */
  between(work: () => Promise<void>): Promise<void>;
  /** The progress has changed. */
  changed(): void;
  now(): number;
  readonly quietMs?: number;
}

export class Prober {
  private readonly options: ProberOptions;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  private state: ProbeProgress | undefined;
  /** A model was imported, so one is loaded for its trial. */
  private imported = false;
  /** The person wants another trial of a model that was tried. */
  private repeat = false;
  /** Models whose trial the person stopped, or failed; they are not tried again before the next start. */
  private readonly skipped = new Set<string>();

  constructor(options: ProberOptions) {
    this.options = options;
  }

  /** The trial under way, also one that a job has interrupted. */
  progress(): ProbeProgress | undefined {
    return this.state;
  }

  /** Call when a job is queued. */
  interrupt(): void {
    clearTimeout(this.timer);
    this.running?.abort();
  }

  /** Call when a job has ended, a model was loaded, or a language was chosen. */
  schedule(): void {
    clearTimeout(this.timer);
    if (!this.imported && this.wanted(this.options.loaded()) === undefined) {
      this.nothingToTry();
      return;
    }
    this.timer = setTimeout(() => void this.run(), this.options.quietMs ?? QUIET_MS);
  }

  /** Call when a model was imported. */
  afterImport(): void {
    this.imported = true;
    this.schedule();
  }

  /** The person stops the trial; what it found so far is dropped. */
  stop(): void {
    if (this.state !== undefined) this.skipped.add(this.state.model);
    this.repeat = false;
    this.interrupt();
    this.show(undefined);
  }

  /** The person wants the model in use to be tried, again or for the first time. */
  async start(): Promise<void> {
    this.interrupt();
    this.skipped.clear();
    this.repeat = true;
    await this.run();
  }

  /** The languages to try with a model; undefined if there is nothing to try. */
  private wanted(loaded: LoadedModel | undefined): readonly string[] | undefined {
    if (loaded === undefined) return undefined;
    const { model, thinks } = loaded.facts;
    if (!isTriable({ model, thinks }) || this.skipped.has(model.id)) return undefined;
    const languages = this.options
      .languages()
      .map(knownTag)
      .filter((tag) => tag !== undefined);
    const known = this.repeat ? undefined : currentAbilities(this.options.known(model.id), model);
    const profile = this.options.profile(loaded);
    return countTrials({ profile, languages, known }) > 0 ? languages : undefined;
  }

  private nothingToTry(): void {
    this.repeat = false;
    this.show(undefined);
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    const controller = new AbortController();
    this.running = controller;
    await this.options.between(async () => {
      if (controller.signal.aborted) return;
      try {
        const loaded = this.options.loaded() ?? (await this.options.load());
        this.imported = false;
        const languages = this.wanted(loaded);
        if (languages === undefined) this.nothingToTry();
        else await this.probe(loaded, languages, controller.signal);
      } catch (error) {
        this.failed(error);
      }
    });
    if (this.running === controller) this.running = undefined;
  }

  private async probe(loaded: LoadedModel, languages: readonly string[], signal: AbortSignal): Promise<void> {
    const { model } = loaded.facts;
    const profile = this.options.profile(loaded);
    const known = this.repeat ? undefined : currentAbilities(this.options.known(model.id), model);
    const total = PROBE_TOKENS * countTrials({ profile, languages, known });
    const show = (done: number) => this.show({ model: model.id, done, total });
    let before = 0;
    show(0);
    const found = await probe({
      profile,
      languages,
      known,
      generate: (question) => askTrial(loaded, question, signal, (tokens) => show(before + tokens)),
      progress: (answers) => {
        before = PROBE_TOKENS * answers;
        show(before);
      },
      now: this.options.now,
    });
    // An interrupted trial stays on show: it begins again after the job.
    if (found === undefined) return;
    this.running = undefined;
    this.repeat = false;
    this.show(undefined);
    await this.options.save(model.id, found);
  }

  private failed(error: unknown): void {
    // The words of an error may be those of a page.
    log('warn', 'prober', `the model was not tried: ${toWire(error).code}`);
    const id = this.options.loaded()?.facts.model.id;
    if (id !== undefined) this.skipped.add(id);
    this.imported = false;
    this.repeat = false;
    this.show(undefined);
  }

  private show(state: ProbeProgress | undefined): void {
    if (state === this.state) return;
    this.state = state;
    this.options.changed();
  }
}

/** Asks a model one question of a trial. Undefined if it was interrupted. */
export async function askTrial(
  loaded: LoadedModel,
  { messages, begun, sampling, maxTokens }: ProbeQuestion,
  signal: AbortSignal,
  onTokens: (tokens: number) => void,
): Promise<ProbeAnswer | undefined> {
  let tokens = 0;
  const { text, ids, stop, thoughtTokens } = await loaded.generate(
    {
      prompt: { kind: 'messages', messages, begun: begun || undefined },
      maxTokens,
      sampling: samplingFor(sampling, loaded),
      branch: BRANCH,
    },
    {
      signal,
      onEvent: ({ kind }) => {
        if (kind === 'token') onTokens(++tokens);
      },
    },
  );
  return stop === 'cancelled' ? undefined : { text, ids, cut: stop === 'length', thoughtTokens };
}
