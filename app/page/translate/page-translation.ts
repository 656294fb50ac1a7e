/**
 * Translates a page, or its main part, paragraph by paragraph as they come into view.
 *
 * Requests one paragraph at a time, the first visible one, so that other jobs can use the model in between and nothing
 * out of sight is computed. Finds paragraphs that the page adds later, and translates changed ones again.
 * {@link PageTranslation.restore} restores the page node for node.
 *
 * The connection to the engine is passed in. The control on the page is in app/ui/on-page/translation-bar/.
 */
import { hasMarks } from '../../text/marks.ts';
import { withoutDigits } from '../../text/translated/digits.ts';
import { isConnected, isRendered } from '../dom/pristine.ts';
import { mainPart } from '../read/main-part.ts';
import { paragraphsOf } from '../dom/paragraphs.ts';
import { Answers } from './ask/answers.ts';
import { askByLines } from './ask/ask-lines.ts';
import { labelsOf, titleLabel } from './labels.ts';
import type {
  Left,
  PageMutations,
  PageNote,
  PageTranslationOptions,
  ParagraphOutcome,
  Scope,
  Viewport,
  ViewportDistance,
} from './options.ts';
import { TranslatedLabel } from './translated-label.ts';
import { TranslatedParagraph } from './translated-paragraph.ts';
import { Turns } from './turns.ts';
import type { TranslationStyle, Unit, View } from './unit.ts';
import { Watched } from './watched.ts';

/** Characters of a paragraph that name it in a list. */
const NAME_LENGTH = 60;

export class PageTranslation {
  private readonly options: PageTranslationOptions;
  private readonly viewport: Viewport;
  private readonly mutations: PageMutations;
  private readonly answers = new Answers();
  private readonly turns = new Turns();
  private readonly watched = new Watched();
  private units: Unit[] = [];
  private outside: readonly Left[] = [];
  private root: Element;
  private scope: Scope;
  private view: View;
  private style: TranslationStyle;
  private current: Unit | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Increased to drop the answers to earlier requests. */
  private generation = 0;
  private active = true;
  private ended = false;
  failure: unknown;

  constructor(options: PageTranslationOptions) {
    this.options = options;
    this.scope = options.scope;
    this.view = options.view;
    this.style = options.style;
    this.root = this.findRoot();
    this.viewport = options.watchView(() => this.next());
    this.mutations = options.watchChanges(() => this.rescan());
    this.rescan();
  }

  /** Paragraphs; labels, if there is nothing else. What is folded away does not count until it is opened. */
  get total(): number {
    return this.counted().length;
  }

  get done(): number {
    return this.counted().filter((unit) => this.isDone(unit)).length;
  }

  /** What stays as it is, and why; empty while there is something to wait for. */
  get left(): readonly Left[] {
    const open = this.visible().filter((unit) => !this.isDone(unit));
    const removed = open.filter((unit) => this.watched.isLost(unit)).length;
    const changing = open.filter((unit) => this.isChanging(unit)).length;
    if (removed + changing < open.length) return [];
    return [
      { reason: 'removed', count: removed } as const,
      { reason: 'changing', count: changing } as const,
      ...this.outside,
    ].filter(({ count }) => count > 0);
  }

  /** Whether something is out of view and not translated yet. */
  get waiting(): boolean {
    return this.visible().some(
      (unit) => !this.isDone(unit) && !this.watched.isLost(unit) && !this.isChanging(unit),
    );
  }

  private isDone = (unit: Unit): boolean => unit.answered && unit.shows && !this.watched.isLost(unit);

  private isChanging(unit: Unit): boolean {
    return !unit.answered && unit.place !== undefined && this.turns.wait(unit.place.parent) > 0;
  }

  private visible(): Unit[] {
    return this.units.filter(
      (unit) => unit.answered || unit.place === undefined || isRendered(unit.place.parent),
    );
  }

  private counted(): Unit[] {
    const visible = this.visible();
    const paragraphs = visible.filter(({ kind }) => kind === 'paragraph');
    return paragraphs.length > 0 ? paragraphs : visible.filter(({ place }) => place !== undefined);
  }

  /** The notes on translated paragraphs, in the order of the page. */
  get notes(): readonly PageNote[] {
    return this.units
      .filter(({ note }) => note !== '')
      .map(({ id, note, plain }) => ({ id, note, text: shortened(plain) }));
  }

  /** Scrolls to the paragraph of a note. */
  reveal(id: number): void {
    this.units.find((unit) => unit.id === id)?.reveal();
  }

  /** The translation of a text that is there already. */
  known(source: string): string | undefined {
    return this.answers.get(source)?.text;
  }

  get running(): boolean {
    return this.current !== undefined;
  }

  get stopped(): boolean {
    return !this.active;
  }

  /** Finds new and changed paragraphs, and what the page has taken away. */
  rescan(): void {
    if (this.ended) return;
    this.updateRoot();
    const before = new Map<Node, Unit[]>();
    for (const unit of this.units) before.set(unit.node, [...(before.get(unit.node) ?? []), unit]);
    const found = this.find().map(
      (fresh) => before.get(fresh.node)?.find((old) => old.isSame(fresh)) ?? fresh,
    );
    const kept = new Set(found);
    const gone = this.units.filter((unit) => !kept.has(unit));
    this.noteChanges(gone, found);
    this.units = found;
    this.mutations.quietly(() => {
      for (const unit of gone) unit.hide();
      this.showKnown();
    });
    this.watch(gone);
    this.options.changed();
    this.next();
  }

  private find(): Unit[] {
    const { options, root } = this;
    const insisted = options.insisted?.() ?? new Set<Element>();
    const roots = [root, ...(options.framesOf?.(root, options.body()) ?? [])];
    const paragraphs = roots
      .flatMap((one) => paragraphsOf(one, options.layout, insisted))
      .filter((original) => !options.skips(original))
      .map((original) => new TranslatedParagraph(original))
      .filter(({ source }) => source !== '');
    const doc = root.ownerDocument;
    this.outside = summed(roots.flatMap((one) => options.leftOut?.(one, insisted) ?? []));
    const labels = [...roots.flatMap((one) => labelsOf(one, insisted)), ...titleLabel(doc)];
    return [...paragraphs, ...labels.map((label) => new TranslatedLabel(label))];
  }

  /** Remembers places whose words have changed, not only their numbers. */
  private noteChanges(gone: readonly Unit[], found: readonly Unit[]): void {
    const places = new Map(found.flatMap((unit) => (unit.place ? [[unit.place.parent, unit] as const] : [])));
    for (const { place, source } of gone) {
      const now = place === undefined ? undefined : places.get(place.parent);
      if (now === undefined || withoutDigits(now.source) === withoutDigits(source)) continue;
      this.turns.changed(now.place!.parent);
    }
  }

  /** Shows translations that are there already, and again those that the page has removed, but not for ever. */
  private showKnown(): void {
    const shown: Unit[] = [];
    for (const unit of this.units) {
      if (unit === this.current) continue;
      if (!unit.answered) {
        const known = this.answers.get(unit.source);
        if (known === undefined) continue;
        unit.finish(known.text, known.note, this.style, this.view);
      } else if (unit.shows || !this.watched.mayShowAgain(unit)) continue;
      else unit.show(this.style, this.view);
      this.watched.shown(unit);
      shown.push(unit);
    }
    for (const unit of shown) unit.fit();
  }

  private watch(gone: readonly Unit[]): void {
    const parents = new Set(this.units.flatMap(({ place }) => place?.parent ?? []));
    for (const { place } of gone)
      if (place !== undefined && !parents.has(place.parent)) this.viewport.unobserve(place.parent);
    for (const parent of parents) {
      this.viewport.observe(parent);
      this.mutations.alsoAround(parent);
    }
  }

  /** Finds the root again if the page has removed it. */
  private updateRoot(): void {
    if (isConnected(this.root)) return;
    this.root = this.asOriginal(() => this.findRoot());
    this.options.moved();
  }

  /** Starts the next visible or near paragraph, unless one is in progress. */
  private next(): void {
    if (!this.active || this.ended || this.current !== undefined) return;
    const open = this.units.filter((unit) => !unit.answered);
    const distances = new Map(open.map((unit) => [unit, this.distance(unit)]));
    const near = (unit: Unit) => distances.get(unit) !== 'away';
    const isRestless = ({ place }: Unit) => place !== undefined && this.turns.isRestless(place.parent);
    const calm = open.filter((unit) => near(unit) && !isRestless(unit));
    const restless = open.filter((unit) => near(unit) && isRestless(unit));
    const unit =
      calm.find((one) => distances.get(one) === 'seen') ??
      calm[0] ??
      restless.find(({ place }) => this.turns.wait(place!.parent) === 0);
    if (unit !== undefined) void this.translate(unit);
    else if (restless.length > 0) this.nextAfter(restless);
  }

  private distance({ place }: Unit): ViewportDistance {
    return place === undefined ? 'near' : this.viewport.distance(place);
  }

  private nextAfter(restless: readonly Unit[]): void {
    clearTimeout(this.timer);
    const waits = restless.map(({ place }) => this.turns.wait(place!.parent));
    this.timer = setTimeout(() => this.next(), Math.min(...waits));
  }

  private async translate(unit: Unit): Promise<void> {
    const generation = this.generation;
    const isCurrent = () => generation === this.generation && this.units.includes(unit);
    this.current = unit;
    this.options.changed();
    try {
      const outcome = await this.request(unit, isCurrent);
      if (outcome !== undefined && generation === this.generation) this.answers.set(unit.source, outcome);
      if (isCurrent()) this.mutations.quietly(() => this.conclude(unit, outcome));
      else if (generation === this.generation) this.mutations.quietly(() => this.showKnown());
      // Stopped from elsewhere. Requesting again at once would never end.
      if (outcome === undefined && generation === this.generation) this.active = false;
    } catch (error) {
      if (isCurrent()) this.mutations.quietly(() => unit.forget());
      if (generation === this.generation) {
        this.active = false;
        this.failure = error;
      }
    }
    if (this.current === unit) this.current = undefined;
    if (this.ended) return;
    this.options.changed();
    this.next();
  }

  private conclude(unit: Unit, outcome: ParagraphOutcome | undefined): void {
    if (outcome === undefined) {
      unit.forget();
      return;
    }
    unit.finish(outcome.text, outcome.note, this.style, this.view);
    unit.fit();
    this.watched.shown(unit);
  }

  private request(unit: Unit, isCurrent: () => boolean): Promise<ParagraphOutcome | undefined> {
    const show = (text: string) => {
      if (isCurrent()) this.mutations.quietly(() => unit.stream(text, this.style, this.view));
    };
    show('');
    const ask = async (source: string, onText: (text: string) => void) => {
      const generation = this.generation;
      const known = source === unit.source ? undefined : this.answers.get(source);
      const outcome =
        known ??
        (await this.options.translate(
          { source, marked: hasMarks(source) && unit.source !== unit.plain },
          onText,
        ));
      if (outcome !== undefined && generation === this.generation) this.answers.set(source, outcome);
      return outcome;
    };
    return askByLines(unit.source, ask, show, this.options.json === true);
  }

  /** Drops the current answer. The caller stops the request itself. */
  stop(): void {
    this.active = false;
    this.dropCurrent();
    this.options.changed();
  }

  resume(): void {
    this.active = true;
    this.failure = undefined;
    this.options.changed();
    this.next();
  }

  private dropCurrent(): void {
    const { current } = this;
    this.generation++;
    this.current = undefined;
    clearTimeout(this.timer);
    if (current !== undefined) this.mutations.quietly(() => current.forget());
  }

  setView(view: View): void {
    this.view = view;
    this.watched.forgive();
    this.mutations.quietly(() => this.showAll());
    this.options.changed();
  }

  private showAll(): void {
    const answered = this.units.filter((unit) => unit.answered && !this.watched.isLost(unit));
    for (const unit of answered) {
      unit.show(this.style, this.view);
      this.watched.shown(unit);
    }
    for (const unit of answered) unit.fit();
  }

  setScope(scope: Scope): void {
    this.scope = scope;
    // Searches the original page, since translations do not count as text.
    this.root = this.asOriginal(() => this.findRoot());
    this.rescan();
  }

  /** Starts again in another language. */
  setLanguage(style: TranslationStyle): void {
    this.style = style;
    this.dropCurrent();
    this.answers.clear();
    this.watched.forgive();
    this.mutations.quietly(() => {
      for (const unit of this.units) unit.forget();
    });
    this.resume();
  }

  /** Runs `work` while the page is restored, node for node. */
  asOriginal<T>(work: () => T): T {
    return this.mutations.quietly(() => {
      for (const unit of this.units.toReversed()) unit.hide();
      try {
        return work();
      } finally {
        this.showAll();
      }
    });
  }

  /** Restores the page and ends all work. */
  restore(): void {
    this.ended = true;
    this.dropCurrent();
    this.mutations.disconnect();
    this.viewport.disconnect();
    for (const unit of this.units.toReversed()) unit.hide();
  }

  private findRoot(): Element {
    const { layout } = this.options;
    const body = this.options.body();
    const insisted = this.options.insisted?.();
    return this.scope === 'page' ? body : mainPart(paragraphsOf(body, layout, insisted), body);
  }
}

function summed(left: readonly Left[]): Left[] {
  const counts = new Map<Left['reason'], number>();
  for (const { reason, count } of left) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= NAME_LENGTH ? line : `${line.slice(0, NAME_LENGTH - 1).trimEnd()}…`;
}
