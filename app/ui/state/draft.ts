/**
 * Stores the question that is being written. A popup closes with the next click into the page, and the typed text must
 * survive that. `localStorage` is the only storage that can be read before the first render. It is written when typing
 * pauses and when the page closes.
 */
const KEY = 'linnet:draft';
let stored = true;

/** Call before the first render in a private window: nothing that is written there may reach the disk. */
export function storeNoDrafts(): void {
  stored = false;
}

/** Characters that are stored; of a longer text, its beginning. */
export const DRAFT_LONGEST = 20_000;
/** Milliseconds without typing after which the text is stored. */
const PAUSE_MS = 300;

let waiting: { readonly text: string; readonly timer: ReturnType<typeof setTimeout> } | undefined;

export function draft(): string {
  if (!stored) return '';
  return (waiting?.text ?? localStorage.getItem(KEY) ?? '').slice(0, DRAFT_LONGEST);
}

/** Stores the text soon. */
export function keepDraft(text: string): void {
  if (!stored) return;
  clearTimeout(waiting?.timer);
  waiting = { text, timer: setTimeout(storeDraft, PAUSE_MS) };
}

/** Empties the stored draft at once. */
export function forgetDraft(): void {
  keepDraft('');
  storeDraft();
}

/** Stores at once what waits to be stored. */
export function storeDraft(): void {
  if (waiting === undefined) return;
  clearTimeout(waiting.timer);
  const text = waiting.text.slice(0, DRAFT_LONGEST);
  waiting = undefined;
  if (text === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, text);
}
