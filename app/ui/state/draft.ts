/**
 * Stores the question that is being written. A popup closes with the next click into the page, and the typed text must
 * survive that. `localStorage` is the only storage that can be read before the first render.
 */
const KEY = 'linnet:draft';

export function draft(): string {
  return localStorage.getItem(KEY) ?? '';
}

export function keepDraft(text: string): void {
  if (text === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, text);
}
