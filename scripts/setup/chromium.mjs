/**
 * A Chromium that loads unpacked extensions from its command line: find one, else install one.
 *
 * Not Google Chrome: since version 137 the branded build ignores `--load-extension`. Not a snap: it cannot
 * read a checkout under hidden folders or /tmp.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { aptInstall, isDebianRoot, isProgram, isRoot, lastLines, Missing, onPath, run } from './machine.mjs';
import { tools } from './packages.mjs';

/** @returns {string | undefined} */
export function findChromium() {
  const named = process.env.LINNET_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Missing(`LINNET_CHROMIUM names ${named}, which is no program: correct it or unset it.`);
  }
  const candidates = [onPath('chromium', 'chromium-browser'), ...wellKnown(), ...playwrightsOwn()];
  return candidates.find((file) => file !== undefined && isProgram(file) && !isSnap(file));
}

/** Finds a Chromium or installs one, by apt-get or Playwright. */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  let said = '';
  if (await isDebianRoot()) {
    console.log('Chromium: none found; running `apt-get install chromium` …');
    said = (await aptInstall('chromium')).output;
  }
  if (findChromium() === undefined) {
    console.log('Chromium: none found; running `npx playwright install chromium` …');
    const { node, playwright } = tools();
    const args = [playwright, 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium'];
    said = (await run(node, args, { quiet: true, timeout: 600_000 })).output;
  }
  const now = findChromium();
  if (now !== undefined) return now;
  throw new Missing(
    'No Chromium was found and none could be installed: install Chromium (not Google Chrome, which ' +
      `loads no extensions from its command line) or set LINNET_CHROMIUM to one. The last try said:\n${lastLines(said)}`,
  );
}

/**
 * The Vulkan driver manifest of SwiftShader, a GPU in software that comes with every Chromium.
 * @returns {string | undefined}
 */
export function findSwiftShader() {
  const named = process.env.LINNET_SWIFTSHADER;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const manifest = 'vk_swiftshader_icd.json';
  const programs = [process.env.LINNET_CHROMIUM, ...wellKnown(), ...playwrightsOwn(), onPath('chromium')];
  const folders = programs.flatMap((program) => {
    if (program === undefined || program === '' || !existsSync(program)) return [];
    const beside = dirname(realpathSync(program));
    return [beside, ...macFrameworks(beside)];
  });
  const all = ['/usr/lib/chromium', '/usr/lib64/chromium-browser', '/opt/google/chrome', ...folders];
  return all.map((folder) => join(folder, manifest)).find((file) => existsSync(file));
}

/** @returns {string[]} */
function wellKnown() {
  const home = homedir();
  if (process.platform === 'darwin') {
    const app = 'Applications/Chromium.app/Contents/MacOS/Chromium';
    return [join('/', app), join(home, app)];
  }
  if (process.platform === 'win32') {
    const bases = [process.env.LOCALAPPDATA, process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)']];
    return bases.flatMap((base) =>
      base === undefined ? [] : [join(base, 'Chromium/Application/chrome.exe')],
    );
  }
  return [
    '/usr/lib/chromium/chromium',
    '/usr/lib/chromium-browser/chromium-browser',
    '/usr/lib64/chromium-browser/chromium-browser',
    '/opt/chromium/chrome',
  ];
}

/** Chrome for Testing as Playwright keeps it, newest first. @returns {string[]} */
function playwrightsOwn() {
  const home = homedir();
  const usual = {
    darwin: join(home, 'Library/Caches/ms-playwright'),
    win32: join(process.env.LOCALAPPDATA ?? join(home, 'AppData/Local'), 'ms-playwright'),
  };
  const base =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    (process.platform in usual
      ? usual[/** @type {'darwin' | 'win32'} */ (process.platform)]
      : join(home, '.cache/ms-playwright'));
  if (!existsSync(base)) return [];
  const programs = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  ];
  return readdirSync(base)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) => programs.map((program) => join(base, name, program)));
}

/** In an app bundle the libraries are in `Contents/Frameworks/…/Libraries`. @param {string} beside */
function macFrameworks(beside) {
  const frameworks = join(beside, '../Frameworks');
  if (process.platform !== 'darwin' || !existsSync(frameworks)) return [];
  return readdirSync(frameworks)
    .filter((name) => name.endsWith('Framework.framework'))
    .map((name) => join(frameworks, name, 'Libraries'));
}

/** @param {string} file */
function isSnap(file) {
  const real = realpathSync(file);
  if (real === '/usr/bin/snap' || real.startsWith('/snap/')) return true;
  // Ubuntu's /usr/bin/chromium-browser is a short script that starts the snap.
  return statSync(real).size < 10_000 && readFileSync(real, 'utf8').includes('/snap/bin/chromium');
}
