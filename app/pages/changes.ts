/** Hears of what a page changes by itself, some time after it has calmed down. */
import type { Changes } from './page-translation.ts';

/** Milliseconds. */
const CALM = 300;
/** Some pages never calm down. */
const AT_LEAST_EVERY = 2000;

export function watchChanges(root: Node, onChange: () => void): Changes {
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
  const observer = new MutationObserver(soon);
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  return {
    quietly(work) {
      // What the page did before this moment still counts.
      if (observer.takeRecords().length > 0) soon();
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
