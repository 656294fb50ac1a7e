/** Addresses of Linnet's own pages, as a web page's frames need them. */
import { browser } from 'wxt/browser';

/** What content scripts may load: Chromium gives it an id that it makes up for each session. */
const urlOf = (path: string): string =>
  (browser.runtime as unknown as { getURL(path: string): string }).getURL(path);

/** The address of a page that the manifest names as accessible to the web. */
export const ownAddress = (page: string): string => urlOf(`/${page}`);

/** The origin of Linnet's pages: Chromium redirects the address of a session to the extension's own. */
export function ownOrigin(): string {
  const { protocol, host } = new URL(urlOf('/'));
  return protocol === 'chrome-extension:' ? `${protocol}//${browser.runtime.id}` : `${protocol}//${host}`;
}
