/** What the translation of a page needs from outside, and what it says of itself. */
import type { Layout, Paragraph } from '../dom/paragraphs.ts';
import type { TranslationStyle, View } from './unit.ts';

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

/** Why a part of the page is not translated. */
type LeftReason = 'removed' | 'changing' | 'frames' | 'protected';

/** What is left out, so that nobody takes the page for translated as a whole. */
export interface Left {
  readonly reason: LeftReason;
  readonly count: number;
}

/** One request: a paragraph, a line of it, or a label. */
export interface TranslationAsk {
  /** The text, with marks if there are any. */
  readonly source: string;
  readonly marked: boolean;
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

export interface PageTranslationOptions {
  /** Called each time, since some sites replace the body instead of loading a page. */
  body(): Element;
  readonly layout: Layout;
  readonly scope: Scope;
  readonly view: View;
  readonly style: TranslationStyle;
  /** Resolves to undefined if it was stopped. `onText` receives the text so far. */
  translate(ask: TranslationAsk, onText: (text: string) => void): Promise<ParagraphOutcome | undefined>;
  /** Whether a paragraph is in the target language already. */
  skips(paragraph: Paragraph): boolean;
  /** Elements that are translated although the page asks not to. */
  insisted?(): ReadonlySet<Element>;
  /** The bodies of frames that are translated with `root`, which is `body` or a part of it. */
  framesOf?(root: Element, body: Element): readonly Element[];
  /** Parts of `root` that no paragraph is made of; `insisted` as above. */
  leftOut?(root: Element, insisted: ReadonlySet<Element>): readonly Left[];
  /** The document is JSON, of which only the values are words. */
  readonly json?: boolean;
  watchView(onMove: () => void): Viewport;
  watchChanges(onChange: () => void): PageMutations;
  /** Called when what this translation says of itself may have changed. */
  changed(): void;
  /** Called when the site has replaced its content, which may now be in another language. */
  moved(): void;
}
