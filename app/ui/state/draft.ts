/**
 * Stores the question that is being written. A popup closes with the next click into the page, and the typed text must
 * survive that. `localStorage` is the only storage that can be read before the first render.
 */
const KEY = 'linnet:draft';
let stored = true;

/** Call before the first render in a private window: nothing that is written there may reach the disk. */
export function storeNoDrafts(): void {
  stored = false;
}

export function draft(): string {
  if (!stored) return '';
  return localStorage.getItem(KEY) ?? '';
}

export function keepDraft(text: string): void {
  if (!stored) return;
  if (text === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, text);
}
