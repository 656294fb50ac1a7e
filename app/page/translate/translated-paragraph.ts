/**
 * One paragraph of a page with its translation, displayed below the original or instead of it while it is being
 * written, and removed again without a trace. The model's words become text nodes (inline-marks.ts), never markup.
 */
import { decode, type Encoded, encode } from '../dom/inline-marks.ts';
import { withoutMarks } from '../../text/marks.ts';
import { TRANSLATION_TAG, type Paragraph } from '../dom/paragraphs.ts';
import {
  getAttribute,
  insertBefore,
  isConnected,
  nextSibling,
  nodeType,
  ELEMENT,
  ownerDocument,
  parentNode,
  viewOf,
} from '../dom/pristine.ts';
import { append, createElement, scrollIntoView } from '../dom/pristine-document.ts';
import { replaceNodes } from '../dom/replace-nodes.ts';

export type View = 'both' | 'translation';

/** The language and direction that a translation is marked with. */
export interface TranslationStyle {
  /** BCP 47 of the translation. */
  readonly language: string;
  readonly dir: 'ltr' | 'rtl';
}

const BELOW_STYLES = {
  display: 'block',
  'margin-block': '0.35em 0',
  // In px, not em, so that translations of headings and paragraphs have the same indentation.
  'padding-inline-start': '12px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
  'text-align': 'start',
  'text-indent': '0',
};

let lastId = 0;

export class TranslatedParagraph {
  readonly original: Paragraph;
  readonly encoded: Encoded;
  /** The text to translate, with marks if there are any. */
  readonly source: string;
  /** Names the paragraph within this page. */
  readonly id: number = ++lastId;
  private answer: string | undefined;
  /**
   * What a person should know about the translation, for instance which terms of their glossary it missed; empty for
   * nothing. It is never written into the page, which reads everything there.
   */
  note = '';
  private shown: HTMLElement | undefined;
  private undo: (() => void) | undefined;

  constructor(original: Paragraph) {
    this.original = original;
    this.encoded = encode(original.nodes);
    this.source = this.encoded.marked ?? this.encoded.plain;
  }

  get done(): boolean {
    return this.answer !== undefined;
  }

  /** A node at its position in the page: the translation if the original is replaced, else the original. */
  get anchor(): Node {
    return this.isReplaced ? this.shown! : this.original.nodes[0];
  }

  get connected(): boolean {
    return isConnected(this.anchor);
  }

  get isReplaced(): boolean {
    return this.undo !== undefined;
  }

  /** Shows the text of an unfinished answer; only below the original, or for paragraphs that keep it. */
  stream(text: string, style: TranslationStyle, view: View): void {
    if ((view === 'translation' && !this.encoded.opaque) || !this.connected) return;
    this.shown ??= this.insertBelow(this.element(style));
    this.shown.textContent = withoutMarks(text).trim() || '…';
  }

  finish(answer: string, note: string, style: TranslationStyle, view: View): void {
    this.answer = answer;
    this.note = note;
    this.show(style, view);
  }

  show(style: TranslationStyle, view: View): void {
    this.hide();
    if (this.answer === undefined || !isConnected(this.original.nodes[0])) return;
    // A paragraph with content that cannot be copied keeps its original.
    const instead = view === 'translation' && !this.encoded.opaque;
    const element = this.element(style);
    append(element, ...decode(this.encoded, this.answer, instead ? 'instead' : 'beside', this.doc));
    if (instead) {
      element.style.setProperty('display', this.changesDirection(style) ? 'block' : 'contents', 'important');
      this.undo = replaceNodes(this.original.nodes, [element]);
      this.shown = element;
    } else this.shown = this.insertBelow(element);
  }

  /** Restores the original. The answer is kept and can be shown again. */
  hide(): void {
    this.undo?.();
    this.undo = undefined;
    this.shown?.remove();
    this.shown = undefined;
  }

  /** Restores the original and drops the answer. */
  forget(): void {
    this.hide();
    this.answer = undefined;
    this.note = '';
  }

  private element({ language, dir }: TranslationStyle): HTMLElement {
    const element = createElement(this.doc, TRANSLATION_TAG.toLowerCase());
    element.setAttribute('lang', language);
    element.setAttribute('dir', dir);
    // Uses the slot of the original, so that a web component displays both in the same place.
    const slot = this.original.nodes.map(slotOf).find(Boolean);
    if (slot !== undefined && slot !== null) element.setAttribute('slot', slot);
    // Keeps other translators from translating it.
    element.setAttribute('translate', 'no');
    return element;
  }

  private insertBelow(element: HTMLElement): HTMLElement {
    for (const [name, value] of Object.entries(BELOW_STYLES))
      element.style.setProperty(name, value, 'important');
    const last = this.original.nodes.at(-1)!;
    const parent = parentNode(last);
    if (parent !== null) insertBefore(parent, element, nextSibling(last));
    return element;
  }

  /** Scrolls to the paragraph. */
  reveal(): void {
    const { anchor } = this;
    const element = nodeType(anchor) === ELEMENT ? (anchor as Element) : this.original.parent;
    scrollIntoView(element, { block: 'center', inline: 'nearest', behavior: 'instant' });
  }

  private get doc(): Document {
    return ownerDocument(this.original.parent)!;
  }

  private changesDirection({ dir }: TranslationStyle): boolean {
    return (viewOf(this.doc)?.getComputedStyle?.(this.original.parent).direction ?? 'ltr') !== dir;
  }
}

const slotOf = (node: Node): string | null =>
  nodeType(node) === ELEMENT ? getAttribute(node as Element, 'slot') : null;
