/**
 * The files of the built package: no page and no script but the worker carries the engine, and each stays within a
 * budget of bytes, so that a popup opens at once on a phone. The sizes are printed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { at, run } from '../../scripts/setup/machine.mjs';
import { tools } from '../../scripts/setup/packages.mjs';
import { expect, test } from '../harness/index.ts';

const output = process.env.LINNET_EXTENSION ?? at('.output/chrome-mv3');

/** Kilobytes of script, gzipped, that open with each page; what is imported on demand is not in it. */
const BUDGETS: Readonly<Record<string, number>> = {
  'popup.html': 80,
  'sidepanel.html': 80,
  'chat.html': 80,
  'models.html': 85,
  // 3 kB are the rules for translating pages and their texts, 2 kB the texts about a server of one's own, 1 kB the amounts of
  // what is read ahead and saved. Every page has all English texts: 2 kB are those of licences, of search models, of passages, of
  // sites that are summarised often, of what a size loses.
  'options.html': 54,
  'glossary.html': 42,
  'words.html': 42,
  'offscreen.html': 15,
  // The bubble on web pages.
  'on-page.html': 45,
  'content-scripts/content.js': 60,
  // Injected after it when a page is read.
  'reader.js': 30,
  // Nearly half of its size is English texts, of which it uses only errors and the menu. 2 kB check senders and answers,
  // 2 kB watch private windows, 3 kB tell pages of their rules and register the script for single sites, 2 kB are the texts
  // about a server of one's own and what puts it aside, 1 kB those of what sizes lose and of sites that are summarised often.
  'background.js': 37,
};

/** Words that occur only in the engine's shaders and WebGPU calls. */
const ENGINE = /@compute|createComputePipeline|requestAdapter/;

/** A page's scripts and all that they import at once. */
function scriptsOf(entry: string): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file) || !existsSync(join(output, file))) return;
    found.add(file);
    const code = readFileSync(join(output, file), 'utf8');
    for (const [, target] of code.matchAll(/(?:\bimport|\bfrom)\s*["'`](\.[^"'`]+\.js)["'`]/g)) {
      visit(join(dirname(file), target!));
    }
  };
  if (entry.endsWith('.js')) visit(entry);
  else {
    const html = readFileSync(join(output, entry), 'utf8');
    for (const [, source] of html.matchAll(/<script[^>]*\ssrc="\/?([^"]+)"/g)) visit(source!);
  }
  return [...found];
}

for (const [entry, budget] of Object.entries(BUDGETS)) {
  test(`${entry} is small and holds no engine`, () => {
    const scripts = scriptsOf(entry);
    expect(scripts.length).toBeGreaterThan(0);
    let size = 0;
    for (const file of scripts) {
      const code = readFileSync(join(output, file), 'utf8');
      expect(ENGINE.test(code), `${file} holds parts of the engine`).toBe(false);
      size += gzipSync(code).length / 1000;
    }
    console.log(`${entry}: ${size.toFixed(1)} kB of script gzipped, budget ${budget} kB`);
    expect(size).toBeLessThan(budget);
  });
}

type Manifest = Readonly<Record<string, unknown>>;
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

/** What the extension may load, and where its workers may connect to; pages have a policy of their own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  // For workers: the person's own server has an address that nobody knows yet (docs/SECURITY.md).
  "connect-src 'self' https: http:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];

function expectNoMore(manifest: Manifest, permissions: readonly string[]): void {
  expect(manifest.permissions).toEqual(permissions);
  // Requested when a person turns on the bubble on all sites; single hosts of them for a site that is always translated, a
  // mirror of the hub, or a server of their own.
  expect(manifest.optional_host_permissions).toEqual(['https://*/*', 'http://*/*']);
  for (const more of ['host_permissions', 'optional_permissions', 'content_scripts'])
    expect(manifest[more], more).toBeUndefined();
  // The frame of the bubble, which asks nothing of the engine; at an address that pages cannot guess.
  expect(manifest.web_accessible_resources).toEqual([
    {
      resources: ['on-page.html'],
      matches: ['https://*/*', 'http://*/*', 'file:///*'],
      use_dynamic_url: true,
    },
  ]);
  expect(manifest.content_security_policy).toEqual({ extension_pages: POLICY.join('; ') });
}

const everywhere = ['activeTab', 'scripting', 'storage', 'unlimitedStorage', 'contextMenus'];

test('permissions and policy are these and no others', () => {
  expectNoMore(manifestOf(output), [...everywhere, 'offscreen', 'sidePanel']);
});

test('pages connect to the package alone, by a policy of their own', () => {
  const pages = readdirSync(output).filter((name) => name.endsWith('.html'));
  expect(pages.length).toBeGreaterThanOrEqual(8);
  for (const page of pages) {
    const html = readFileSync(join(output, page), 'utf8');
    // Before everything that loads something.
    const policy = /<head>\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1];
    expect(policy?.replaceAll('&#39;', "'"), page).toBe("connect-src 'self'");
  }
});

test('the package for Firefox builds, with these permissions and no others', { tag: '@rare' }, async () => {
  const { node, wxt } = tools();
  const built = await run(node, [wxt, 'build', '-b', 'firefox'], { quiet: true });
  expect(built.code, built.output).toBe(0);
  const firefox = manifestOf(at('.output/firefox-mv3'));
  expectNoMore(firefox, everywhere);
  expect(firefox.sidebar_action).toMatchObject({ default_panel: 'sidepanel.html' });
});
