/** What the control on a translated page does: begins, stops, shows the original again. */
import { type Signal, signal } from '@preact/signals';
import { fromWire, type WireError } from '../../../protocol/errors.ts';
import { nearestLanguage, t } from '../../../i18n/index.ts';
import { watchMutations } from '../../../page/translate/mutations.ts';
import { isRtlLanguage } from '../../../page/read/extract.ts';
import { containsAcross } from '../../../page/dom/flat-tree.ts';
import { type Detector, languageOf, sameLanguage, scriptOf } from '../../../text/language.ts';
import { mainPart } from '../../../page/read/main-part.ts';
import {
  type ParagraphOutcome,
  PageTranslation,
  type Scope,
} from '../../../page/translate/page-translation.ts';
import { layoutByStyle, type Paragraph, paragraphsOf } from '../../../page/dom/paragraphs.ts';
import { declaredLanguage } from '../../../page/read/selected.ts';
import type {
  TranslationStyle,
  TranslatedParagraph,
  View,
} from '../../../page/translate/translated-paragraph.ts';
import { watchViewport } from '../../../page/translate/viewport.ts';
import type { Job, TranslationRequest } from '../../../protocol/types.ts';
import { unreachable } from '../bubble/bubble-controller.ts';
import { targetFor, withLanguage } from '../../state/target-language.ts';
import type { Translator } from '../translator.ts';

/** Characters of the page that its language is told by. */
const SAMPLE = 2000;

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
  readonly stopped: boolean;
}

export class TranslationController {
  readonly shown: Signal<boolean> = signal(false);
  readonly language: Signal<string>;
  /** That of the page. */
  readonly from: Signal<string | undefined> = signal<string | undefined>(undefined);
  /** Neither page nor text told its language, or it may be the wrong one: the person may say it. */
  readonly unsure: Signal<boolean> = signal(false);
  /** The page is in every language that is known to be wanted: one has to be chosen. */
  readonly asking: Signal<boolean> = signal(false);
  readonly view: Signal<View> = signal<View>('both');
  readonly scope: Signal<Scope> = signal<Scope>('article');
  /** Undefined until the first look at its paragraphs. */
  readonly progress: Signal<Progress | undefined> = signal<Progress | undefined>(undefined);
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  private readonly translator: Translator;
  private readonly detector: Detector | undefined;
  private page: PageTranslation | undefined;
  private begun = 0;
  /** What the page told of its language when it was last looked at; the person may have said otherwise. */
  private told: string | undefined;

  constructor(translator: Translator, detector: Detector | undefined, language: string) {
    this.translator = translator;
    this.detector = detector;
    this.language = signal(nearestLanguage(language));
  }

  async start(): Promise<void> {
    if (this.shown.value) return;
    const begun = ++this.begun;
    this.shown.value = true;
    this.failure.value = undefined;
    this.progress.value = undefined;
    try {
      const settings = await this.translator.settings();
      const from = await this.pageLanguage();
      if (begun !== this.begun) return;
      const to = targetFor(from, settings);
      this.told = from;
      this.from.value = from;
      this.unsure.value = from === undefined || to === undefined;
      this.language.value = to ?? nearestLanguage(settings.language);
      this.asking.value = to === undefined;
      if (to !== undefined) this.begin();
    } catch (error) {
      this.failure.value = unreachable(error);
    }
  }

  private begin(): void {
    this.page = new PageTranslation({
      body: () => document.body,
      layout: layoutByStyle,
      scope: this.scope.value,
      view: this.view.value,
      dress: dressFor(this.language.value),
      translate: (unit, onText) => this.translate(unit, onText),
      skips: (run) => this.skips(run),
      watchView: watchViewport,
      watchChanges: (onChange) => watchMutations(document, onChange),
      changed: () => this.changed(),
      moved: () => void this.moved(),
    });
    this.changed();
  }

  private changed(): void {
    // The first report comes while the page is still being made.
    if (this.page === undefined) return;
    const { done, total, running, stopped, failure } = this.page;
    this.progress.value = { done, total, running, stopped };
    this.failure.value = failure === undefined ? undefined : unreachable(failure);
  }

  private async translate(
    { source, encoded }: TranslatedParagraph,
    onText: (text: string) => void,
  ): Promise<ParagraphOutcome | undefined> {
    const request: TranslationRequest = {
      kind: 'translation',
      text: source,
      language: this.language.value,
      from: this.from.value,
      marked: encoded.marked === undefined ? undefined : true,
    };
    const job = await this.translator.translate({ request, passing: true }, ({ text }) => onText(text));
    if (job?.error !== undefined) throw fromWire(job.error);
    return job?.status === 'done' ? { text: job.text, note: noteOf(job) } : undefined;
  }

  /** The page says of a part that it is in the wanted language, or its script does. */
  private skips({ parent, nodes }: Paragraph): boolean {
    const said = declaredLanguage(parent);
    const whole = declaredLanguage(document.documentElement);
    if (said !== whole && sameLanguage(said, this.language.value)) return true;
    const script = scriptOf(nodes.map((node) => node.textContent ?? '').join(''))?.language;
    return script !== undefined && sameLanguage(script, this.language.value);
  }

  private async pageLanguage(): Promise<string | undefined> {
    const runs = paragraphsOf(document.body, layoutByStyle);
    const main = mainPart(runs, document.body);
    const nodes = runs.filter(({ parent }) => containsAcross(main, parent)).flatMap((run) => run.nodes);
    const text = nodes
      .map((node) => node.textContent ?? '')
      .join(' ')
      .slice(0, SAMPLE);
    return (await languageOf(text, declaredLanguage(main), this.detector))?.language;
  }

  /** Without loading a page, the site shows another one: it may be in another language. */
  private async moved(): Promise<void> {
    const { begun } = this;
    const told = await this.pageLanguage();
    if (begun !== this.begun || told === undefined || told === this.told) return;
    this.told = told;
    if (!sameLanguage(told, this.from.value)) await this.setFrom(told);
  }

  stop(): void {
    this.page?.stop();
    this.translator.stop();
  }

  resume(): void {
    if (this.page === undefined) void this.again();
    else this.page.resume();
  }

  private async again(): Promise<void> {
    this.shown.value = false;
    await this.start();
  }

  async setLanguage(language: string): Promise<void> {
    this.language.value = language;
    this.asking.value = false;
    this.anew();
    try {
      await this.translator.save(withLanguage(language, await this.translator.settings()));
    } catch {
      // The next paragraph will say what is wrong with the line.
    }
  }

  /** The person knows the language of the page; where that is the wanted one, another is taken, or asked for. */
  async setFrom(from: string): Promise<void> {
    this.from.value = from;
    try {
      const { value: wanted } = this.language;
      const to = sameLanguage(from, wanted) ? targetFor(from, await this.translator.settings()) : wanted;
      this.asking.value = to === undefined;
      if (to === undefined) {
        this.unsure.value = true;
        this.translator.stop();
        this.end();
        return;
      }
      this.language.value = to;
      this.anew();
    } catch (error) {
      this.failure.value = unreachable(error);
    }
  }

  private anew(): void {
    this.translator.stop();
    if (this.page === undefined) this.begin();
    else this.page.setLanguage(dressFor(this.language.value));
  }

  private end(): void {
    this.page?.restore();
    this.page = undefined;
    this.progress.value = undefined;
  }

  setView(view: View): void {
    this.view.value = view;
    this.page?.setView(view);
  }

  setScope(scope: Scope): void {
    this.scope.value = scope;
    this.page?.setScope(scope);
  }

  /** `work` reads the page as it was. */
  asOriginal<T>(work: () => T): T {
    if (this.page === undefined) return work();
    // A page that is shorter for a moment would lose its place.
    const { scrollX, scrollY } = window;
    const result = this.page.asOriginal(work);
    if (window.scrollY !== scrollY) window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
    return result;
  }

  /** The page as it was. */
  restore(): void {
    this.begun++;
    this.end();
    this.translator.stop();
    this.shown.value = false;
  }
}

const dressFor = (language: string): TranslationStyle => ({
  language,
  dir: isRtlLanguage(language) ? 'rtl' : 'ltr',
});

function noteOf({ terms = [] }: Job): string {
  const missed = terms.filter(({ kept }) => !kept);
  if (missed.length === 0) return '';
  return t('terms-missed-list', {
    terms: missed.map(({ term, translation }) => t('term-pair', { term, translation })).join(', '),
  });
}
