/**
 * Translates the paragraph that a person points at, one at a time: pointing at another one, or at none, ends the request.
 * A paragraph that was translated is not asked for again.
 */
import { type Signal, signal } from '@preact/signals';
import { latestOnly } from '../../../../engine/index.ts';
import { fromWire, type WireError } from '../../../protocol/errors.ts';
import type { PageRules } from '../../../protocol/page/page-rules.ts';
import { errorOf } from '../../../protocol/types.ts';
import type { Pointed } from '../../../page/read/words/pointed.ts';
import { Answers } from '../../../page/translate/ask/answers.ts';
import { askByLines } from '../../../page/translate/ask/ask-lines.ts';
import type { ParagraphOutcome } from '../../../page/translate/options.ts';
import { type Detector, languageOf } from '../../../text/language.ts';
import { withoutMarks } from '../../../text/marks.ts';
import { ruleOfLanguage } from '../../../text/sites/rules.ts';
import { targetFor } from '../../state/target-language.ts';
import { unreachable } from '../bubble/bubble-controller.ts';
import type { Translator } from '../translator.ts';
import type { HoverModel } from './hover-model.ts';

export interface HoverOptions {
  readonly translator: Translator;
  readonly detector: Detector | undefined;
  rules(): PageRules;
  /** What the page's own translation has of a text. */
  known?(source: string, language: string): string | undefined;
}

export class HoverController implements HoverModel {
  readonly shown: Signal<boolean> = signal(false);
  readonly text: Signal<string> = signal('');
  readonly language: Signal<string> = signal('en');
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  /** The paragraph that the pointer is on. */
  pointed: Pointed | undefined;
  private readonly options: HoverOptions;
  private readonly answers = new Answers();
  /** Of the answers. */
  private answersIn = '';
  private readonly runs = latestOnly();

  constructor(options: HoverOptions) {
    this.options = options;
  }

  /** Undefined: at none. */
  async point(pointed: Pointed | undefined): Promise<void> {
    if (pointed !== undefined && pointed.node === this.pointed?.node && pointed.text === this.pointed.text)
      return;
    this.end();
    if (pointed === undefined) return;
    this.pointed = pointed;
    const isLatest = this.runs.begin();
    try {
      await this.translate(pointed, isLatest);
    } catch (error) {
      if (!isLatest()) return;
      this.failure.value = unreachable(error);
      this.shown.value = true;
    }
  }

  private async translate({ text, lang }: Pointed, isLatest: () => boolean): Promise<void> {
    const { translator, detector, rules } = this.options;
    const from = (await languageOf(text, lang, detector))?.language;
    if (!isLatest() || ruleOfLanguage(rules(), from) === 'never') return;
    const language = targetFor(from, await translator.languages());
    if (!isLatest() || language === undefined) return;
    this.language.value = language;
    if (language !== this.answersIn) this.answers.clear();
    this.answersIn = language;
    this.shown.value = true;
    const known = this.options.known?.(text, language) ?? this.answers.get(text)?.text;
    if (known !== undefined) {
      this.text.value = known;
      return;
    }
    const show = (made: string) => {
      if (isLatest()) this.text.value = withoutMarks(made);
    };
    const outcome = await askByLines(
      text,
      (line, onText) => this.ask(line, from, language, onText),
      show,
      false,
    );
    if (outcome === undefined || this.answersIn !== language) return;
    this.answers.set(text, outcome);
    show(outcome.text);
  }

  private async ask(
    text: string,
    from: string | undefined,
    language: string,
    onText: (text: string) => void,
  ): Promise<ParagraphOutcome | undefined> {
    const request = { kind: 'translation', text, language, ...(from === undefined ? {} : { from }) } as const;
    const job = await this.options.translator.translate({ request, passing: true }, (state) =>
      onText(state.text),
    );
    const error = job && errorOf(job);
    if (error !== undefined) throw fromWire(error);
    return job?.progress.phase === 'done' ? { text: job.text, note: '' } : undefined;
  }

  /** Hides the bubble and ends the request. */
  end(): void {
    if (this.pointed === undefined) return;
    this.pointed = undefined;
    this.runs.cancel();
    this.options.translator.stop();
    this.shown.value = false;
    this.text.value = '';
    this.failure.value = undefined;
  }
}
