/**
 * Access to the DOM that a page cannot mislead. In a document, `form.parentElement` is the field that has this name, and
 * `document.body` is the picture that has it, for content scripts too: a walk up such a tree never ends. The functions
 * here call the getters and methods of the prototypes instead. Content scripts have prototypes of their own, so scripts
 * of the page cannot change these.
 *
 * Use these for every node of a page. In a DOM without global interfaces, as in tests, the accessor of the node's own
 * prototype is called, so names of fields have no effect there either.
 */
interface Interfaces {
  readonly Node: Node;
  readonly CharacterData: CharacterData;
  readonly Element: Element;
  readonly HTMLElement: HTMLElement;
  readonly Document: Document;
  readonly DocumentFragment: DocumentFragment;
  readonly ShadowRoot: ShadowRoot;
  readonly HTMLSlotElement: HTMLSlotElement;
  readonly HTMLIFrameElement: HTMLIFrameElement;
  readonly HTMLFrameElement: HTMLFrameElement;
  readonly HTMLInputElement: HTMLInputElement;
  readonly HTMLTextAreaElement: HTMLTextAreaElement;
}
type Name = keyof Interfaces;
type Method<On, Key extends keyof On> = On[Key] extends (...args: infer A) => infer R
  ? (on: On, ...args: A) => R
  : never;

/** Whether the global interfaces are a browser's: a DOM written in JavaScript keeps `parentNode` in the node itself. */
const inBrowser = Object.prototype.toString.call(globalThis) === '[object Window]';

/** The descriptor of `key` on the prototypes of an interface or, outside of a browser, of the object. */
function descriptorOf(owner: Name, key: string, on: object): PropertyDescriptor | undefined {
  const interfaces = globalThis as unknown as Partial<Record<Name, { readonly prototype: object }>>;
  const start: object | undefined = inBrowser ? interfaces[owner]?.prototype : Object.getPrototypeOf(on);
  for (let at = start ?? null; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function finder(owner: Name, key: string): (on: object) => PropertyDescriptor | undefined {
  let kept: PropertyDescriptor | undefined;
  return (on) => {
    if (!inBrowser) return descriptorOf(owner, key, on);
    kept ??= descriptorOf(owner, key, on);
    return kept;
  };
}

/** The getter of an attribute of an interface. */
export function getter<N extends Name, Key extends keyof Interfaces[N] & string>(
  owner: N,
  key: Key,
): (on: Interfaces[N]) => Interfaces[N][Key] {
  const find = finder(owner, key);
  return (on) => {
    const get = find(on)?.get;
    return (get === undefined ? on[key] : get.call(on)) as Interfaces[N][Key];
  };
}

/** A method of an interface. */
export function method<N extends Name, Key extends keyof Interfaces[N] & string>(
  owner: N,
  key: Key,
): Method<Interfaces[N], Key> {
  const find = finder(owner, key);
  const call = (on: Interfaces[N], ...args: unknown[]): unknown => {
    const own = (find(on)?.value ?? on[key]) as (...args: unknown[]) => unknown;
    return own.apply(on, args);
  };
  return call as Method<Interfaces[N], Key>;
}

export const ELEMENT = 1;
export const TEXT = 3;
export const FRAGMENT = 11;
const DOCUMENT = 9;

export const nodeType = getter('Node', 'nodeType');
export const nodeName = getter('Node', 'nodeName');
export const nodeValue = getter('Node', 'nodeValue');
export const parentNode = getter('Node', 'parentNode');
export const parentElement = getter('Node', 'parentElement');
export const firstChild = getter('Node', 'firstChild');
export const nextSibling = getter('Node', 'nextSibling');
export const previousSibling = getter('Node', 'previousSibling');
export const childNodes = getter('Node', 'childNodes');
export const textContent = getter('Node', 'textContent');
export const ownerDocument = getter('Node', 'ownerDocument');
export const isConnected = getter('Node', 'isConnected');
export const getRootNode = method('Node', 'getRootNode');
export const containsNode = method('Node', 'contains');
export const cloneNode = method('Node', 'cloneNode');
export const insertBefore = method('Node', 'insertBefore');
export const removeChild = method('Node', 'removeChild');

/** In upper case, also in documents of XML. */
export const nameOf = (node: Node): string => nodeName(node).toUpperCase();

export const getAttribute = method('Element', 'getAttribute');
export const hasAttribute = method('Element', 'hasAttribute');
export const setAttribute = method('Element', 'setAttribute');
export const removeAttribute = method('Element', 'removeAttribute');
export const shadowRootOf = getter('Element', 'shadowRoot');
export const matches = method('Element', 'matches');
export const closest = method('Element', 'closest');
export const boxOf = method('Element', 'getBoundingClientRect');
export const scrollLeftOf = getter('Element', 'scrollLeft');
export const scrollTopOf = getter('Element', 'scrollTop');
export const scrollWidthOf = getter('Element', 'scrollWidth');
export const scrollHeightOf = getter('Element', 'scrollHeight');
export const clientWidthOf = getter('Element', 'clientWidth');
export const clientHeightOf = getter('Element', 'clientHeight');
export const clientLeftOf = getter('Element', 'clientLeft');
export const clientTopOf = getter('Element', 'clientTop');
export const offsetWidthOf = getter('HTMLElement', 'offsetWidth');
export const hostOf = getter('ShadowRoot', 'host');

export const assignedNodes = method('HTMLSlotElement', 'assignedNodes');
const documentOfIframe = getter('HTMLIFrameElement', 'contentDocument');
const documentOfFrame = getter('HTMLFrameElement', 'contentDocument');

/** The document in an `iframe`, or in a `frame` of a `frameset`; null if it is of another site. */
export const contentDocument = (frame: Element): Document | null =>
  nameOf(frame) === 'FRAME'
    ? documentOfFrame(frame as HTMLFrameElement)
    : documentOfIframe(frame as HTMLIFrameElement);

export const bodyOf = getter('Document', 'body');
export const documentElementOf = getter('Document', 'documentElement');
export const viewOf = getter('Document', 'defaultView');
export const headOf = getter('Document', 'head');
export const titleOf = getter('Document', 'title');
export const implementationOf = getter('Document', 'implementation');
export const adoptedStyleSheetsOf = getter('Document', 'adoptedStyleSheets');
export const createRange = method('Document', 'createRange');
export const fullscreenElementOf = getter('Document', 'fullscreenElement');
export const contentType = getter('Document', 'contentType');

const inDocument = method('Document', 'querySelectorAll');
const inFragment = method('DocumentFragment', 'querySelectorAll');
const inElement = method('Element', 'querySelectorAll');

/** All elements below `root` that match; not those in shadow roots. */
export function selectAll(root: Node, selector: string): Element[] {
  const kind = nodeType(root);
  if (kind === DOCUMENT) return [...inDocument(root as Document, selector)];
  if (kind === ELEMENT) return [...inElement(root as Element, selector)];
  return [...inFragment(root as DocumentFragment, selector)];
}

const check = method('Element', 'checkVisibility');
const findCheck = finder('Element', 'checkVisibility');

/** False if the element is not rendered; true where the browser cannot tell. */
export const isRendered = (element: Element): boolean => findCheck(element) === undefined || check(element);
