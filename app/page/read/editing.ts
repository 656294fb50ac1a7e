/**
 * What a person wrote: in fields and in editable text. It is changed by the browser's own editing command, so that
 * the site hears of it as of typing (`beforeinput`, `input`), and Ctrl+Z works; where that is refused, by setting the
 * value and telling the site.
 */
import { declaredLanguage, lastBox, type Selected, type Undo } from './selected.ts';

type TextField = HTMLTextAreaElement | HTMLInputElement;

/** The selected part of the field that has the focus. */
export function selectedInField(doc: Document): Selected | undefined {
  const field = focused(doc);
  if (field === undefined || !isTextField(field)) return undefined;
  return inField(field, field.selectionStart ?? 0, field.selectionEnd ?? 0);
}

/** `shown`: the text of the range as the browser gives it. Undefined where the range is not in editable text. */
export function selectedInEditable(range: Range, shown: string): Selected | undefined {
  const host = editableHost(range.commonAncestorContainer);
  return host === undefined ? undefined : inEditable(host, range, shown);
}

/** All of what was written where the focus is. */
export function writtenText(doc: Document): Selected | undefined {
  const field = focused(doc);
  if (field === undefined) return undefined;
  if (isTextField(field)) return inField(field, 0, field.value.length);
  const host = editableHost(field);
  if (host === undefined) return undefined;
  const range = doc.createRange();
  range.selectNodeContents(host);
  return inEditable(host, range, host.innerText ?? host.textContent ?? '');
}

function focused(doc: Document): Element | undefined {
  let element = doc.activeElement;
  // Fields within components of the page.
  while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement;
  return element ?? undefined;
}

function isTextField(element: Element): element is TextField {
  if (element.nodeName === 'TEXTAREA') return true;
  // What is typed into other kinds is secret, or no language.
  return element.nodeName === 'INPUT' && ['text', 'search'].includes((element as HTMLInputElement).type);
}

/** The outermost element that is edited as one. */
function editableHost(node: Node): HTMLElement | undefined {
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const host = element?.closest<HTMLElement>(
    '[contenteditable]:not([contenteditable="false"]), [contenteditable="false"]',
  );
  if (host === null || host === undefined || host.getAttribute('contenteditable') === 'false')
    return undefined;
  const outer = host.parentElement === null ? undefined : editableHost(host.parentElement);
  return outer ?? host;
}

function inField(field: TextField, from: number, to: number): Selected | undefined {
  const whole = field.value.slice(from, to);
  const text = whole.trim();
  if (text === '') return undefined;
  const start = from + whole.indexOf(text);
  const replace = (by: string) => {
    const fresh = field.nodeName === 'INPUT' ? by.replace(/\s+/g, ' ') : by;
    type(field, start, start + text.length, fresh);
    return () => {
      // Only what was put in goes; what was written since stays.
      const there = field.value.slice(start, start + fresh.length) === fresh;
      if (there) type(field, start, start + fresh.length, text);
      return there;
    };
  };
  return {
    kind: 'written',
    text,
    lang: field.getAttribute('lang') || undefined,
    box: () => field.getBoundingClientRect(),
    replace: field.readOnly || field.disabled ? undefined : replace,
  };
}

function type(field: TextField, start: number, end: number, text: string): void {
  const wanted = field.value.slice(0, start) + text + field.value.slice(end);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  insertText(field.ownerDocument, text);
  if (field.value !== wanted) {
    // Refused, or cut by the field's maximum length: the site decides what is too long, not a silent cut.
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
    box: () => lastBox(range),
    replace(by) {
      const place = rangeSaying(meant, range, host);
      return place && replaceEditable(host, place, text, by);
    },
  };
}

/**
 * Texts are compared, not markup: editors draw what they hold anew, some of them a frame after they have heard of it.
 * They also keep nodes of their own in the place of those that were there.
 */
function replaceEditable(host: HTMLElement, range: Range, text: string, by: string): Undo {
  const doc = host.ownerDocument;
  const before = saidIn(host);
  const start = [range.startContainer, range.startOffset] as const;
  host.focus({ preventScroll: true });
  select(range);
  insertText(doc, by);
  const inserted = insertedIn(host, start);
  const drawn = nextFrame().then(() => saidIn(host));
  return async () => {
    const after = await drawn;
    if (saidIn(host) !== after) return false;
    host.focus({ preventScroll: true });
    doc.execCommand('undo');
    await nextFrame();
    if (saidIn(host) === before) return true;
    // Editors with a memory of their own do not take part in the browser's; for them it is one more edit.
    const place = rangeSaying(letters(by), inserted, host);
    if (saidIn(host) !== after || place === undefined) return false;
    select(place);
    insertText(doc, text);
    await nextFrame();
    return saidIn(host) === before;
  };
}

/** What it says, however that is laid out. */
const saidIn = (host: HTMLElement): string => letters(host.textContent ?? '');

const letters = (text: string): string => text.replace(/[\s\u200b\ufeff]+/g, '');

/** Long enough for an editor to draw itself; a page that is not seen draws nothing, and must not wait for ever. */
const FRAME_MS = 100;

const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    setTimeout(resolve, FRAME_MS);
  });

/** From where something was put in to where the caret is now. */
function insertedIn(host: HTMLElement, start: readonly [Node, number]): Range {
  const inserted = host.ownerDocument.createRange();
  const end = host.ownerDocument.getSelection();
  if (host.contains(start[0])) inserted.setStart(...clamped(...start));
  else inserted.selectNodeContents(host);
  if (end?.focusNode != null && host.contains(end.focusNode)) inserted.setEnd(end.focusNode, end.focusOffset);
  return inserted;
}

/** The range, where it still says `said` (as {@link letters}); else the one place in `host` that does. */
function rangeSaying(said: string, range: Range, host: HTMLElement): Range | undefined {
  if (letters(range.toString()) === said) return range;
  const at = saidIn(host).indexOf(said);
  if (said === '' || at < 0 || saidIn(host).includes(said, at + 1)) return undefined;
  const found = host.ownerDocument.createRange();
  const last = at + said.length - 1;
  let passed = 0;
  const texts = host.ownerDocument.createTreeWalker(host, NodeFilter.SHOW_TEXT);
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
  const length = node.nodeType === 3 ? (node.nodeValue ?? '').length : node.childNodes.length;
  return [node, Math.min(offset, length)];
}

function select(range: Range): void {
  const selection = range.startContainer.ownerDocument?.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** Outdated by the book, and the one command that every editor understands as typing. */
function insertText(doc: Document, text: string): void {
  doc.execCommand?.(text === '' ? 'delete' : 'insertText', false, text);
}
