/**
 * The reader of web pages. It is injected after the content script when a page is read, so that translating and marking
 * need not load it.
 */
import { defineContentScript } from 'wxt/utils/define-content-script';
import { readPage } from '../app/page/read/extract.ts';
import type { PageReader } from '../app/page/read/reader.ts';

export default defineContentScript({
  matches: [],
  registration: 'runtime',
  main() {
    (globalThis as typeof globalThis & { linnetReader?: PageReader }).linnetReader = readPage;
  },
});
