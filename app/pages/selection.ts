/** What is selected on a page, where it is, and how to put something else in its place and take it back. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Selected {
  readonly text: string;
  /** In the viewport's CSS pixels, as it lies now. */
  box(): Box;
  /** Undefined where the page does not let it be changed. Gives the way back. */
  readonly replace: ((text: string) => () => void) | undefined;
}

type TextField = HTMLTextAreaElement | HTMLInputElement;

/** Undefined when nothing is selected. */
export function currentSelection(doc: Document): Selected | undefined {
  const field = doc.activeElement;
  if (field !== null && isTextField(field)) return inField(field);
  const selection = doc.getSelection();
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return undefined;
  const text = selection.toString().trim();
  if (text === '') return undefined;
  const range = selection.getRangeAt(0).cloneRange();
  return { text, box: () => lastBox(range), replace: (by) => replaceRange(range, by) };
}

function isTextField(element: Element): element is TextField {
  if (element.nodeName === 'TEXTAREA') return true;
  // What is typed into other kinds is secret, or no language.
  return element.nodeName === 'INPUT' && ['text', 'search'].includes((element as HTMLInputElement).type);
}

function inField(field: TextField): Selected | undefined {
  const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
  const text = field.value.slice(start, end).trim();
  if (text === '') return undefined;
  const replace = (by: string) => {
    const before = field.value;
    set(field, before.slice(0, start) + by + before.slice(end));
    field.setSelectionRange(start, start + by.length);
    return () => set(field, before);
  };
  const editable = !field.readOnly && !field.disabled;
  return { text, box: () => field.getBoundingClientRect(), replace: editable ? replace : undefined };
}

/** Pages that keep a field's value in a model hear of the change. */
function set(field: TextField, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** The last line of what is selected: that is where the hand was. */
function lastBox(range: Range): Box {
  const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
  return lines.at(-1) ?? range.getBoundingClientRect();
}

/**
 * Puts text in the place of a range by showing a changed copy of the nodes around it, so that the way back is exact:
 * the page's own nodes return, with whatever listens on them.
 */
export function replaceRange(range: Range, by: string): () => void {
  const { commonAncestorContainer: common, startContainer, startOffset, endContainer, endOffset } = range;
  if (common.nodeType === 3) {
    const node = common as Text;
    const before = node.data;
    node.data = before.slice(0, startOffset) + by + before.slice(endOffset);
    return () => {
      node.data = before;
    };
  }
  const parent = common as Element;
  const originals = [...parent.childNodes];
  const copy = parent.cloneNode(true) as Element;
  const inCopy = parent.ownerDocument.createRange();
  inCopy.setStart(at(copy, pathTo(parent, startContainer)), startOffset);
  inCopy.setEnd(at(copy, pathTo(parent, endContainer)), endOffset);
  inCopy.deleteContents();
  inCopy.insertNode(parent.ownerDocument.createTextNode(by));
  parent.replaceChildren(...copy.childNodes);
  return () => parent.replaceChildren(...originals);
}

function pathTo(root: Node, node: Node): number[] {
  const path: number[] = [];
  for (let now = node; now !== root; now = now.parentNode!) {
    path.unshift([...now.parentNode!.childNodes].indexOf(now as ChildNode));
  }
  return path;
}

function at(root: Node, path: readonly number[]): Node {
  return path.reduce<Node>((node, index) => node.childNodes[index]!, root);
}
