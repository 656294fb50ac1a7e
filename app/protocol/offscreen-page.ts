/**
 * The life of the offscreen document, seen from the service worker. There is at most one per profile, and only
 * the service worker may create it. It outlives the service worker; nothing but the browser closes it.
 */
import { browser } from 'wxt/browser';
import { ENSURE_OFFSCREEN } from './browser-line.ts';

const PATH = '/offscreen.html';

/** Requests that come while the document is being created share one creation. */
let creating: Promise<void> | undefined;

export function ensureOffscreenPage(): Promise<void> {
  creating ??= create().finally(() => {
    creating = undefined;
  });
  return creating;
}

async function create(): Promise<void> {
  const open = await browser.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
  if (open.length > 0) return;
  await browser.offscreen.createDocument({
    url: PATH,
    reasons: ['WORKERS'],
    justification:
      'A worker computes the answers of the language model, also while no page of Linnet is open.',
  });
}

export function answerEnsureRequests(): void {
  browser.runtime.onMessage.addListener(
    (message: unknown, _sender: unknown, answer: (value: unknown) => void) => {
      if (message !== ENSURE_OFFSCREEN) return undefined;
      ensureOffscreenPage().then(
        () => answer(true),
        (error: unknown) => answer(String(error)),
      );
      return true;
    },
  );
}
