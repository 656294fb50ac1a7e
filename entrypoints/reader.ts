/**
 * The reader of web pages. It is injected after the content script when a page is read, so that translating and marking
 * need not load it. It knows nothing of the extension.
 */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { readPage } from '../app/page/read/extract.ts';
import type { PageReader } from '../app/page/read/reader.ts';

export default defineUnlistedScript(() => {
  (globalThis as typeof globalThis & { linnetReader?: PageReader }).linnetReader = readPage;
});
