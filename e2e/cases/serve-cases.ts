/** Serves the pages of ../shared/cases/pages, and the libraries that they load, to a page of the browser. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { at } from '../../scripts/setup/machine.mjs';

export const CASES_ORIGIN = 'http://cases.test';
const FOLDER = at('../shared/cases/pages');
const LIBRARIES: Readonly<Record<string, string>> = {
  '/lib/react.production.min.js': 'react/umd/react.production.min.js',
  '/lib/react-dom.production.min.js': 'react-dom/umd/react-dom.production.min.js',
  '/lib/codemirror.js': 'codemirror/lib/codemirror.js',
  '/lib/codemirror.css': 'codemirror/lib/codemirror.css',
  '/lib/quill.js': 'quill/dist/quill.js',
  '/lib/quill.snow.css': 'quill/dist/quill.snow.css',
};
const TYPES: Readonly<Record<string, string>> = { '.txt': 'text/plain', '.json': 'application/json' };

export async function serveCases(page: Page): Promise<void> {
  await page.route(`${CASES_ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const library = LIBRARIES[pathname];
    const path = library === undefined ? join(FOLDER, pathname) : at(`node_modules/${library}`);
    const type = TYPES[/\.\w+$/.exec(pathname)?.[0] ?? ''];
    if (!existsSync(path)) await route.fulfill({ status: 404 });
    else await route.fulfill({ path, ...(type && { contentType: `${type}; charset=utf-8` }) });
  });
}
