/**
 * Reads and replaces text that a person wrote, in form fields and in editable elements. Text is replaced by the
 * browser's own editing command, so that the site receives the events of typing (`beforeinput`, `input`) and Ctrl+Z
 * works. If the command is refused, the value is set and an `input` event dispatched.
 */
import {
  childNodes,
  closest,
  containsNode,
  createRange,
  ELEMENT,
  getAttribute,
  nameOf,
  nodeType,
  nodeValue,
  ownerDocument,
  parentElement,
  TEXT,
  textContent,
} from '../dom/pristine.ts';
import {
  createTreeWalker,
  execCommand,
  focusedElement,
  focusElement,
  innerText,
  selectionOf,
} from '../dom/pristine-document.ts';
import { declaredLanguage, lastBox, type Selected, startOf, type Undo } from './selected.ts';

type TextField = HTMLTextAreaElement | HTMLInputElement;

/** The selected part of the focused form field. */
export function selectedInField(doc: Document): Selected | undefined {
  const field = focusedElement(doc);
  if (field === null || !isTextField(field)) return undefined;
  return inField(field, field.selectionStart ?? 0, field.selectionEnd ?? 0);
}

/**
 * `shown` is the text of the range as the browser reports it. Returns undefined if the range is not in editable text.
 */
export function selectedInEditable(range: Range, shown: string): Selected | undefined {
  const host = editableHost(range.commonAncestorContainer);
  return host === undefined ? undefined : inEditable(host, range, shown);
}

/** The whole text of the focused field or editable element. */
export function writtenText(doc: Document): Selected | undefined {
  const field = focusedElement(doc);
  if (field === null) return undefined;
  if (isTextField(field)) return inField(field, 0, field.value.length);
  const host = editableHost(field);
  if (host === undefined) return undefined;
  const range = createRange(doc);
  range.selectNodeContents(host);
  return inEditable(host, range, innerText(host) ?? textContent(host) ?? '');
}

function isTextField(element: Element): element is TextField {
  if (nameOf(element) === 'TEXTAREA') return true;
  // Other kinds of input contain secrets, or no text in a language.
  return nameOf(element) === 'INPUT' && ['text', 'search'].includes((element as HTMLInputElement).type);
}

/** The outermost editable element around a node. */
function editableHost(node: Node): HTMLElement | undefined {
  let at = nodeType(node) === ELEMENT ? (node as Element) : parentElement(node);
  let outermost: Element | undefined;
  while (at !== null) {
    const host: Element | null = closest(at, '[contenteditable]');
    if (host === null || getAttribute(host, 'contenteditable') === 'false') break;
    outermost = host;
    at = parentElement(host);
  }
  return outermost as HTMLElement | undefined;
}

function inField(field: TextField, from: number, to: number): Selected | undefined {
  const whole = field.value.slice(from, to);
  const text = whole.trim();
  if (text === '') return undefined;
  const start = from + whole.indexOf(text);
  const replace = (replacement: string) => {
    const inserted = field.nodeName === 'INPUT' ? replacement.replace(/\s+/g, ' ') : replacement;
    type(field, start, start + text.length, inserted);
    return () => {
      // Replaces only the inserted text; text written since stays.
      const intact = field.value.slice(start, start + inserted.length) === inserted;
      if (intact) type(field, start, start + inserted.length, text);
      return intact;
    };
  };
  return {
    kind: 'written',
    text,
    lang: field.getAttribute('lang') || undefined,
    start: { node: field, offset: start },
    box: () => field.getBoundingClientRect(),
    replace: field.readOnly || field.disabled ? undefined : replace,
  };
}

function type(field: TextField, start: number, end: number, text: string): void {
  const wanted = field.value.slice(0, start) + text + field.value.slice(end);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  insertText(docOf(field), text);
  if (field.value !== wanted) {
    // The command was refused, or cut at `maxlength`. Sets the full value: the site then decides what is too long.
    field.value = wanted;
    field.dispatchEvent(
      new InputEvent('input', { bubbles: true, inputType: 'insertReplacementText', data: text }),
    );
  }
  field.setSelectionRange(start, start + text.length);
}

function inEditable(host: HTMLElement, range: Range, shown: string): Selected | undefined {
  const text = shown.replace(/\n{3,}/g, '\n\n').trim();
  if (text === '') return undefined;
  const meant = letters(range.toString());
  return {
    kind: 'written',
    text,
    lang: declaredLanguage(host),
    start: startOf(range),
    box: () => lastBox(range),
    replace(replacement) {
      const place = rangeWith(meant, range, host);
      return place && replaceEditable(host, place, text, replacement);
    },
  };
}

/**
 * Compares texts, not markup: editors redraw their content, some of them a frame after the event, and may replace the
 * nodes that were there.
 */
function replaceEditable(host: HTMLElement, range: Range, text: string, replacement: string): Undo {
  const doc = docOf(host);
  const before = lettersIn(host);
  const start = [range.startContainer, range.startOffset] as const;
  focusElement(host, { preventScroll: true });
  select(range);
  insertText(doc, replacement);
  const inserted = insertedIn(host, start);
  const redrawn = nextFrame().then(() => lettersIn(host));
  return async () => {
    const after = await redrawn;
    if (lettersIn(host) !== after) return false;
    focusElement(host, { preventScroll: true });
    execCommand(doc, 'undo');
    await nextFrame();
    if (lettersIn(host) === before) return true;
    // Editors with their own undo history ignore the browser's `undo`; for them this is one more edit.
    const place = rangeWith(letters(replacement), inserted, host);
    if (lettersIn(host) !== after || place === undefined) return false;
    select(place);
    insertText(doc, text);
    await nextFrame();
    return lettersIn(host) === before;
  };
}

/** The text of an element without white space, independent of its markup. */
const lettersIn = (host: HTMLElement): string => letters(textContent(host) ?? '');

const letters = (text: string): string => text.replace(/[\s\u200b\ufeff]+/g, '');

/** Upper limit (ms) of the wait for a frame: a hidden page draws none. Long enough for an editor to redraw. */
const FRAME_MS = 100;

const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    setTimeout(resolve, FRAME_MS);
  });

/** The range from the start of an insertion to the current caret. */
function insertedIn(host: HTMLElement, start: readonly [Node, number]): Range {
  const inserted = createRange(docOf(host));
  const end = selectionOf(docOf(host));
  if (containsNode(host, start[0])) inserted.setStart(...clamped(...start));
  else inserted.selectNodeContents(host);
  if (end?.focusNode != null && containsNode(host, end.focusNode))
    inserted.setEnd(end.focusNode, end.focusOffset);
  return inserted;
}

/**
 * `range` if its text is still `wanted` (compared by {@link letters}), else the only range in `host` with that text.
 */
function rangeWith(wanted: string, range: Range, host: HTMLElement): Range | undefined {
  if (letters(range.toString()) === wanted) return range;
  const at = lettersIn(host).indexOf(wanted);
  if (wanted === '' || at < 0 || lettersIn(host).includes(wanted, at + 1)) return undefined;
  const found = createRange(docOf(host));
  const last = at + wanted.length - 1;
  let passed = 0;
  const texts = createTreeWalker(docOf(host), host, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode() as Text | null; node !== null; node = texts.nextNode() as Text | null) {
    for (let i = 0; i < node.data.length; i++) {
      if (letters(node.data[i]!) === '') continue;
      if (passed === at) found.setStart(node, i);
      if (passed++ === last) found.setEnd(node, i + 1);
    }
  }
  return found;
}

function clamped(node: Node, offset: number): [Node, number] {
  const length = nodeType(node) === TEXT ? (nodeValue(node) ?? '').length : childNodes(node).length;
  return [node, Math.min(offset, length)];
}

function select(range: Range): void {
  const selection = selectionOf(docOf(range.startContainer));
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** `execCommand` is deprecated, but the only command that every editor treats as typing. */
function insertText(doc: Document, text: string): void {
  execCommand(doc, text === '' ? 'delete' : 'insertText', false, text);
}

const docOf = (node: Node): Document => ownerDocument(node)!;
