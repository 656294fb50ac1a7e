/**
 * State and actions of the bubble on a web page: offers to translate a selection, shows the answer, replaces the text.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { CodedError, latestOnly } from '../../../../engine/index.ts';
import { type TaskOffer, writesLanguage } from '../../../protocol/abilities.ts';
import { toWire, type WireError } from '../../../protocol/errors.ts';
import { nearestLanguage, t } from '../../../i18n/index.ts';
import { type Detector, languageOf, sameLanguage } from '../../../text/language.ts';
import { isSameSelection, type Selected, type Undo } from '../../../page/read/selected.ts';
import type { TargetLanguages } from '../../../protocol/requests.ts';
import type { Job, TranslationRequest } from '../../../protocol/types.ts';
import { targetFor } from '../../state/target-language.ts';
import {
  type Directions,
  directionsOf,
  languageOfWritten,
  offeredLanguage,
  writtenTarget,
} from '../fields/directions.ts';
import type { Point } from '../anchor-position.ts';
import type { Translator } from '../translator.ts';
import type { OfferAhead, OfferFacts } from './offer-ahead.ts';
import { answerOf, type BubbleModel, type BubblePhase } from './bubble-model.ts';

export interface BubbleOptions {
  readonly translator: Translator;
  readonly detector: Detector | undefined;
  /** BCP 47 tag used until the settings are known. */
  readonly language: string;
  translatePage(): void;
  openModels(): void;
  /** Whether a selection is offered that nobody asked about; always if absent. */
  mayOffer?(selected: Selected): boolean | Promise<boolean>;
  /** BCP 47; of the page, for what is written in its fields. */
  pageLanguage?(): Promise<string | undefined>;
  /** BCP 47; what translations are made into, as far as that is known without asking the engine. */
  ownLanguage?(): string | undefined;
  /** Whether words can be kept: a private window keeps nothing. */
  readonly keepsWords?: boolean;
  /** Reads what is offered; absent in a private window. */
  readonly ahead?: Pick<OfferAhead, 'want' | 'drop'>;
}

export class BubbleController implements BubbleModel {
  readonly phase: Signal<BubblePhase> = signal<BubblePhase>('hidden');
  readonly selected: Signal<Selected | undefined> = signal<Selected | undefined>(undefined);
  /** After swapping the languages: the answer, which is translated back instead of the selection. */
  readonly swappedText: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly from: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly language: Signal<string>;
  /** Whether the text is in the target language already. */
  readonly same: Signal<boolean> = signal(false);
  /** What the model is offered for. */
  readonly offered: Signal<TaskOffer | undefined> = signal<TaskOffer | undefined>(undefined);
  /** Whether the model does not write the target language; the translation waits for the person to insist. */
  readonly unwritten: Signal<boolean> = signal(false);
  readonly job: Signal<Job | undefined> = signal<Job | undefined>(undefined);
  readonly busy: Signal<boolean> = signal(false);
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly undo: Signal<Undo | undefined> = signal<Undo | undefined>(undefined);
  /** The action that failed because the text was changed meanwhile. */
  readonly stuck: Signal<'replace' | 'undo' | undefined> = signal<'replace' | 'undo' | undefined>(undefined);
  readonly pinned: Signal<boolean> = signal(false);
  /** Position to which the person moved the bubble, in CSS pixels of the viewport. */
  readonly moved: Signal<Point | undefined> = signal<Point | undefined>(undefined);
  /** Whether the translation can take the place of the selection. */
  readonly replaceable: ReadonlySignal<boolean> = computed(
    () => this.swappedText.value === undefined && this.selected.value?.replace !== undefined,
  );
  readonly writable: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly directions: Signal<Directions | undefined> = signal<Directions | undefined>(undefined);
  /** A single word of the page, once it is translated. */
  readonly keepable: ReadonlySignal<boolean> = computed(
    () =>
      this.options.keepsWords === true &&
      this.selected.value?.sentence !== undefined &&
      this.swappedText.value === undefined &&
      this.job.value?.progress.phase === 'done' &&
      this.answer() !== '',
  );
  readonly kept: Signal<boolean> = signal(false);
  readonly undoable: ReadonlySignal<boolean> = computed(() => this.undo.value !== undefined);
  /** Where the bubble is now; set by what positions it. */
  position: Point = { left: 0, top: 0 };
  readonly options: BubbleOptions;
  /** Languages chosen in the bubble for this selection. */
  private chosen: { from?: string; to?: string } = {};
  /** Languages that the person wants although the model does not write them. */
  private readonly insisted = new Set<string>();
  /** Drops answers to earlier translations. */
  private readonly runs = latestOnly();
  private readonly offers = latestOnly();

  constructor(options: BubbleOptions) {
    this.options = options;
    this.language = signal(nearestLanguage(options.language));
  }

  /**
   * Offers a new selection; a pinned bubble translates it at once. Undefined hides an offer, but not an open bubble.
   * `by`: `request`: the person asks for it, whatever their rules say; `gesture`: they have just selected it themselves.
   */
  offer(selected: Selected | undefined, by?: 'request' | 'gesture'): void {
    const isLatest = this.offers.begin();
    const may = by === 'request' || selected === undefined || (this.options.mayOffer?.(selected) ?? true);
    const offer = (allowed: boolean) => this.offerNow(allowed ? selected : undefined, by === 'gesture');
    if (typeof may === 'boolean') offer(may);
    else void may.then((allowed) => isLatest() && offer(allowed));
  }

  private offerNow(selected: Selected | undefined, isOwn: boolean): void {
    if (selected === undefined) {
      if (this.phase.value !== 'offer') return;
      this.phase.value = 'hidden';
      this.options.ahead?.drop();
      return;
    }
    if (this.phase.value === 'open' && this.pinned.value) {
      this.select(selected);
      void this.translate();
      return;
    }
    if (this.phase.value === 'open') this.close();
    this.select(selected);
    this.phase.value = 'offer';
    if (isOwn) this.options.ahead?.want((facts) => this.likelyRequest(selected, facts));
    else this.options.ahead?.drop();
  }

  /** What a press on the offer would ask for; undefined if it would ask for nothing. */
  private async likelyRequest(
    selected: Selected,
    { languages, offered }: OfferFacts,
  ): Promise<TranslationRequest | undefined> {
    const { from, language, same } = await this.plan(selected, languages);
    if (same || this.isUnwritten(language, offered)) return undefined;
    return { kind: 'translation', ...this.textToSend(selected), language, from };
  }

  /** From and into which languages a text is translated. */
  private async plan(selected: Selected, languages: TargetLanguages) {
    const written = selected.kind === 'written' && this.swappedText.value === undefined;
    const page = written ? await this.options.pageLanguage?.() : undefined;
    const directions = directionsOf(page, languages);
    const likely = { page, own: languages.language };
    const from = this.chosen.from ?? (await this.detect(selected, written ? likely : undefined));
    const target = written ? writtenTarget(from, directions, languages) : targetFor(from, languages);
    const to = this.chosen.to ?? target;
    const language = to ?? nearestLanguage(languages.language);
    return {
      directions,
      from,
      language,
      same: to === undefined || (from !== undefined && sameLanguage(from, to)),
    };
  }

  private select(selected: Selected): void {
    this.selected.value = selected;
    this.swappedText.value = undefined;
    this.chosen = {};
    this.directions.value = undefined;
    this.writable.value = undefined;
    if (selected.kind === 'written' && selected.replace !== undefined) void this.findWritable(selected);
  }

  /** What is in the page's language already is not offered to be put into it. */
  private async findWritable(selected: Selected): Promise<void> {
    const page = await this.options.pageLanguage?.().catch(() => undefined);
    const own = this.options.ownLanguage?.() ?? this.language.value;
    if (sameLanguage(page, own)) return;
    const from = await languageOfWritten(selected, { page, own }, this.options.detector);
    if (this.selected.value !== selected || sameLanguage(page, from)) return;
    this.writable.value = offeredLanguage(page);
  }

  /** Whether it is the selection that the bubble shows, or the translation that replaced it. */
  isAbout(selected: Selected): boolean {
    const own = this.selected.value;
    const plain = (value: string) => value.replace(/\s+/g, ' ').trim();
    return (
      (own !== undefined && isSameSelection(own, selected)) || plain(this.answer()) === plain(selected.text)
    );
  }

  async translate(): Promise<void> {
    const selected = this.selected.value;
    if (selected === undefined) return;
    const isLatest = this.runs.begin();
    this.reset();
    const { translator } = this.options;
    try {
      const [languages, offered] = await Promise.all([translator.languages(), translator.offer()]);
      const { directions, from, language, same } = await this.plan(selected, languages);
      if (!isLatest()) return;
      this.offered.value = offered;
      this.directions.value = directions;
      this.from.value = from;
      this.language.value = language;
      this.same.value = same;
      this.unwritten.value = !same && this.isUnwritten(language, offered);
      if (!same && !this.unwritten.value) {
        const request = { kind: 'translation', ...this.textToSend(selected), language, from } as const;
        const job = await translator.translate({ request }, (state) => {
          if (isLatest()) this.job.value = state;
        });
        if (isLatest() && job !== undefined) this.job.value = job;
      }
    } catch (error) {
      if (isLatest()) this.failure.value = unreachable(error);
    }
    if (isLatest()) this.busy.value = false;
  }

  private isUnwritten(language: string, offered: TaskOffer | undefined): boolean {
    return offered !== undefined && !writesLanguage(offered.offer, language) && !this.insisted.has(language);
  }

  /** Translates into the target language although the model does not write it. */
  async insist(): Promise<void> {
    this.insisted.add(this.language.value);
    await this.translate();
  }

  private reset(): void {
    this.options.ahead?.drop();
    this.options.translator.stop();
    this.phase.value = 'open';
    this.busy.value = true;
    this.same.value = false;
    this.unwritten.value = false;
    this.kept.value = false;
    this.failure.value = undefined;
    this.undo.value = undefined;
    this.stuck.value = undefined;
    this.job.value = undefined;
  }

  private textToSend({ text, marked, sentence }: Selected): TextToSend {
    const swappedText = this.swappedText.value;
    if (swappedText !== undefined) return { text: swappedText };
    if (sentence !== undefined) return { text, sentence };
    return marked === undefined ? { text } : { text: marked, marked: true };
  }

  /** `likely`: the languages of what is written, which is what the page declares only by chance. */
  private async detect(
    selected: Selected,
    likely: { readonly page: string | undefined; readonly own: string } | undefined,
  ): Promise<string | undefined> {
    const { detector } = this.options;
    if (likely !== undefined) return languageOfWritten(selected, likely, detector);
    return (await languageOf(selected.text, selected.lang, detector))?.language;
  }

  async writeIn(): Promise<void> {
    const { value: language } = this.writable;
    if (language === undefined) return;
    const { value: selected } = this.selected;
    this.chosen = { to: language };
    await this.translate();
    const isDone = this.job.value?.progress.phase === 'done' && this.language.value === language;
    if (isDone && this.selected.value === selected && this.phase.value === 'open') this.replace();
  }

  async setDirection(to: string): Promise<void> {
    this.chosen = { ...this.chosen, to };
    await this.translate();
  }

  async keep(): Promise<void> {
    const { value: job } = this.job;
    if (job === undefined || !this.keepable.value) return;
    const kept = !this.kept.value;
    this.kept.value = kept;
    try {
      await this.options.translator.ask(kept ? 'keep-word' : 'drop-word', { job: job.id });
    } catch (error) {
      this.kept.value = !kept;
      this.failure.value = unreachable(error);
    }
  }

  async setLanguage(to: string): Promise<void> {
    this.chosen = { ...this.chosen, to };
    const { translator } = this.options;
    try {
      await translator.chooseLanguage(to);
    } catch {
      // If the connection is broken, the translation below reports it.
    }
    await this.translate();
  }

  async setFrom(from: string): Promise<void> {
    this.chosen = { ...this.chosen, from };
    await this.translate();
  }

  /** Swaps the languages and translates the answer back; without an answer, translates the selection itself. */
  async swap(): Promise<void> {
    const from = this.from.value;
    if (from === undefined) return;
    const answer = this.answer();
    this.chosen = { from: this.language.value, to: nearestLanguage(from) };
    this.swappedText.value = this.swappedText.value !== undefined || answer === '' ? undefined : answer;
    await this.translate();
  }

  /** The translation so far, without marks. */
  answer(): string {
    return answerOf(this.job.value);
  }

  /** Stops and keeps the text so far. If there is no job yet, also drops one that arrives later. */
  stop(): void {
    this.options.translator.stop();
    if (this.job.value !== undefined) return;
    this.runs.cancel();
    this.busy.value = false;
  }

  replace(): void {
    const text = this.job.value?.text ?? '';
    if (text.trim() === '') return;
    this.undo.value = this.selected.value?.replace?.(text);
    this.stuck.value = this.undo.value === undefined ? 'replace' : undefined;
  }

  async undoReplace(): Promise<void> {
    const isLatest = this.runs.current();
    const undo = this.undo.value;
    this.undo.value = undefined;
    const done = await undo?.();
    if (isLatest() && done === false) this.stuck.value = 'undo';
  }

  pin(pinned: boolean): void {
    this.pinned.value = pinned;
  }

  /** Moves the bubble by CSS pixels. */
  moveBy(x: number, y: number): void {
    this.moved.value = { left: this.position.left + x, top: this.position.top + y };
  }

  translatePage(): void {
    this.close();
    this.options.translatePage();
  }

  openModels(): void {
    this.options.openModels();
  }

  close(): void {
    this.runs.cancel();
    this.options.ahead?.drop();
    this.options.translator.stop();
    this.phase.value = 'hidden';
    this.busy.value = false;
    this.job.value = undefined;
    this.undo.value = undefined;
    this.pinned.value = false;
    this.moved.value = undefined;
  }
}

type TextToSend = Pick<TranslationRequest, 'text' | 'marked' | 'sentence'>;

/**
 * After an update of Linnet, the script of the old version is still on the page but cannot connect to the extension.
 */
export function unreachable(error: unknown): WireError {
  const wire = toWire(error);
  if (error instanceof CodedError) return wire;
  return { ...wire, code: 'engine-unreachable', next: t('engine-gone') };
}
