/** Waits until a page has come to rest: loaded, in front, and without new content for a moment. */
import { listen } from './pristine-document.ts';
import { documentElementOf } from './pristine.ts';

/** Milliseconds without a change after which a page rests. */
const QUIET_MS = 400;
/** Milliseconds after which a page that never rests is taken as it is. */
const MOST_MS = 4000;

/** Resolves when the page rests; while nobody sees it, it is not waited for. */
export async function atRest(doc: Document): Promise<void> {
  if (doc.readyState !== 'complete')
    await new Promise<void>((resolve) => {
      window.addEventListener('load', () => resolve(), { once: true });
    });
  await inFront(doc);
  await quiet(doc);
}

function inFront(doc: Document): Promise<void> {
  if (doc.visibilityState === 'visible') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = listen(doc, 'visibilitychange', () => {
      if (doc.visibilityState !== 'visible') return;
      stop();
      resolve();
    });
  });
}

function quiet(doc: Document): Promise<void> {
  const root = documentElementOf(doc);
  if (root === null) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      clearTimeout(latest);
      resolve();
    };
    let timer = setTimeout(end, QUIET_MS);
    const latest = setTimeout(end, MOST_MS);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(end, QUIET_MS);
    });
    // Attributes change all the time where something is animated.
    observer.observe(root, { childList: true, subtree: true });
  });
}
