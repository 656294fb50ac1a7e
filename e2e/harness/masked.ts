/**
 * A copy of the built extension for a browser that lacks some APIs, as those on phones do. An API goes away with its
 * permission; what needs none is taken away by a script that runs before all others, in pages and in the service
 * worker, where no init script of Playwright comes.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults } from './browser.ts';

/** What Edge for Android lacks. */
export const PHONE_LACKS = ['offscreen', 'sidePanel', 'contextMenus', 'commands', 'windows', 'tts'] as const;

/** Keys of the manifest without which an API is of no use. */
const KEYS: Readonly<Record<string, string>> = { sidePanel: 'side_panel', commands: 'commands' };

/** Gives the folder of the copy; whoever asks removes it. */
export function maskedExtension(missing: readonly string[], source = defaults.extension): string {
  const folder = mkdtempSync(join(tmpdir(), 'linnet-masked-'));
  cpSync(source, folder, { recursive: true });
  edit(folder, 'manifest.json', (text) => {
    const manifest = JSON.parse(text) as { permissions: string[] } & Record<string, unknown>;
    manifest.permissions = manifest.permissions.filter((name) => !missing.includes(name));
    for (const name of missing) delete manifest[KEYS[name] ?? ''];
    return JSON.stringify(manifest);
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
