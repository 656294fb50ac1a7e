/** Waits until a page has come to rest: loaded, in front, and without new content for a moment. */
import { listen } from './pristine-document.ts';
import { documentElementOf } from './pristine.ts';

export interface RestOptions {
  /** Milliseconds without a change after which a page rests. */
  readonly quietMs?: number;
  /** Milliseconds after which a page that never rests is taken as it is. */
  readonly mostMs?: number;
  /** What is loaded counts as a change, too. */
  readonly loads?: boolean;
}

/** Resolves when the page rests, to whether it does; while nobody sees it, it is not waited for. */
export async function atRest(doc: Document, options: RestOptions = {}): Promise<boolean> {
  if (doc.readyState !== 'complete')
    await new Promise<void>((resolve) => {
      window.addEventListener('load', () => resolve(), { once: true });
    });
  await inFront(doc);
  return quiet(doc, options);
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

function quiet(
  doc: Document,
  { quietMs = 400, mostMs = 4000, loads = false }: RestOptions,
): Promise<boolean> {
  const root = documentElementOf(doc);
  if (root === null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (rests: boolean) => {
      changes.disconnect();
      loading?.disconnect();
      clearTimeout(timer);
      clearTimeout(latest);
      resolve(rests);
    };
    const wait = () => setTimeout(() => end(true), quietMs);
    let timer = wait();
    const again = () => {
      clearTimeout(timer);
      timer = wait();
    };
    const latest = setTimeout(() => end(false), mostMs);
    const changes = new MutationObserver(again);
    // Attributes change all the time where something is animated.
    changes.observe(root, { childList: true, subtree: true });
    const loading = loads ? new PerformanceObserver(again) : undefined;
    loading?.observe({ type: 'resource' });
  });
}
