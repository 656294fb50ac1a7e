/** What Linnet may do, as the browser is asked for it. See docs/ADDING.md before you change the list. */
import { readFileSync } from 'node:fs';
import { expect, test } from './harness/index.ts';

test('these permissions and no other; no host', async ({ extension }) => {
  const manifest = JSON.parse(readFileSync(`${extension}/manifest.json`, 'utf8'));
  expect([...manifest.permissions].sort()).toEqual([
    'activeTab',
    'contextMenus',
    'offscreen',
    'scripting',
    'storage',
    'unlimitedStorage',
  ]);
  for (const more of [
    'host_permissions',
    'optional_permissions',
    'optional_host_permissions',
    'content_scripts',
  ])
    expect(manifest[more], more).toBeUndefined();
});
