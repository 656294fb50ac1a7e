/**
 * Makes copies of the built extension: with a permission that only a person can grant, or for a browser that lacks some
 * APIs, as browsers on phones do. Removing a permission removes its API. APIs without a permission are removed by a script
 * that runs before all others, in pages and in the service worker, which Playwright's init scripts do not reach.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults } from './launch-options.ts';

/** What Edge for Android lacks. */
export const PHONE_LACKS = ['offscreen', 'sidePanel', 'contextMenus', 'commands', 'windows', 'tts'] as const;

/** Keys of the manifest without which an API is of no use. */
const KEYS: Readonly<Record<string, string>> = { sidePanel: 'side_panel', commands: 'commands' };

interface Manifest extends Record<string, unknown> {
  permissions: string[];
  readonly optional_host_permissions: string[];
}

/**
 * The id comes from this key, else from the folder's name. Compiled shaders are kept per id, and a driver in software
 * takes ten seconds to compile those of one model.
 */
const KEY = Buffer.from('a copy of Linnet for its stories').toString('base64');

/** Returns the folder of the copy; the caller removes it. */
function copied(change: (manifest: Manifest) => void, source = defaults.extension): string {
  const folder = mkdtempSync(join(tmpdir(), 'linnet-copy-'));
  cpSync(source, folder, { recursive: true });
  edit(folder, 'manifest.json', (text) => {
    const manifest = JSON.parse(text) as Manifest;
    change(manifest);
    return JSON.stringify({ ...manifest, key: KEY });
  });
  return folder;
}

/** The extension with access to every page: a story cannot answer the browser's permission prompt. */
export function agreedExtension(): string {
  return copied(agree);
}

const agree = (manifest: Manifest): void => {
  manifest.host_permissions = manifest.optional_host_permissions;
};

/** The extension with access to one host, as after a person agreed to their own server. */
export function serverExtension(host: string): string {
  return copied((manifest) => {
    manifest.host_permissions = [`http://${host}/*`];
  });
}

/** `agreed`: with access to every page, too. */
export function maskedExtension(missing: readonly string[], agreed = false): string {
  const folder = copied((manifest) => {
    if (agreed) agree(manifest);
    manifest.permissions = manifest.permissions.filter((name) => !missing.includes(name));
    for (const name of missing) delete manifest[KEYS[name] ?? ''];
  });
  const mask = `for (const api of [globalThis.chrome, globalThis.browser]) for (const name of ${JSON.stringify(missing)})
    if (api) Object.defineProperty(api, name, { value: undefined, configurable: true });`;
  writeFileSync(join(folder, 'mask.js'), mask);
  edit(folder, 'background.js', (code) => `import './mask.js';\n${code}`);
  for (const page of readdirSync(folder).filter((name) => name.endsWith('.html'))) {
    edit(folder, page, (html) => html.replace('<head>', '<head><script src="/mask.js"></script>'));
  }
  return folder;
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
