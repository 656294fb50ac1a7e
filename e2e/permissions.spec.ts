/** What Linnet may do, as the browser is asked for it. See docs/ADDING.md before you change the list. */
import { readFileSync } from 'node:fs';
import { expect, test } from './harness/index.ts';

test('these permissions and no other; no host unasked', async ({ extension }) => {
  const manifest = JSON.parse(readFileSync(`${extension}/manifest.json`, 'utf8'));
  expect([...manifest.permissions].sort()).toEqual([
    'activeTab',
    'contextMenus',
    'offscreen',
    'scripting',
    'storage',
    'unlimitedStorage',
  ]);
  // Asked for when a person turns on the bubble for every page.
  expect(manifest.optional_host_permissions).toEqual(['https://*/*', 'http://*/*']);
  for (const more of ['host_permissions', 'optional_permissions', 'content_scripts'])
    expect(manifest[more], more).toBeUndefined();
});
