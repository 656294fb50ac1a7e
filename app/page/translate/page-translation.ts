/**
 * Translates a page, or its main part, paragraph by paragraph as they come into view.
 *
 * Requests one paragraph at a time, the first visible one, so that other jobs can use the model in between and nothing
 * out of sight is computed. Finds paragraphs that the page adds later, and translates changed ones again.
 * {@link PageTranslation.restore} restores the page node for node.
 *
 * The connection to the engine is passed in. The control on the page is in app/ui/on-page/translation-bar/.
 */
import { byDocumentOrder, containsAcross } from '../dom/flat-tree.ts';
import { isConnected } from '../dom/pristine.ts';
import { mainPart } from '../read/main-part.ts';
import { type Layout, type Paragraph, paragraphsOf } from '../dom/paragraphs.ts';
import { type TranslationStyle, TranslatedParagraph, type View } from './translated-paragraph.ts';

export type Scope = 'article' | 'page';

/** Whether a paragraph is visible, close to the visible part, or further away. */
export type ViewportDistance = 'seen' | 'near' | 'away';

/** Which paragraphs are visible; implemented by viewport.ts. */
export interface Viewport {
  observe(element: Element): void;
  unobserve(element: Element): void;
  distance(paragraph: Paragraph): ViewportDistance;
  disconnect(): void;
}

/** Changes that the page's scripts make; implemented by mutations.ts. */
export interface PageMutations {
  /** Runs `work`; its changes are not reported. */
  quietly<T>(work: () => T): T;
  /** Also watches the tree that contains `node`: a web component has its own. */
  alsoAround(node: Node): void;
  disconnect(): void;
}

export interface ParagraphOutcome {
  readonly text: string;
  /** What a person should know about it; empty for nothing. Not for the page: it may have words of their glossary. */
  readonly note: string;
}

/** The note on one paragraph of the page. */
export interface PageNote {
  readonly id: number;
  /** The beginning of the original. */
  readonly text: string;
  readonly note: string;
}

/** Characters of a paragraph that name it in a list. */
const NAME_LENGTH = 60;

export interface PageTranslationOptions {
  /** Called each time, since some sites replace the body instead of loading a page. */
  body(): Element;
  readonly layout: Layout;
  readonly scope: Scope;
  readonly view: View;
  readonly style: TranslationStyle;
  /** Resolves to undefined if it was stopped. `onText` receives the text so far. */
  translate(
    paragraph: TranslatedParagraph,
    onText: (text: string) => void,
  ): Promise<ParagraphOutcome | undefined>;
  /** Whether a paragraph is in the target language already. */
  skips(paragraph: Paragraph): boolean;
  watchView(onMove: () => void): Viewport;
  watchChanges(onChange: () => void): PageMutations;
  /** Called when `done`, `total`, `running`, `stopped` or `failure` may have changed. */
  changed(): void;
  /** Called when the site has replaced its content, which may now be in another language. */
  moved(): void;
}

/** Number of translations that are cached, for pages that render the same paragraph again. */
const CACHE_SIZE = 2000;

export class PageTranslation {
  private readonly options: PageTranslationOptions;
  private readonly viewport: Viewport;
  private readonly mutations: PageMutations;
  private readonly answers = new Map<string, ParagraphOutcome>();
  private paragraphs: TranslatedParagraph[] = [];
  private root: Element;
  private scope: Scope;
  private view: View;
  private style: TranslationStyle;
  private current: TranslatedParagraph | undefined;
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

  get total(): number {
    return this.paragraphs.length;
  }

  get done(): number {
    return this.paragraphs.filter((paragraph) => paragraph.done).length;
  }

  /** The notes on translated paragraphs, in the order of the page. */
  get notes(): readonly PageNote[] {
    return this.paragraphs
      .filter(({ note }) => note !== '')
      .map(({ id, note, encoded }) => ({ id, note, text: shortened(encoded.plain) }));
  }

  /** Scrolls to the paragraph of a note. */
  reveal(id: number): void {
    this.paragraphs.find((paragraph) => paragraph.id === id)?.reveal();
  }

  get running(): boolean {
    return this.current !== undefined;
  }

  get stopped(): boolean {
    return !this.active;
  }

  /** Finds new and changed paragraphs. */
  rescan(): void {
    if (this.ended) return;
    this.updateRoot();
    const before = new Map<Node, TranslatedParagraph>(
      this.paragraphs.map((paragraph) => [paragraph.original.nodes[0], paragraph]),
    );
    // Replaced paragraphs are not in the page, so the search below does not find them.
    const kept = new Set(
      this.paragraphs.filter((paragraph) => paragraph.isReplaced && this.contains(paragraph)),
    );
    const found: TranslatedParagraph[] = [];
    for (const original of paragraphsOf(this.root, this.options.layout)) {
      if (this.options.skips(original)) continue;
      const fresh = new TranslatedParagraph(original);
      if (fresh.source === '') continue;
      const old = before.get(original.nodes[0]);
      const same = old !== undefined && old.source === fresh.source && sameNodes(old.original, original);
      if (same) kept.add(old);
      found.push(same ? old : fresh);
    }
    const gone = this.paragraphs.filter((paragraph) => !kept.has(paragraph));
    this.mutations.quietly(() => {
      for (const paragraph of gone) paragraph.hide();
    });
    this.paragraphs = merged(this.paragraphs, kept, found);
    const parents = new Set(this.paragraphs.map(({ original }) => original.parent));
    for (const { original } of gone)
      if (!parents.has(original.parent)) this.viewport.unobserve(original.parent);
    for (const parent of parents) this.viewport.observe(parent);
    for (const { anchor } of this.paragraphs) this.mutations.alsoAround(anchor);
    this.options.changed();
    this.next();
  }

  private contains({ anchor }: TranslatedParagraph): boolean {
    return isConnected(anchor) && containsAcross(this.root, anchor);
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
    const waiting = this.paragraphs.filter((paragraph) => !paragraph.done);
    const distances = new Map(
      waiting.map((paragraph) => [paragraph, this.viewport.distance(paragraph.original)]),
    );
    const paragraph =
      waiting.find((one) => distances.get(one) === 'seen') ??
      waiting.find((one) => distances.get(one) === 'near');
    if (paragraph !== undefined) void this.translate(paragraph);
  }

  private async translate(paragraph: TranslatedParagraph): Promise<void> {
    const generation = this.generation;
    const isCurrent = () => generation === this.generation && this.paragraphs.includes(paragraph);
    this.current = paragraph;
    this.options.changed();
    try {
      const outcome = this.answers.get(paragraph.source) ?? (await this.request(paragraph, isCurrent));
      if (outcome !== undefined) this.remember(paragraph.source, outcome, generation);
      if (isCurrent()) {
        this.mutations.quietly(() => {
          if (outcome === undefined) paragraph.forget();
          else paragraph.finish(outcome.text, outcome.note, this.style, this.view);
        });
      }
      // Stopped from elsewhere. Requesting again at once would never end.
      if (outcome === undefined && generation === this.generation) this.active = false;
    } catch (error) {
      if (isCurrent()) this.mutations.quietly(() => paragraph.forget());
      if (generation === this.generation) {
        this.active = false;
        this.failure = error;
      }
    }
    if (this.current === paragraph) this.current = undefined;
    if (this.ended) return;
    this.options.changed();
    this.next();
  }

  private request(
    paragraph: TranslatedParagraph,
    isCurrent: () => boolean,
  ): Promise<ParagraphOutcome | undefined> {
    const show = (text: string) => {
      if (isCurrent()) this.mutations.quietly(() => paragraph.stream(text, this.style, this.view));
    };
    show('');
    return this.options.translate(paragraph, show);
  }

  private remember(source: string, outcome: ParagraphOutcome, generation: number): void {
    if (generation !== this.generation) return;
    this.answers.set(source, outcome);
    const oldest = this.answers.keys().next().value;
    if (this.answers.size > CACHE_SIZE && oldest !== undefined) this.answers.delete(oldest);
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
    if (current !== undefined) this.mutations.quietly(() => current.forget());
  }

  setView(view: View): void {
    this.view = view;
    this.mutations.quietly(() => {
      for (const paragraph of this.paragraphs) if (paragraph.done) paragraph.show(this.style, view);
    });
    this.options.changed();
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
    this.mutations.quietly(() => {
      for (const paragraph of this.paragraphs) paragraph.forget();
    });
    this.resume();
  }

  /** Runs `work` while the page is restored, node for node. */
  asOriginal<T>(work: () => T): T {
    return this.mutations.quietly(() => {
      for (const paragraph of this.paragraphs.toReversed()) paragraph.hide();
      try {
        return work();
      } finally {
        for (const paragraph of this.paragraphs) paragraph.show(this.style, this.view);
      }
    });
  }

  /** Restores the page and ends all work. */
  restore(): void {
    this.ended = true;
    this.dropCurrent();
    this.mutations.disconnect();
    this.viewport.disconnect();
    for (const paragraph of this.paragraphs.toReversed()) paragraph.hide();
  }

  private findRoot(): Element {
    const { layout } = this.options;
    const body = this.options.body();
    return this.scope === 'page' ? body : mainPart(paragraphsOf(body, layout), body);
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= NAME_LENGTH ? line : `${line.slice(0, NAME_LENGTH - 1).trimEnd()}…`;
}

const sameNodes = (a: Paragraph, b: Paragraph): boolean =>
  a.nodes.length === b.nodes.length && a.nodes.every((node, i) => node === b.nodes[i]);

/** All paragraphs in document order: the found ones, which are in this order, and the kept ones, which may be replaced. */
function merged(
  before: readonly TranslatedParagraph[],
  kept: ReadonlySet<TranslatedParagraph>,
  found: readonly TranslatedParagraph[],
): TranslatedParagraph[] {
  const all = new Set(found);
  const replaced = before.filter((paragraph) => kept.has(paragraph) && !all.has(paragraph));
  // A browser compares two places among many siblings by passing all of these.
  if (replaced.length === 0) return [...all];
  return [...all, ...replaced].sort((a, b) => byDocumentOrder(a.anchor, b.anchor));
}
