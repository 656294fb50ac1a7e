/**
 * One paragraph of a page with its translation, shown below the original or in its place, and taken away without a
 * trace. The page's own nodes never leave the tree: in place of the original, its text nodes show the words of the
 * translation (in-place.ts), and the page's elements stay what is clicked. Where the translation has them in another
 * order, copies of them are shown that act as the originals do (forward-events.ts). The model's words become text, never
 * markup.
 */
import { withoutMarks } from '../../text/marks.ts';
import { decode } from '../dom/inline/inline-copies.ts';
import { type Encoded, encode } from '../dom/inline/inline-marks.ts';
import {
  attributeOf,
  lendStyle,
  maskAttribute,
  maskText,
  returnStyle,
  textOf,
  TRANSLATION_TAG,
  unmaskAttribute,
  unmaskText,
  wordsOf,
} from '../dom/masks.ts';
import type { Paragraph } from '../dom/paragraphs.ts';
import {
  childNodes,
  closest,
  ELEMENT,
  firstChild,
  getAttribute,
  insertBefore,
  isConnected,
  nameOf,
  nextSibling,
  nodeType,
  nodeValue,
  ownerDocument,
  parentNode,
  TEXT,
  viewOf,
} from '../dom/pristine.ts';
import { append, createElement, createTextNode, scrollIntoView } from '../dom/pristine-document.ts';
import { BELOW, BESIDE, type ClippingBox, clipsAround, important, makeRoom } from './fit.ts';
import { forwardEvents } from './forward-events.ts';
import { type InPlace, inPlace } from './in-place.ts';
import { type TextPart, textParts } from '../../text/translated/text-parts.ts';
import { nextId, type TranslationStyle, type Unit, type View } from './unit.ts';

export class TranslatedParagraph implements Unit {
  readonly kind = 'paragraph';
  readonly id = nextId();
  readonly original: Paragraph;
  readonly encoded: Encoded;
  readonly source: string;
  note = '';
  private answer: string | undefined;
  /** Elements of Linnet's that are in the page. */
  private elements: HTMLElement[] = [];
  /** What text nodes of the page show. */
  private readonly texts = new Map<Text, string>();
  private readonly undo: (() => void)[] = [];
  private clips: readonly ClippingBox[] | undefined;

  constructor(original: Paragraph) {
    this.original = original;
    this.encoded = encode(original.nodes, original.verbatim);
    this.source = this.encoded.marked ?? this.encoded.plain;
  }

  get place(): Paragraph {
    return this.original;
  }

  get node(): Node {
    return this.original.nodes[0];
  }

  get plain(): string {
    return this.encoded.plain;
  }

  get answered(): boolean {
    return this.answer !== undefined;
  }

  get connected(): boolean {
    return isConnected(this.original.nodes[0]);
  }

  get shows(): boolean {
    if (this.elements.length + this.texts.size === 0) return false;
    return (
      this.elements.every(isConnected) &&
      [...this.texts].every(([node, shown]) => isConnected(node) && nodeValue(node) === shown)
    );
  }

  isSame(other: Unit): boolean {
    if (!(other instanceof TranslatedParagraph) || this.source !== other.source) return false;
    const [a, b] = [this.original.nodes, other.original.nodes];
    return a.length === b.length && a.every((node, i) => node === b[i]);
  }

  /** Only below the original: it stays as it is until its translation is whole. */
  stream(text: string, style: TranslationStyle, view: View): void {
    if (!this.connected || view === 'translation' || this.isTight()) return;
    const [shown] = this.elements;
    const element = shown ?? this.insert(this.below(this.element(style)));
    element.textContent = withoutMarks(text).trim() || '…';
  }

  finish(answer: string, note: string, style: TranslationStyle, view: View): void {
    this.answer = answer;
    this.note = note;
    this.show(style, view);
  }

  show(style: TranslationStyle, view: View): void {
    this.hide();
    const { answer } = this;
    if (answer === undefined || !this.connected) return;
    this.clips ??= clipsAround(this.original.parent);
    if (view === 'both' && !this.isTight()) {
      const parts = this.partsWith(answer);
      if (parts.length > 1) this.showByParts(parts, style);
      else if (this.isItem()) this.showAsItem(answer, style);
      else this.showBelow(answer, style);
      return;
    }
    const plan = inPlace(this.encoded, this.original.nodes, answer);
    if (plan === undefined) this.showCopies(answer, style);
    else this.showInPlace(plan, style);
  }

  fit(): void {
    if (this.clips === undefined || this.elements.length + this.texts.size === 0) return;
    this.undo.push(makeRoom(this.clips, this.encoded.plain.length));
  }

  hide(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
    for (const element of this.elements.splice(0)) element.remove();
    for (const node of this.texts.keys()) unmaskText(node);
    this.texts.clear();
  }

  forget(): void {
    this.hide();
    this.answer = undefined;
    this.note = '';
  }

  reveal(): void {
    const [first] = this.original.nodes;
    const element = nodeType(first) === ELEMENT ? (first as unknown as Element) : this.original.parent;
    scrollIntoView(element, { block: 'center', inline: 'nearest', behavior: 'instant' });
  }

  private showInPlace({ texts, insertions, emptied }: InPlace, style: TranslationStyle): void {
    for (const { where, node, text } of insertions) {
      const element = this.element(style);
      important(element, { display: 'contents' });
      append(element, createTextNode(this.doc, text));
      const parent = where === 'in' ? node : parentNode(node)!;
      const next = where === 'in' ? firstChild(node) : where === 'before' ? node : nextSibling(node);
      insertBefore(parent, element, next);
      this.elements.push(element);
    }
    for (const [node, text] of texts) this.maskText(node, text);
    for (const element of [...emptied, ...this.encoded.readings]) this.hideElement(element);
    this.tag(style);
  }

  /** Copies of the page's elements, in the order of the translation. */
  private showCopies(answer: string, style: TranslationStyle): void {
    const element = this.copies(answer, style);
    important(element, { display: 'contents' });
    this.insert(element);
    for (const node of this.original.nodes) {
      if (nodeType(node) === TEXT) this.maskText(node as unknown as Text, '');
      else if (nodeType(node) === ELEMENT) this.hideElement(node as unknown as Element);
    }
    this.tag(style);
  }

  private showBelow(answer: string, style: TranslationStyle): void {
    const element = this.below(this.copies(answer, style));
    // In a line, the words of both languages are apart for those who hear or copy them too.
    if (element.style.getPropertyValue('display') === 'inline')
      insertBefore(element, createTextNode(this.doc, ' '), firstChild(element));
    this.insert(element);
  }

  /** The text of a flex or grid box is an item without an element: Linnet's takes its place and shows both. */
  private showAsItem(answer: string, style: TranslationStyle): void {
    const item = createElement(this.doc, TRANSLATION_TAG.toLowerCase());
    item.setAttribute('translate', 'no');
    append(item, createTextNode(this.doc, this.encoded.plain), this.below(this.copies(answer, style)));
    important(item, { display: 'block' });
    this.insert(item);
    for (const node of this.original.nodes)
      if (nodeType(node) === TEXT) this.maskText(node as unknown as Text, '');
  }

  /** A long text in lines shows each of its parts with its translation; else they would be far apart. */
  private showByParts(parts: readonly TextPart[], style: TranslationStyle): void {
    const whole = createElement(this.doc, TRANSLATION_TAG.toLowerCase());
    whole.setAttribute('translate', 'no');
    for (const [index, { original, translation }] of parts.entries()) {
      const below = this.below(this.element(style));
      append(below, createTextNode(this.doc, translation));
      append(whole, createTextNode(this.doc, index === 0 ? original : `\n${original}`), below);
    }
    important(whole, { display: 'block' });
    this.insert(whole);
    for (const node of this.original.nodes)
      if (nodeType(node) === TEXT) this.maskText(node as unknown as Text, '');
  }

  private partsWith(answer: string): TextPart[] {
    const { verbatim, tokens } = this.encoded;
    const isText = verbatim && tokens.every(({ kind }) => kind === 'text');
    return isText ? textParts(this.original.nodes.map(wordsOf).join(''), answer) : [];
  }

  private copies(answer: string, style: TranslationStyle): HTMLElement {
    const element = this.element(style);
    const originals = new Map<Element, Element>();
    const copied = (copy: Element, original: Element) => void originals.set(copy, original);
    append(element, ...decode(this.encoded, answer, { place: 'beside', doc: this.doc, copied }));
    forwardEvents(element, originals);
    return element;
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

  private below(element: HTMLElement): HTMLElement {
    const { display, whiteSpace } = this.look(this.original.parent);
    important(element, /^inline$|^ruby/.test(display ?? '') ? BESIDE : BELOW);
    if (whiteSpace === 'nowrap') important(element, { 'white-space': 'normal' });
    return element;
  }

  private insert(element: HTMLElement): HTMLElement {
    const last = this.original.nodes.at(-1)!;
    const parent = parentNode(last);
    if (parent !== null) insertBefore(parent, element, nextSibling(last));
    this.elements.push(element);
    return element;
  }

  private maskText(node: Text, shown: string): void {
    if (shown === textOf(node)) return void this.texts.set(node, shown);
    maskText(node, shown);
    this.texts.set(node, shown);
  }

  private hideElement(element: Element): void {
    lendStyle(element, 'display', 'none');
    this.undo.push(() => returnStyle(element, 'display'));
  }

  /** Names the language of what the page's own element says now, if it says nothing else. */
  private tag({ language, dir }: TranslationStyle): void {
    const { parent, nodes } = this.original;
    const own = new Set<Node>([...nodes, ...this.elements]);
    const isAlone = [...childNodes(parent)].every(
      (node) =>
        own.has(node) || (nodeType(node) === TEXT ? textOf(node).trim() === '' : nodeType(node) !== ELEMENT),
    );
    if (!isAlone || /^(?:BODY|HTML)$/.test(nameOf(parent))) return;
    this.maskAttribute(parent, 'lang', language);
    if ((this.look(parent).direction ?? 'ltr') !== dir) this.maskAttribute(parent, 'dir', dir);
  }

  private maskAttribute(element: Element, name: string, value: string): void {
    if (attributeOf(element, name) === value) return;
    maskAttribute(element, name, value);
    this.undo.push(() => unmaskAttribute(element, name));
  }

  /** Whether there is no room for two languages: a button. */
  private isTight(): boolean {
    return closest(this.original.parent, 'button') !== null;
  }

  /** Whether the paragraph is text alone in a box whose children are laid out as items. */
  private isItem(): boolean {
    const { display, flexDirection } = this.look(this.original.parent);
    return /grid/.test(display ?? '') || (/flex/.test(display ?? '') && !/column/.test(flexDirection ?? ''));
  }

  private look(element: Element): Partial<CSSStyleDeclaration> {
    return viewOf(this.doc)?.getComputedStyle?.(element) ?? {};
  }

  private get doc(): Document {
    return ownerDocument(this.original.parent)!;
  }
}

const slotOf = (node: Node): string | null =>
  nodeType(node) === ELEMENT ? getAttribute(node as Element, 'slot') : null;
