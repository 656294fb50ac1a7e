/**
 * A short text of the page without room for a second language: an attribute that is read or shown, an option, the text of
 * a drawing, the page's title. It shows the translation in both views.
 */
import { maskAttribute, maskText, attributeOf, textOf, unmaskAttribute, unmaskText } from '../dom/masks.ts';
import { closest, getAttribute, isConnected, nameOf, nodeValue, parentElement } from '../dom/pristine.ts';
import { scrollIntoView } from '../dom/pristine-document.ts';
import { nextId, type Unit } from './unit.ts';
import type { Label } from './labels.ts';

export class TranslatedLabel implements Unit {
  readonly kind = 'label';
  readonly id = nextId();
  readonly place: Unit['place'];
  readonly source: string;
  note = '';
  private readonly label: Label;
  private answer: string | undefined;
  private shown: string | undefined;
  private readonly undo: (() => void)[] = [];

  constructor(label: Label) {
    this.label = label;
    this.source = label.text;
    const { seen } = label;
    this.place =
      seen === undefined
        ? undefined
        : { parent: seen, nodes: [seen as unknown as ChildNode], verbatim: false };
  }

  get node(): Node {
    return this.label.node ?? this.label.element;
  }

  get plain(): string {
    return this.source;
  }

  get answered(): boolean {
    return this.answer !== undefined;
  }

  get shows(): boolean {
    const { node, attribute, element } = this.label;
    const now = node === undefined ? getAttribute(element, attribute) : nodeValue(node);
    return this.shown !== undefined && now === this.shown;
  }

  get connected(): boolean {
    return isConnected(this.label.node ?? this.label.element);
  }

  isSame(other: Unit): boolean {
    if (!(other instanceof TranslatedLabel)) return false;
    const [a, b] = [this.label, other.label];
    return a.element === b.element && a.node === b.node && a.attribute === b.attribute && a.text === b.text;
  }

  stream(): void {}

  finish(answer: string, note: string): void {
    this.answer = answer;
    this.note = note;
    this.show();
  }

  show(): void {
    this.hide();
    if (this.answer === undefined || !this.connected) return;
    const { node, attribute, element } = this.label;
    const text = this.answer.replace(/\s+/g, ' ').trim();
    if (node !== undefined) this.showText(node, text);
    else {
      this.keepSent(element, attribute, text);
      this.shown = text;
      maskAttribute(element, attribute, text);
      this.undo.push(() => unmaskAttribute(element, attribute));
    }
  }

  private showText(node: Text, text: string): void {
    const original = textOf(node);
    const around = parentElement(node);
    // An option without a value sends its text.
    if (around !== null && nameOf(around) === 'OPTION' && attributeOf(around, 'value') === null) {
      maskAttribute(around, 'value', original.replace(/\s+/g, ' ').trim());
      this.undo.push(() => unmaskAttribute(around, 'value'));
    }
    this.shown = /^\s*/.exec(original)![0] + text + /\s*$/.exec(original)![0];
    maskText(node, this.shown);
    this.undo.push(() => unmaskText(node));
  }

  /** What a button says is also what its form sends. */
  private keepSent(element: Element, attribute: string, text: string): void {
    const form = closest(element, 'form');
    const name = getAttribute(element, 'name');
    if (attribute !== 'value' || form === null || name === null) return;
    const original = this.source;
    const keep = (event: Event) => {
      const { formData } = event as FormDataEvent;
      if (formData.get(name) === text) formData.set(name, original);
    };
    form.addEventListener('formdata', keep);
    this.undo.push(() => form.removeEventListener('formdata', keep));
  }

  fit(): void {}

  hide(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
    this.shown = undefined;
  }

  forget(): void {
    this.hide();
    this.answer = undefined;
    this.note = '';
  }

  reveal(): void {
    const { seen } = this.label;
    if (seen !== undefined) scrollIntoView(seen, { block: 'center', inline: 'nearest', behavior: 'instant' });
  }
}
