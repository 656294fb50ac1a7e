/** Hears of what a page changes in its text by itself, some time after it has calmed down. */
import type { PageMutations } from './page-translation.ts';

/** Milliseconds. */
const CALM = 300;
/** Some pages never calm down. */
const AT_LEAST_EVERY = 2000;

/** Of the body, or of another one that comes in its place; not of titles, styles, and what Linnet adds beside the body. */
export function watchMutations(doc: Document, onChange: () => void): PageMutations {
  const root = doc.documentElement;
  let first = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    const now = Date.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        first = 0;
        onChange();
      },
      Math.max(0, Math.min(CALM, first + AT_LEAST_EVERY - now)),
    );
  };
  const counts = ({ target, addedNodes }: MutationRecord) =>
    target === root ? [...addedNodes].includes(doc.body) : doc.head?.contains(target) !== true;
  const heard = (records: readonly MutationRecord[]) => {
    if (records.some(counts)) soon();
  };
  const observer = new MutationObserver(heard);
  const observe = (node: Node) =>
    observer.observe(node, { subtree: true, childList: true, characterData: true });
  observe(root);
  const around = new WeakSet<Node>([doc]);
  return {
    alsoAround(node) {
      const tree = node.getRootNode();
      if (around.has(tree) || !node.isConnected) return;
      around.add(tree);
      observe(tree);
    },
    quietly(work) {
      // What the page did before this moment still counts.
      heard(observer.takeRecords());
      const result = work();
      observer.takeRecords();
      return result;
    },
    disconnect() {
      clearTimeout(timer);
      observer.disconnect();
    },
  };
}
