/**
 * How much of a document a function looks at, in linkedom: children, neighbours and parents that it asks for, characters of
 * text that it has collected, and elements that a search passes. For tests that twice the page costs twice as much.
 */
type Cost = (on: Node, result: unknown) => number;

const length = (_: Node, result: unknown): number => 1 + ((result as ArrayLike<unknown> | null)?.length ?? 0);
const one = (): number => 1;
const GETTERS: Readonly<Record<string, Cost>> = {
  childNodes: length,
  textContent: length,
  nodeValue: one,
  firstChild: one,
  nextSibling: one,
  previousSibling: one,
  parentElement: one,
};

export function nodeVisits(doc: Document, work: () => void): number {
  let visits = 0;
  const undo: (() => void)[] = [];
  const samples = [doc, doc.createElement('p'), doc.createTextNode('')];
  const owners = new Set(samples.flatMap(prototypesOf));
  for (const owner of owners) {
    for (const [key, cost] of Object.entries(GETTERS)) {
      const { get } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
      if (get === undefined) continue;
      undo.push(replace(owner, key, { get: counting(get as Read, cost) }));
    }
    const search = Object.getOwnPropertyDescriptor(owner, 'querySelectorAll')?.value as Read | undefined;
    if (search === undefined) continue;
    const passed: Cost = (on) => length(on, search.call(on, '*'));
    undo.push(replace(owner, 'querySelectorAll', { value: counting(search, passed) }));
  }
  function counting(own: Read, cost: Cost): Read {
    return function (this: Node, ...args: unknown[]) {
      const result = own.apply(this, args);
      visits += cost(this, result);
      return result;
    };
  }
  try {
    work();
  } finally {
    for (const restore of undo) restore();
  }
  return visits;
}

type Read = (this: Node, ...args: unknown[]) => unknown;

function prototypesOf(node: Node): object[] {
  const found: object[] = [];
  for (let at: object | null = Object.getPrototypeOf(node); at !== null; at = Object.getPrototypeOf(at))
    found.push(at);
  return found;
}

function replace(owner: object, key: string, change: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key)!;
  Object.defineProperty(owner, key, { ...before, ...change });
  return () => Object.defineProperty(owner, key, before);
}
