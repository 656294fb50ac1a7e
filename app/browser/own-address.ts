/** The addresses of Linnet's own pages, as content scripts need them. */
import { browser } from 'wxt/browser';

// WXT generates the type of `getURL`, and not every check has the generated files.
const urlOf = (path: string): string =>
  (browser.runtime as unknown as { getURL(path: string): string }).getURL(path);

/** The address of a page that the manifest names as accessible to the web: in Chromium another one in each session. */
export const ownAddress = (page: string): string => urlOf(`/${page}`);

/** The origin of Linnet's pages. Chromium redirects the address of a session to the one with the extension's id. */
export function ownOrigin(): string {
  const { protocol, host } = new URL(urlOf('/'));
  return protocol === 'chrome-extension:' ? `${protocol}//${browser.runtime.id}` : `${protocol}//${host}`;
}
