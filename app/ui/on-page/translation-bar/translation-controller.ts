/** State and actions of the translation bar: starts, stops, changes language and view, restores the page. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { latestOnly } from '../../../../engine/index.ts';
import { type TaskOffer, writesLanguage } from '../../../protocol/abilities.ts';
import { fromWire, type WireError } from '../../../protocol/errors.ts';
import { nearestLanguage, t } from '../../../i18n/index.ts';
import { watchMutations } from '../../../page/translate/mutations.ts';
import { isRtlLanguage } from '../../../text/characters/direction.ts';
import { containsAcross } from '../../../page/dom/flat-tree.ts';
import { wordsOf } from '../../../page/dom/masks.ts';
import { bodyOf, contentType, documentElementOf } from '../../../page/dom/pristine.ts';
import { createElement } from '../../../page/dom/pristine-document.ts';
import { type Detector, languageOf, sameLanguage, scriptOf } from '../../../text/language.ts';
import { mainPart } from '../../../page/read/main-part.ts';
import { PageTranslation } from '../../../page/translate/page-translation.ts';
import type { TranslationAsk, PageNote, ParagraphOutcome, Scope } from '../../../page/translate/options.ts';
import { layoutByStyle, type Paragraph, paragraphsOf } from '../../../page/dom/paragraphs.ts';
import { declaredLanguage } from '../../../page/read/selected.ts';
import type { TranslationStyle, View } from '../../../page/translate/unit.ts';
import { frameRoots } from '../../../page/translate/frame-roots.ts';
import { asksNot, leftOut, protectingPage } from '../../../page/translate/protected.ts';
import { watchViewport } from '../../../page/translate/viewport.ts';
import { errorOf, type Job, type TranslationRequest } from '../../../protocol/types.ts';
import { unreachable } from '../bubble/bubble-controller.ts';
import type { Progress, TranslationModel } from './translation-model.ts';
import type { Rule, RuleAbout } from '../../../protocol/page/page-rules.ts';
import { reasonOf } from '../../../text/sites/rules.ts';
import type { RuleView } from '../../kit/rules/rule-row.tsx';
import { targetFor } from '../../state/target-language.ts';
import type { RuleKeeper } from '../rules/rule-keeper.ts';
import type { Translator } from '../translator.ts';

/** Number of characters that the page's language is detected from. */
const SAMPLE = 2000;

/** What the controller cannot do itself. */
export interface TranslationControllerOptions {
  openModels(): void;
  openSettings?(): void;
  readonly keeper?: RuleKeeper;
}

export class TranslationController implements TranslationModel {
  readonly shown: Signal<boolean> = signal(false);
  readonly language: Signal<string>;
  /** Language of the page. */
  readonly from: Signal<string | undefined> = signal<string | undefined>(undefined);
  /** Whether the language of the page is unknown or may be wrong, so that the person can choose it. */
  readonly unsure: Signal<boolean> = signal(false);
  /** Whether the person has to choose a target: the page is in all languages that the settings name. */
  readonly needsLanguage: Signal<boolean> = signal(false);
  /** What the model is offered for. */
  readonly offered: Signal<TaskOffer | undefined> = signal<TaskOffer | undefined>(undefined);
  /** Whether the model does not write the target language; the translation waits for the person to insist. */
  readonly unwritten: Signal<boolean> = signal(false);
  /** Whether the page asks not to be translated; the translation waits for the person to insist. */
  readonly asksNot: Signal<boolean> = signal<boolean>(false);
  readonly view: Signal<View> = signal<View>('both');
  readonly scope: Signal<Scope> = signal<Scope>('article');
  /** Undefined until the paragraphs were searched. */
  readonly progress: Signal<Progress | undefined> = signal<Progress | undefined>(undefined);
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly notes: Signal<readonly PageNote[]> = signal<readonly PageNote[]>([]);
  /** What translated the page by itself; undefined if the person did. */
  private readonly by: Signal<RuleAbout['kind'] | undefined> = signal<RuleAbout['kind'] | undefined>(
    undefined,
  );
  readonly rules: ReadonlySignal<RuleView> = computed(
    () => this.options.keeper?.view(this.from.value, this.by.value) ?? {},
  );
  /** The person has ended the translation of this page, so no rule begins it again. */
  private dismissed = false;
  private readonly options: TranslationControllerOptions;
  private readonly translator: Translator;
  private readonly detector: Detector | undefined;
  private page: PageTranslation | undefined;
  /** Languages that the person wants although the model does not write them. */
  private readonly insisted = new Set<string>();
  /** The person wants this page translated although it asks not to be. */
  private pageInsisted = false;
  private readonly runs = latestOnly();
  /** Language of the page when it was last detected; the person may have chosen another one. */
  private detected: string | undefined;

  constructor(
    translator: Translator,
    detector: Detector | undefined,
    language: string,
    options: TranslationControllerOptions = { openModels() {} },
  ) {
    this.options = options;
    this.translator = translator;
    this.detector = detector;
    this.language = signal(nearestLanguage(language));
  }

  /** Translates the page if a rule says so and nothing speaks against it; else nothing is shown. */
  async startByRule(): Promise<void> {
    const { keeper } = this.options;
    const stays = () => !this.shown.value && !this.dismissed && keeper?.mayTranslate === true;
    if (!stays()) return;
    const from = await this.pageLanguage();
    const by = keeper === undefined ? undefined : reasonOf(keeper.rules.value, from);
    if (by === undefined || !stays()) return;
    const [languages, offered] = await Promise.all([this.translator.languages(), this.translator.offer()]);
    const to = targetFor(from, languages);
    const isRead = from !== undefined && sameLanguage(from, languages.language);
    this.offered.value = offered;
    if (offered === undefined || to === undefined || isRead || this.isUnwritten(to) || !stays()) return;
    if (asksNot(document)) {
      if (by === 'language') return;
      this.pageInsisted = true;
    }
    await this.start(by);
  }

  async start(by?: RuleAbout['kind']): Promise<void> {
    if (this.shown.value) return;
    const isLatest = this.runs.begin();
    this.shown.value = true;
    this.by.value = by;
    this.failure.value = undefined;
    this.progress.value = undefined;
    try {
      const [languages, offered] = await Promise.all([this.translator.languages(), this.translator.offer()]);
      const from = await this.pageLanguage();
      if (!isLatest()) return;
      this.offered.value = offered;
      const to = targetFor(from, languages);
      this.detected = from;
      this.from.value = from;
      this.unsure.value = from === undefined || to === undefined;
      this.language.value = to ?? nearestLanguage(languages.language);
      this.needsLanguage.value = to === undefined;
      this.unwritten.value = to !== undefined && this.isUnwritten(to);
      this.asksNot.value = to !== undefined && !this.pageInsisted && asksNot(document);
      if (to !== undefined && !this.unwritten.value && !this.asksNot.value) this.begin();
    } catch (error) {
      if (isLatest()) this.failure.value = unreachable(error);
    }
  }

  private isUnwritten(language: string): boolean {
    const offered = this.offered.value;
    return offered !== undefined && !writesLanguage(offered.offer, language) && !this.insisted.has(language);
  }

  /** Translates although the page asks not to, or into a language that the model does not write. */
  insist(): void {
    if (this.unwritten.value) this.insisted.add(this.language.value);
    if (this.asksNot.value) this.pageInsisted = true;
    this.translateAgain();
  }

  /** What is translated although it asks not to be. */
  private insistedParts(): ReadonlySet<Element> {
    return this.pageInsisted ? protectingPage(document) : new Set();
  }

  private begin(): void {
    this.page = new PageTranslation({
      body: () => bodyOf(document) ?? pageRoot(),
      layout: layoutByStyle,
      scope: this.scope.value,
      view: this.view.value,
      style: styleFor(this.language.value),
      translate: (ask, onText) => this.translate(ask, onText),
      skips: (paragraph) => this.skips(paragraph),
      insisted: () => this.insistedParts(),
      framesOf: frameRoots,
      leftOut,
      json: /json/.test(contentType(document) ?? ''),
      watchView: watchViewport,
      watchChanges: (onChange) => watchMutations(document, onChange),
      changed: () => this.onChanged(),
      moved: () => void this.onMoved(),
    });
    this.onChanged();
  }

  private onChanged(): void {
    // PageTranslation reports its first state from its constructor.
    if (this.page === undefined) return;
    const { done, total, running, stopped, failure, notes, waiting } = this.page;
    const left = running || waiting ? [] : this.page.left;
    this.progress.value = { done, total, running, stopped, ...(left.length > 0 && { left }) };
    if (!sameNotes(notes, this.notes.value)) this.notes.value = notes;
    this.failure.value = failure === undefined ? undefined : unreachable(failure);
  }

  private async translate(
    { source, marked }: TranslationAsk,
    onText: (text: string) => void,
  ): Promise<ParagraphOutcome | undefined> {
    const request: TranslationRequest = {
      kind: 'translation',
      text: source,
      language: this.language.value,
      from: this.from.value,
      marked: marked ? true : undefined,
    };
    const job = await this.translator.translate({ request, passing: true }, ({ text }) => onText(text));
    const error = job && errorOf(job);
    if (error !== undefined) throw fromWire(error);
    return job?.progress.phase === 'done' ? { text: job.text, note: noteOf(job) } : undefined;
  }

  /** Whether a paragraph is in the target language already, by its `lang` attribute or by its script. */
  private skips({ parent, nodes }: Paragraph): boolean {
    const declared = declaredLanguage(parent);
    const pageLanguage = declaredLanguage(pageRoot());
    if (declared !== pageLanguage && sameLanguage(declared, this.language.value)) return true;
    const script = scriptOf(nodes.map(wordsOf).join(''))?.language;
    return script !== undefined && sameLanguage(script, this.language.value);
  }

  /** BCP 47, of what the page says and not of what it declares. */
  async pageLanguage(): Promise<string | undefined> {
    const body = bodyOf(document) ?? pageRoot();
    const paragraphs = paragraphsOf(body, layoutByStyle, protectingPage(document));
    const main = mainPart(paragraphs, body);
    const inFrames = frameRoots(main, body).flatMap((root) => paragraphsOf(root, layoutByStyle));
    const nodes = [...paragraphs.filter(({ parent }) => containsAcross(main, parent)), ...inFrames].flatMap(
      (paragraph) => paragraph.nodes,
    );
    const text = nodes.map(wordsOf).join(' ').slice(0, SAMPLE);
    return (await languageOf(text, declaredLanguage(main), this.detector))?.language;
  }

  /** Called when the site shows other content without loading a page; detects its language again. */
  private async onMoved(): Promise<void> {
    const isLatest = this.runs.current();
    const detected = await this.pageLanguage();
    if (!isLatest() || detected === undefined || detected === this.detected) return;
    this.detected = detected;
    if (!sameLanguage(detected, this.from.value)) await this.setFrom(detected);
  }

  stop(): void {
    this.page?.stop();
    this.translator.stop();
  }

  resume(): void {
    if (this.page === undefined) void this.restart();
    else this.page.resume();
  }

  private async restart(): Promise<void> {
    this.shown.value = false;
    await this.start();
  }

  async setLanguage(language: string): Promise<void> {
    this.language.value = language;
    this.needsLanguage.value = false;
    this.translateAgain();
    try {
      await this.translator.chooseLanguage(language);
    } catch {
      // If the connection is broken, the next paragraph reports it.
    }
  }

  /** Sets the language of the page. If it is the target, takes another target from the settings, or asks the person. */
  async setFrom(from: string): Promise<void> {
    this.from.value = from;
    try {
      const { value: wanted } = this.language;
      const to = sameLanguage(from, wanted) ? targetFor(from, await this.translator.languages()) : wanted;
      this.needsLanguage.value = to === undefined;
      if (to === undefined) {
        this.unsure.value = true;
        this.unwritten.value = false;
        this.asksNot.value = false;
        this.translator.stop();
        this.endTranslation();
        return;
      }
      this.language.value = to;
      this.translateAgain();
    } catch (error) {
      this.failure.value = unreachable(error);
    }
  }

  private translateAgain(): void {
    this.translator.stop();
    this.unwritten.value = this.isUnwritten(this.language.value);
    this.asksNot.value = !this.pageInsisted && asksNot(document);
    if (this.unwritten.value || this.asksNot.value) this.endTranslation();
    else if (this.page === undefined) this.begin();
    else this.page.setLanguage(styleFor(this.language.value));
  }

  private endTranslation(): void {
    this.page?.restore();
    this.page = undefined;
    this.progress.value = undefined;
    this.notes.value = [];
  }

  setView(view: View): void {
    this.view.value = view;
    this.page?.setView(view);
  }

  setScope(scope: Scope): void {
    this.scope.value = scope;
    this.page?.setScope(scope);
  }

  openModels(): void {
    this.options.openModels();
  }

  /** The translation of a text of this page, if it is there already. */
  known(source: string, language: string): string | undefined {
    return language === this.language.value ? this.page?.known(source) : undefined;
  }

  openSettings(): void {
    this.options.openSettings?.();
  }

  /** Sets a rule, or takes it back. The page stays as it is, so that the press can be undone. */
  async setRule(kind: RuleAbout['kind'], rule: Rule | null): Promise<void> {
    const { from } = this;
    const about = kind === 'site' ? { kind } : from.value && { kind, language: from.value };
    if (!about) return;
    try {
      await this.options.keeper?.set(about, rule ?? undefined);
    } catch (error) {
      this.failure.value = unreachable(error);
    }
  }

  reveal(note: number): void {
    this.page?.reveal(note);
  }

  /** Runs `work` while the page is restored. */
  asOriginal<T>(work: () => T): T {
    if (this.page === undefined) return work();
    // Restores the scroll position, which changes if the page is shorter meanwhile.
    const { scrollX, scrollY } = window;
    const result = this.page.asOriginal(work);
    if (window.scrollY !== scrollY) window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
    return result;
  }

  /** Restores the page and hides the bar. */
  restore(): void {
    this.runs.cancel();
    this.endTranslation();
    this.translator.stop();
    this.shown.value = false;
    this.dismissed = true;
  }
}

/** A document has a root element as long as its scripts do not remove it. */
const pageRoot = (): HTMLElement => documentElementOf(document) ?? createElement(document, 'html');

const sameNotes = (a: readonly PageNote[], b: readonly PageNote[]): boolean =>
  a.length === b.length && a.every(({ id, note }, i) => id === b[i]!.id && note === b[i]!.note);

const styleFor = (language: string): TranslationStyle => ({
  language,
  dir: isRtlLanguage(language) ? 'rtl' : 'ltr',
});

function noteOf(job: Job): string {
  const { terms = [], lost = [] } = job.kind === 'translation' ? job : {};
  const missed = terms.filter(({ kept }) => !kept);
  const missing = lost.length === 0 ? '' : t('claims-lost', { claims: lost.join(' · ') });
  if (missed.length === 0) return missing;
  const other = t('terms-missed-list', {
    terms: missed.map(({ term }) => term).join(', '),
  });
  return missing === '' ? other : `${other} · ${missing}`;
}
