/**
 * The question that is being written. A popup is gone with the next click into the page; what was typed must not be,
 * so it lies in the extension's `localStorage`, the one storage that answers before anything is drawn.
 */
const KEY = 'linnet:draft';

export function draft(): string {
  return localStorage.getItem(KEY) ?? '';
}

export function keepDraft(text: string): void {
  if (text === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, text);
}
