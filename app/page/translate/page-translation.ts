/**
 * A whole page, or its main part, translated paragraph by paragraph as they come into view.
 *
 * It asks for one paragraph at a time, the first that can be seen, so that whatever else wants the model gets its
 * turn in between, and nothing is computed that nobody looks at. What the page adds later is found; what it changes
 * is translated anew. {@link PageTranslation.restore} gives the page back as it was, node for node.
 *
 * What it is not: the line to the engine (handed in), or the control on the page (app/ui/on-page/translation-bar/translation-bar.tsx).
 */
import { byDocumentOrder, containsAcross } from '../dom/flat-tree.ts';
import { mainPart } from '../read/main-part.ts';
import { type Layout, type Paragraph, paragraphsOf } from '../dom/paragraphs.ts';
import { type TranslationStyle, TranslatedParagraph, type View } from './translated-paragraph.ts';

export type Scope = 'article' | 'page';

/** Where a paragraph lies: to be seen, about to be, or elsewhere. */
export type ViewportDistance = 'seen' | 'near' | 'away';

/** What the page shows; in a browser, viewport.ts. */
export interface Viewport {
  observe(element: Element): void;
  unobserve(element: Element): void;
  distance(run: Paragraph): ViewportDistance;
  disconnect(): void;
}

/** What the page changes by itself; in a browser, mutations.ts. */
export interface PageMutations {
  /** Changes made by `work` do not count. */
  quietly<T>(work: () => T): T;
  /** Changes in the tree that a node lies in count too: a component of the page has its own. */
  alsoAround(node: Node): void;
  disconnect(): void;
}

export interface ParagraphOutcome {
  readonly text: string;
  /** To be said with the translation; empty for nothing. */
  readonly note: string;
}

export interface PageTranslationOptions {
  /** Asked for anew each time: some sites put another one in its place instead of loading a page. */
  body(): Element;
  readonly layout: Layout;
  readonly scope: Scope;
  readonly view: View;
  readonly dress: TranslationStyle;
  /** Resolves to undefined where it was stopped. */
  translate(unit: TranslatedParagraph, onText: (text: string) => void): Promise<ParagraphOutcome | undefined>;
  /** What is in the language already. */
  skips(run: Paragraph): boolean;
  watchView(onMove: () => void): Viewport;
  watchChanges(onChange: () => void): PageMutations;
  /** The state below has changed. */
  changed(): void;
  /** What was translated is gone, and something else is in its place, perhaps in another language. */
  moved(): void;
}

/** Texts whose translation is kept, for pages that draw the same paragraph again. */
const REMEMBERED = 2000;

export class PageTranslation {
  private readonly options: PageTranslationOptions;
  private readonly viewport: Viewport;
  private readonly changes: PageMutations;
  private readonly known = new Map<string, ParagraphOutcome>();
  private units: TranslatedParagraph[] = [];
  private root: Element;
  private scope: Scope;
  private view: View;
  private dress: TranslationStyle;
  private current: TranslatedParagraph | undefined;
  /** Answers to questions asked before it was raised are too late. */
  private round = 0;
  private going = true;
  private over = false;
  failure: unknown;

  constructor(options: PageTranslationOptions) {
    this.options = options;
    this.scope = options.scope;
    this.view = options.view;
    this.dress = options.dress;
    this.root = this.findRoot();
    this.viewport = options.watchView(() => this.next());
    this.changes = options.watchChanges(() => this.rescan());
    this.rescan();
  }

  get total(): number {
    return this.units.length;
  }

  get done(): number {
    return this.units.filter((unit) => unit.done).length;
  }

  get running(): boolean {
    return this.current !== undefined;
  }

  get stopped(): boolean {
    return !this.going;
  }

  /** Looks for paragraphs that are new or different. */
  rescan(): void {
    if (this.over) return;
    this.follow();
    const before = new Map<Node, TranslatedParagraph>(this.units.map((unit) => [unit.run.nodes[0], unit]));
    // Paragraphs that are replaced cannot be found in the page.
    const kept = new Set(this.units.filter((unit) => unit.replaced && this.holds(unit)));
    const found: TranslatedParagraph[] = [];
    for (const run of paragraphsOf(this.root, this.options.layout)) {
      if (this.options.skips(run)) continue;
      const fresh = new TranslatedParagraph(run);
      if (fresh.source === '') continue;
      const old = before.get(run.nodes[0]);
      const same = old !== undefined && old.source === fresh.source && sameNodes(old.run, run);
      if (same) kept.add(old);
      found.push(same ? old : fresh);
    }
    const gone = this.units.filter((unit) => !kept.has(unit));
    this.changes.quietly(() => {
      for (const unit of gone) unit.hide();
    });
    this.units = merged(this.units, kept, found);
    const parents = new Set(this.units.map(({ run }) => run.parent));
    for (const { run } of gone) if (!parents.has(run.parent)) this.viewport.unobserve(run.parent);
    for (const parent of parents) this.viewport.observe(parent);
    for (const { anchor } of this.units) this.changes.alsoAround(anchor);
    this.options.changed();
    this.next();
  }

  private holds({ anchor }: TranslatedParagraph): boolean {
    return anchor.isConnected && containsAcross(this.root, anchor);
  }

  /** To where the page now has its text. */
  private follow(): void {
    if (this.root.isConnected) return;
    this.root = this.asOriginal(() => this.findRoot());
    this.options.moved();
  }

  /** Begins with what is to be read next, unless something is under way. */
  private next(): void {
    if (!this.going || this.over || this.current !== undefined) return;
    const waiting = this.units.filter((unit) => !unit.done);
    const places = new Map(waiting.map((unit) => [unit, this.viewport.distance(unit.run)]));
    const unit =
      waiting.find((one) => places.get(one) === 'seen') ?? waiting.find((one) => places.get(one) === 'near');
    if (unit !== undefined) void this.translate(unit);
  }

  private async translate(unit: TranslatedParagraph): Promise<void> {
    const round = this.round;
    const current = () => round === this.round && this.units.includes(unit);
    this.current = unit;
    this.options.changed();
    try {
      const outcome = this.known.get(unit.source) ?? (await this.ask(unit, current));
      if (outcome !== undefined) this.remember(unit.source, outcome, round);
      if (current()) {
        this.changes.quietly(() => {
          if (outcome === undefined) unit.forget();
          else unit.finish(outcome.text, outcome.note, this.dress, this.view);
        });
      }
      // Somebody else has stopped it; asking again at once would go on for ever.
      if (outcome === undefined && round === this.round) this.going = false;
    } catch (error) {
      if (current()) this.changes.quietly(() => unit.forget());
      if (round === this.round) {
        this.going = false;
        this.failure = error;
      }
    }
    if (this.current === unit) this.current = undefined;
    if (this.over) return;
    this.options.changed();
    this.next();
  }

  private ask(unit: TranslatedParagraph, current: () => boolean): Promise<ParagraphOutcome | undefined> {
    const show = (text: string) => {
      if (current()) this.changes.quietly(() => unit.stream(text, this.dress, this.view));
    };
    show('');
    return this.options.translate(unit, show);
  }

  private remember(source: string, outcome: ParagraphOutcome, round: number): void {
    if (round !== this.round) return;
    this.known.set(source, outcome);
    const oldest = this.known.keys().next().value;
    if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest);
  }

  /** The caller stops the question under way; its answer is thrown away. */
  stop(): void {
    this.going = false;
    this.dropCurrent();
    this.options.changed();
  }

  resume(): void {
    this.going = true;
    this.failure = undefined;
    this.options.changed();
    this.next();
  }

  private dropCurrent(): void {
    const { current } = this;
    this.round++;
    this.current = undefined;
    if (current !== undefined) this.changes.quietly(() => current.forget());
  }

  setView(view: View): void {
    this.view = view;
    this.changes.quietly(() => {
      for (const unit of this.units) if (unit.done) unit.show(this.dress, view);
    });
    this.options.changed();
  }

  setScope(scope: Scope): void {
    this.scope = scope;
    // What stands in the place of paragraphs does not count as text.
    this.root = this.asOriginal(() => this.findRoot());
    this.rescan();
  }

  /** All of it anew, in another language. */
  setLanguage(dress: TranslationStyle): void {
    this.dress = dress;
    this.dropCurrent();
    this.known.clear();
    this.changes.quietly(() => {
      for (const unit of this.units) unit.forget();
    });
    this.resume();
  }

  /** `work` finds the page as it was, node for node. */
  asOriginal<T>(work: () => T): T {
    return this.changes.quietly(() => {
      for (const unit of this.units.toReversed()) unit.hide();
      try {
        return work();
      } finally {
        for (const unit of this.units) unit.show(this.dress, this.view);
      }
    });
  }

  /** The page as it was, and no further work. */
  restore(): void {
    this.over = true;
    this.dropCurrent();
    this.changes.disconnect();
    this.viewport.disconnect();
    for (const unit of this.units.toReversed()) unit.hide();
  }

  private findRoot(): Element {
    const { layout } = this.options;
    const body = this.options.body();
    return this.scope === 'page' ? body : mainPart(paragraphsOf(body, layout), body);
  }
}

const sameNodes = (a: Paragraph, b: Paragraph): boolean =>
  a.nodes.length === b.nodes.length && a.nodes.every((node, i) => node === b.nodes[i]);

/** In the order of the page: those that were found, and the replaced ones among them. */
function merged(
  before: readonly TranslatedParagraph[],
  kept: ReadonlySet<TranslatedParagraph>,
  found: readonly TranslatedParagraph[],
): TranslatedParagraph[] {
  const all = new Set([...found, ...before.filter((unit) => kept.has(unit))]);
  return [...all].sort((a, b) => byDocumentOrder(a.anchor, b.anchor));
}
