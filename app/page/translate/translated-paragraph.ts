/**
 * One paragraph of a page with its translation: shown beneath the original or in its place, as it comes, and away
 * again without a trace. What the model wrote becomes text nodes (inline-marks.ts), never markup.
 */
import { decode, type Encoded, encode } from '../dom/inline-marks.ts';
import { withoutMarks } from '../../text/marks.ts';
import { OURS, type Paragraph } from '../dom/paragraphs.ts';
import { replaceNodes } from '../dom/replace-nodes.ts';

export type View = 'both' | 'translation';

/** How the translation is marked as what it is. */
export interface TranslationStyle {
  /** BCP 47 of the translation. */
  readonly language: string;
  readonly dir: 'ltr' | 'rtl';
}

const BOTH = {
  display: 'block',
  'margin-block': '0.35em 0',
  // Not in em: a heading's translation begins where those of its paragraphs do.
  'padding-inline-start': '12px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
  'text-align': 'start',
  'text-indent': '0',
};

export class TranslatedParagraph {
  readonly run: Paragraph;
  readonly encoded: Encoded;
  /** What is asked for. */
  readonly source: string;
  private answer: string | undefined;
  /** Said of the translation, for instance which terms it missed. */
  private note = '';
  private shown: HTMLElement | undefined;
  private back: (() => void) | undefined;

  constructor(run: Paragraph) {
    this.run = run;
    this.encoded = encode(run.nodes);
    this.source = this.encoded.marked ?? this.encoded.plain;
  }

  get done(): boolean {
    return this.answer !== undefined;
  }

  /** Where it stands in the page; a paragraph that is replaced is not in it itself. */
  get anchor(): Node {
    return this.replaced ? this.shown! : this.run.nodes[0];
  }

  get connected(): boolean {
    return this.anchor.isConnected;
  }

  get replaced(): boolean {
    return this.back !== undefined;
  }

  /** Text of an answer that is still being written; only beneath the original. */
  stream(text: string, dress: TranslationStyle, view: View): void {
    if ((view === 'translation' && !this.encoded.opaque) || !this.connected) return;
    this.shown ??= this.place(this.element(dress));
    this.shown.textContent = withoutMarks(text).trim() || '…';
  }

  finish(answer: string, note: string, dress: TranslationStyle, view: View): void {
    this.answer = answer;
    this.note = note;
    this.show(dress, view);
  }

  show(dress: TranslationStyle, view: View): void {
    this.hide();
    if (this.answer === undefined || !this.run.nodes[0].isConnected) return;
    // What cannot be copied stays: such a paragraph keeps its original.
    const instead = view === 'translation' && !this.encoded.opaque;
    const element = this.element(dress);
    const doc = element.ownerDocument;
    element.append(...decode(this.encoded, this.answer, instead ? 'instead' : 'beside', doc));
    if (this.note !== '') element.append(noteMark(doc, this.note));
    if (instead) {
      element.style.setProperty('display', this.turned(dress) ? 'block' : 'contents', 'important');
      this.back = replaceNodes(this.run.nodes, [element]);
      this.shown = element;
    } else this.shown = this.place(element);
  }

  /** The page as it was; the answer is kept. */
  hide(): void {
    this.back?.();
    this.back = undefined;
    this.shown?.remove();
    this.shown = undefined;
  }

  /** For another language: as if it had never been translated. */
  forget(): void {
    this.hide();
    this.answer = undefined;
    this.note = '';
  }

  private element({ language, dir }: TranslationStyle): HTMLElement {
    const element = this.run.parent.ownerDocument.createElement(OURS.toLowerCase());
    element.setAttribute('lang', language);
    element.setAttribute('dir', dir);
    // Beside its original it goes where that goes, in a component of the page.
    const slot = this.run.nodes.map((node) => (node as Partial<Element>).slot).find(Boolean);
    if (slot !== undefined) element.setAttribute('slot', slot);
    // For other translators on the same page.
    element.setAttribute('translate', 'no');
    return element;
  }

  private place(element: HTMLElement): HTMLElement {
    for (const [name, value] of Object.entries(BOTH)) element.style.setProperty(name, value, 'important');
    const last = this.run.nodes.at(-1)!;
    last.parentNode!.insertBefore(element, last.nextSibling);
    return element;
  }

  private turned({ dir }: TranslationStyle): boolean {
    const { defaultView } = this.run.parent.ownerDocument;
    return (defaultView?.getComputedStyle?.(this.run.parent).direction ?? 'ltr') !== dir;
  }
}

/** A sign that says the note when it is pressed: a finger sees no title. */
function noteMark(doc: Document, note: string): HTMLElement {
  const mark = doc.createElement('span');
  const said = doc.createElement('span');
  mark.textContent = ' ⚠';
  const attributes = {
    role: 'button',
    tabindex: '0',
    title: note,
    'aria-label': note,
    'aria-expanded': 'false',
  };
  for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
  mark.style.setProperty('cursor', 'pointer', 'important');
  const press = (event: Event) => {
    // It may lie within a link of the page.
    event.preventDefault();
    event.stopPropagation();
    const open = said.textContent === '';
    said.textContent = open ? ` ${note}` : '';
    mark.setAttribute('aria-expanded', `${open}`);
  };
  mark.addEventListener('click', press);
  mark.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') press(event);
  });
  const both = doc.createElement('span');
  both.append(mark, said);
  return both;
}
