/**
 * What lies in the built package: no page and no script but the worker carries the engine, and each stays within a
 * budget of bytes, so that a popup opens at once on a phone. The sizes are printed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { at } from '../scripts/setup/machine.mjs';
import { expect, test } from './harness/index.ts';

const output = process.env.LINNET_EXTENSION ?? at('.output/chrome-mv3');

/** Kilobytes of script, gzipped, that open with each page; what is imported on demand is not in it. */
const BUDGETS: Readonly<Record<string, number>> = {
  'popup.html': 80,
  'sidepanel.html': 80,
  'chat.html': 80,
  'models.html': 85,
  'options.html': 40,
  'glossary.html': 40,
  'offscreen.html': 15,
  'content-scripts/content.js': 60,
  'background.js': 20,
};

/** Words that only the engine's shaders and its calls of WebGPU have in them. */
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

test('the permissions are these and no others', () => {
  const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest.permissions).toEqual([
    'activeTab',
    'scripting',
    'storage',
    'unlimitedStorage',
    'offscreen',
    'contextMenus',
    'sidePanel',
  ]);
  // Asked for when a person turns on the bubble for every page.
  expect(manifest.optional_host_permissions).toEqual(['https://*/*', 'http://*/*']);
  for (const more of ['host_permissions', 'optional_permissions', 'content_scripts'])
    expect(manifest[more], more).toBeUndefined();
});
