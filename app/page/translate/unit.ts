/** What is translated by itself: a paragraph, or a label such as an attribute. */
import type { Paragraph } from '../dom/paragraphs.ts';

export type View = 'both' | 'translation';

/** The language and direction that a translation is marked with. */
export interface TranslationStyle {
  /** BCP 47 of the translation. */
  readonly language: string;
  readonly dir: 'ltr' | 'rtl';
}

export interface Unit {
  readonly kind: 'paragraph' | 'label';
  /** Names the unit within this page. */
  readonly id: number;
  /** Where it is seen; undefined if it is seen anywhere, as the title is. */
  readonly place: Paragraph | undefined;
  /** The text to translate, with marks if there are any. */
  readonly source: string;
  /** The same without marks. */
  readonly plain: string;
  /** What a person should know about the translation; empty for nothing. It is never written into the page. */
  readonly note: string;
  /** Whether there is a translation. */
  readonly answered: boolean;
  /** Whether the page shows it: it may have removed or overwritten it. */
  readonly shows: boolean;
  /** Whether the node that it is about is in the document. */
  readonly connected: boolean;
  /** The first node that it is about. */
  readonly node: Node;
  /** Whether `other` is about the same nodes and text. */
  isSame(other: Unit): boolean;
  /** Shows the text of an unfinished answer. */
  stream(text: string, style: TranslationStyle, view: View): void;
  finish(answer: string, note: string, style: TranslationStyle, view: View): void;
  show(style: TranslationStyle, view: View): void;
  /** Makes room where the page cuts the translation off. It is called when all are shown, since it measures. */
  fit(): void;
  /** Shows the original. The answer is kept and can be shown again. */
  hide(): void;
  /** Shows the original and drops the answer. */
  forget(): void;
  reveal(): void;
}

let last = 0;
export const nextId = (): number => ++last;
