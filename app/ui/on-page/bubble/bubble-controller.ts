/** What the bubble on a web page does: offers to translate a selection, shows the answer as it comes, puts it in. */
import { type Signal, signal } from '@preact/signals';
import { CodedError } from '../../../../engine/index.ts';
import { toWire, type WireError } from '../../../protocol/errors.ts';
import { nearestLanguage, t } from '../../../i18n/index.ts';
import { type Detector, languageOf, sameLanguage } from '../../../text/language.ts';
import { withoutMarks } from '../../../text/marks.ts';
import type { Selected, Undo } from '../../../page/read/selected.ts';
import type { Job } from '../../../protocol/types.ts';
import { targetFor, withLanguage } from '../../state/target-language.ts';
import type { Speech } from '../../kit/speech.ts';
import type { Translator } from '../translator.ts';

export type BubblePhase = 'hidden' | 'offer' | 'open';

export interface BubbleOptions {
  readonly translator: Translator;
  readonly detector: Detector | undefined;
  readonly speech: Speech;
  /** Until the settings are known. */
  readonly language: string;
  translatePage(): void;
}

export class BubbleController {
  readonly phase: Signal<BubblePhase> = signal<BubblePhase>('hidden');
  readonly selected: Signal<Selected | undefined> = signal<Selected | undefined>(undefined);
  /** After languages were swapped: what is translated back in place of the selection. */
  readonly given: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly from: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly language: Signal<string>;
  /** The text is in the wanted language already. */
  readonly same: Signal<boolean> = signal(false);
  readonly job: Signal<Job | undefined> = signal<Job | undefined>(undefined);
  readonly busy: Signal<boolean> = signal(false);
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly undo: Signal<Undo | undefined> = signal<Undo | undefined>(undefined);
  /** What could not be done, since the text was changed meanwhile. */
  readonly stuck: Signal<'replace' | 'undo' | undefined> = signal<'replace' | 'undo' | undefined>(undefined);
  readonly pinned: Signal<boolean> = signal(false);
  /** Where a person has put it, in the viewport's pixels. */
  readonly moved: Signal<{ readonly left: number; readonly top: number } | undefined> = signal(undefined);
  readonly options: BubbleOptions;
  /** Chosen here, for this selection. */
  private chosen: { from?: string; to?: string } = {};
  /** Raised with every translation; answers to an older one come too late. */
  private round = 0;

  constructor(options: BubbleOptions) {
    this.options = options;
    this.language = signal(nearestLanguage(options.language));
  }

  /** A selection was made: offer, without taking anything away that is being read. */
  offer(selected: Selected | undefined): void {
    if (selected === undefined) {
      if (this.phase.value === 'offer') this.phase.value = 'hidden';
      return;
    }
    if (this.phase.value === 'open' && this.pinned.value) {
      this.take(selected);
      void this.translate();
      return;
    }
    if (this.phase.value === 'open') this.close();
    this.take(selected);
    this.phase.value = 'offer';
  }

  private take(selected: Selected): void {
    this.selected.value = selected;
    this.given.value = undefined;
    this.chosen = {};
  }

  /** Whether this text is what the bubble is about, or has itself put there. */
  isAbout(text: string): boolean {
    const plain = (one: string) => one.replace(/\s+/g, ' ').trim();
    return [this.selected.value?.text ?? '', this.answer()].some((own) => plain(own) === plain(text));
  }

  async translate(): Promise<void> {
    const selected = this.selected.value;
    if (selected === undefined) return;
    const round = ++this.round;
    const late = () => round !== this.round;
    this.begin();
    const { translator } = this.options;
    try {
      const settings = await translator.settings();
      const from = this.chosen.from ?? (await this.detect(selected));
      if (late()) return;
      const to = this.chosen.to ?? targetFor(from, settings);
      this.from.value = from;
      this.language.value = to ?? nearestLanguage(settings.language);
      this.same.value = to === undefined || (from !== undefined && sameLanguage(from, to));
      if (!this.same.value) {
        const { value: language } = this.language;
        const request = { kind: 'translation', ...this.text(selected), language, from } as const;
        const job = await translator.translate({ request }, (state) => {
          if (!late()) this.job.value = state;
        });
        if (!late() && job !== undefined) this.job.value = job;
      }
    } catch (error) {
      if (!late()) this.failure.value = unreachable(error);
    }
    if (!late()) this.busy.value = false;
  }

  private begin(): void {
    this.options.translator.stop();
    this.options.speech.stop();
    this.phase.value = 'open';
    this.busy.value = true;
    this.same.value = false;
    this.failure.value = undefined;
    this.undo.value = undefined;
    this.stuck.value = undefined;
    this.job.value = undefined;
  }

  private text({ text, marked }: Selected): { text: string; marked?: boolean } {
    const given = this.given.value;
    if (given !== undefined) return { text: given };
    return marked === undefined ? { text } : { text: marked, marked: true };
  }

  private async detect({ text, lang }: Selected): Promise<string | undefined> {
    return (await languageOf(text, lang, this.options.detector))?.language;
  }

  async setLanguage(to: string): Promise<void> {
    this.chosen = { ...this.chosen, to };
    const { translator } = this.options;
    try {
      await translator.save(withLanguage(to, await translator.settings()));
    } catch {
      // The translation itself will say what is wrong with the line.
    }
    await this.translate();
  }

  async setFrom(from: string): Promise<void> {
    this.chosen = { ...this.chosen, from };
    await this.translate();
  }

  /** The other way round: what was translated back again, or, where there is no answer, the text itself. */
  async swap(): Promise<void> {
    const from = this.from.value;
    if (from === undefined) return;
    const answer = this.answer();
    this.chosen = { from: this.language.value, to: nearestLanguage(from) };
    this.given.value = this.given.value !== undefined || answer === '' ? undefined : answer;
    await this.translate();
  }

  /** The translation so far, as it is read. */
  answer(): string {
    return withoutMarks(this.job.value?.text ?? '').trim();
  }

  /** Ends with what there is; before there is a job, nothing of it may come any more. */
  stop(): void {
    this.options.translator.stop();
    if (this.job.value !== undefined) return;
    this.round++;
    this.busy.value = false;
  }

  replace(): void {
    const text = this.job.value?.text ?? '';
    if (text.trim() === '') return;
    this.undo.value = this.selected.value?.replace?.(text);
    this.stuck.value = this.undo.value === undefined ? 'replace' : undefined;
  }

  async takeBack(): Promise<void> {
    const { round } = this;
    const back = this.undo.value;
    this.undo.value = undefined;
    const done = await back?.();
    if (round === this.round && done === false) this.stuck.value = 'undo';
  }

  speak(): void {
    const { speech } = this.options;
    if (speech.speaking.value) speech.stop();
    else speech.speak(this.answer(), this.language.value);
  }

  close(): void {
    this.round++;
    this.options.translator.stop();
    this.options.speech.stop();
    this.phase.value = 'hidden';
    this.busy.value = false;
    this.job.value = undefined;
    this.undo.value = undefined;
    this.pinned.value = false;
    this.moved.value = undefined;
  }
}

/** After an update of Linnet the script of the old version is still on the page, and talks to nobody. */
export function unreachable(error: unknown): WireError {
  const wire = toWire(error);
  if (error instanceof CodedError) return wire;
  return { ...wire, code: 'engine-unreachable', next: t('engine-gone') };
}
