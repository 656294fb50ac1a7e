/** Keeps what is attached to an unsent question until the browser ends, in memory and not on the disk. */
import { browser } from 'wxt/browser';
import type { AttachedText } from '../protocol/files.ts';

const KEY = 'attached';

export const keptAttachments = {
  async read(): Promise<readonly AttachedText[]> {
    const found = (await browser.storage.session.get(KEY))[KEY];
    return Array.isArray(found) ? found.filter(isAttachedText) : [];
  },
  /** Rejects where the browser's room for such data is full. */
  async write(texts: readonly AttachedText[]): Promise<void> {
    if (texts.length === 0) await browser.storage.session.remove(KEY);
    else await browser.storage.session.set({ [KEY]: texts });
  },
};

function isAttachedText(value: unknown): value is AttachedText {
  const { id, name, text } = (value ?? {}) as Partial<Record<keyof AttachedText, unknown>>;
  return (
    typeof id === 'string' && typeof text === 'string' && (name === undefined || typeof name === 'string')
  );
}
