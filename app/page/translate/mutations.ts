/** Reports changes that a page makes to its own text, debounced. */
import {
  bodyOf,
  documentElementOf,
  getRootNode,
  isConnected,
  nodeName,
  parentNode,
} from '../dom/pristine.ts';
import { isFrame } from '../dom/frames.ts';
import { listen } from '../dom/pristine-document.ts';
import type { PageMutations } from './options.ts';

/** Milliseconds without a change before changes are reported. */
const QUIET_MS = 300;
/** Milliseconds after which changes are reported in any case: some pages never stop changing. */
const MAX_WAIT_MS = 2000;

/** Milliseconds that handling a change may take to be done at once, so that a person sees no original in between. */
const AT_ONCE_MS = 8;
/** Milliseconds between two changes that are handled at once. */
const APART_MS = 200;

/**
 * Watches the body, or a body that replaces it; ignores titles, styles, and elements that Linnet adds beside the body.
 */
export function watchMutations(doc: Document, onChange: () => void): PageMutations {
  const root = documentElementOf(doc) ?? doc;
  let firstAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [lastAt, cost] = [Date.now(), Number.POSITIVE_INFINITY];
  const report = () => {
    firstAt = 0;
    lastAt = Date.now();
    const before = performance.now();
    onChange();
    cost = performance.now() - before;
  };
  const schedule = (atOnce: boolean) => {
    const now = Date.now();
    if (atOnce && cost <= AT_ONCE_MS && now - lastAt >= APART_MS && firstAt === 0) {
      report();
      return;
    }
    firstAt ||= now;
    clearTimeout(timer);
    timer = setTimeout(report, Math.max(0, Math.min(QUIET_MS, firstAt + MAX_WAIT_MS - now)));
  };
  const isRelevant = ({ target, addedNodes }: MutationRecord) =>
    target === root ? [...addedNodes].includes(bodyOf(doc) as Node) : !isInHead(target, doc);
  const onRecords = (records: readonly MutationRecord[], atOnce: boolean) => {
    if (records.some(isRelevant)) schedule(atOnce);
  };
  const observer = new MutationObserver((records) => onRecords(records, true));
  const observe = (node: Node) =>
    observer.observe(node, { subtree: true, childList: true, characterData: true });
  observe(root);
  const observed = new WeakSet<Node>([doc]);
  // A frame that was loaded has another document than before.
  const unlisten = listen(doc, 'load', ({ target }) => isFrameTarget(target) && schedule(false), {
    capture: true,
  });
  return {
    alsoAround(node) {
      const tree = getRootNode(node);
      if (observed.has(tree) || !isConnected(node)) return;
      observed.add(tree);
      observe(tree);
    },
    quietly(work) {
      // Handles the changes that the page made before.
      onRecords(observer.takeRecords(), false);
      try {
        return work();
      } finally {
        observer.takeRecords();
      }
    },
    disconnect() {
      clearTimeout(timer);
      unlisten();
      observer.disconnect();
    },
  };
}

const isFrameTarget = (target: EventTarget | null): boolean =>
  target !== null && 'nodeType' in target && isFrame(target as Node);

function isInHead(node: Node, doc: Document): boolean {
  const root = documentElementOf(doc);
  let at: Node | null = node;
  while (at !== null && parentNode(at) !== root) at = parentNode(at);
  return at !== null && nodeName(at) === 'HEAD';
}
