/**
 * How the extension is built. WXT turns the files in `entrypoints/` into an MV3 package under
 * `.output/chrome-mv3`; Vite compiles TypeScript, JSX (Preact, by tsconfig's `jsxImportSource`) and shaders
 * (`?raw`) without further plugins.
 *
 * The manifest is a part of the privacy proof: no host permissions but optional ones, and no code but that of the package.
 * Not here: behaviour, and the manifest options of pages, which are in their HTML's meta tags.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'wxt';
import { katexFonts } from './scripts/web-ext/katex-fonts.ts';
import { pagePolicy } from './scripts/web-ext/page-policy.ts';
import { noInnerHtml } from './scripts/web-ext/no-inner-html.ts';
import { pristineWxt } from './scripts/web-ext/pristine-wxt.ts';

/** Files copied as they are to the root of the package: icons, `_locales`, data that pages fetch by URL. */
const publicDir = 'assets/public';

/** The model that ships with Linnet, at `demo/` in the package, in the form of Linnet's own store. */
const demoDir = 'assets/demo';

/**
 * A policy cannot name the server that a person types later, so it has the schemes. Pages get a policy of their own that
 * allows the package alone (page-policy.ts), and the workers hold themselves to the hosts of models and that one server
 * (app/worker/server/network-guard.ts). docs/SECURITY.md weighs this.
 */
const connectSources = ["'self'", 'https:', 'http:'];

function contentSecurityPolicy(development: boolean): string {
  const connect = development ? [...connectSources, 'ws://localhost:*'] : connectSources;
  return [
    "default-src 'none'",
    // Shaders are data and the engine is plain JavaScript, so nothing here needs 'wasm-unsafe-eval'.
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    // No remote images: an address in a model's answer must not become a request.
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect.join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Firefox has neither offscreen documents nor a permission for its sidebar. */
const permissions = ['activeTab', 'scripting', 'storage', 'unlimitedStorage', 'contextMenus'];
const chromiumPermissions = [...permissions, 'offscreen', 'sidePanel'];

/** 142 is the first Firefox, on phones too, that asks extensions what data they collect; Linnet collects none. */
const gecko = {
  id: 'linnet@linnet.invalid',
  strict_min_version: '142.0',
  data_collection_permissions: { required: ['none'] },
};

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const icons = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `icons/${size}.png`]));

export default defineConfig({
  srcDir: '.',
  entrypointsDir: 'entrypoints',
  publicDir,
  outDir: '.output',
  // A file says what it needs.
  imports: false,
  // Older Chromium forks on Android lack a promise-returning `browser.*`.
  modules: ['@wxt-dev/webextension-polyfill'],
  manifestVersion: 3,
  manifest: ({ command, browser }) => ({
    name: '__MSG_extensionName__',
    description: '__MSG_extensionDescription__',
    default_locale: 'en',
    // Firefox's keys are in both packages, so that one linter can check both; Chromium ignores them.
    browser_specific_settings: { gecko },
    ...(browser === 'firefox'
      ? { permissions }
      : { permissions: chromiumPermissions, minimum_chrome_version: '121' }),
    // One engine for all windows: a second one for private windows would have no models. What comes from private windows
    // stays in memory (app/worker/store/split-store.ts).
    incognito: 'spanning',
    // All of them are asked for only when a person turns on the bubble for every page (app/browser/all-sites.ts); single hosts
    // for a site that is always translated (app/browser/rules/site-access.ts), a mirror of the hub (app/browser/permissions/mirrors.ts),
    // and a server of their own (app/browser/permissions/own-server.ts).
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    // The frame in which Linnet's bubble stands on a page. Its address has an id that Chromium makes up for each session,
    // so that no page can find out whether Linnet is there.
    web_accessible_resources: [
      {
        resources: ['on-page.html'],
        matches: ['https://*/*', 'http://*/*', 'file:///*'],
        use_dynamic_url: true,
      },
    ],
    ...(existsSync(resolve(publicDir, 'icons/128.png')) ? { icons } : {}),
    action: { default_title: 'Linnet' },
    commands: {
      _execute_action: { suggested_key: { default: 'Alt+L' } },
      summarise: { suggested_key: { default: 'Alt+S' }, description: '__MSG_summarise_page__' },
      translate: {
        suggested_key: { default: 'Alt+T' },
        description: '__MSG_translate_command__',
      },
    },
    content_security_policy: { extension_pages: contentSecurityPolicy(command === 'serve') },
  }),
  vite: () => ({
    // A worker has no `browser.runtime` to ask.
    define: { LINNET_VERSION: JSON.stringify(version) },
    plugins: [katexFonts, noInnerHtml, pagePolicy, pristineWxt],
    build: {
      target: 'chrome121',
      // The content security policy allows fonts of the package only, and not within a style sheet.
      assetsInlineLimit: (path) => (path.endsWith('.woff2') ? false : undefined),
    },
    // The engine's worker is an ES module and may import on demand.
    worker: { format: 'es' as const },
  }),
  hooks: {
    'build:manifestGenerated'(_, { background }) {
      // Since 121 Chromium takes the service worker where both are there.
      if (background !== undefined && 'service_worker' in background)
        Object.assign(background, { scripts: [background.service_worker] });
    },
    'build:publicAssets'(_, files) {
      // The model's card and its test questions are in the same folder and are not packaged.
      const { files: model } = JSON.parse(readFileSync(`${demoDir}/manifest.json`, 'utf8')) as {
        files: string[];
      };
      for (const name of ['manifest.json', ...model, 'LICENSE']) {
        files.push({ absoluteSrc: resolve(demoDir, name), relativeDest: `demo/${name}` });
      }
    },
  },
  // A developer's browser is opened by `npm start`; `npm run dev` only builds and watches.
  webExt: { disabled: true },
});
