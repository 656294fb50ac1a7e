/**
 * The second half of `npm start`: serves an article on 127.0.0.1 and opens Chromium with the extension.
 * With a display: an ordinary window, open until the user closes it. With `--picture FILE`: tries the main job
 * (opens the popup, presses its first button, waits for the answer) and writes a picture of article and popup.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Page } from 'playwright/test';
import { LinnetBrowser } from '../../e2e/harness/browser.ts';
import { defaults, loadingFlags } from '../../e2e/harness/launch-options.ts';
import { pictureTogether } from '../../e2e/harness/pictures.ts';
import { Site } from '../../e2e/harness/site.ts';
import { at, isRoot } from '../setup/machine.mjs';
import { articlePage, startArticle } from './article.ts';
import { importFile } from './import-file.ts';

const site = new Site();
await site.listen();
const address = site.page('/', articlePage(startArticle()));
const option = (name: string) => {
  const word = process.argv.indexOf(name);
  return word < 0 ? undefined : process.argv[word + 1]!;
};
const [picture, model] = [option('--picture'), option('--model')];
if (picture === undefined) await openWindow();
else await takePicture(picture);
await site.close();

/** Pins Linnet's button to the toolbar of a new profile, where Chromium would hide it in the extensions menu. */
function pinButton(profile: string): void {
  const preferences = join(profile, 'Default/Preferences');
  if (existsSync(preferences)) return;
  // Chromium names an unpacked extension after its path: 16 bytes of the hash, in the letters a to p.
  const path = Buffer.from(
    realpathSync(defaults.extension),
    process.platform === 'win32' ? 'utf16le' : 'utf8',
  );
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const id = hash.replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  mkdirSync(dirname(preferences), { recursive: true });
  writeFileSync(preferences, JSON.stringify({ extensions: { pinned_extensions: [id] } }));
}

async function openWindow(): Promise<void> {
  const profile = at('.cache/profile');
  pinButton(profile);
  if (model !== undefined && !(await importInto(profile, model))) return;
  const flags = [
    ...loadingFlags(defaults.extension),
    `--user-data-dir=${profile}`,
    '--enable-unsafe-webgpu',
    '--no-first-run',
    '--no-default-browser-check',
    // Chromium's sandbox refuses to run as root; --test-type avoids the warning bar.
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
  const browser = spawn(process.env.LINNET_CHROMIUM!, [...flags, address], { stdio: 'ignore' });
  console.log(`
Chromium opens with Linnet and an article (${address}).${model === undefined ? '' : `\n${basename(model)} is in it: try it on any page.`}
  1. Press Alt+L, or the red-breasted bird in the toolbar, and then "Summarise this page".
  2. Then select a sentence in the article: a bubble offers to translate it.
  3. Ask a question in the popup. Every word comes from this machine; nothing is sent anywhere.
Close the window, or press Ctrl+C here, to end. \`npm start -- --fresh\` begins with an empty profile.
`);
  process.once('SIGINT', () => browser.kill());
  process.once('SIGTERM', () => browser.kill());
  await new Promise((done) => browser.once('exit', done).once('error', done));
}

/** Imports a model with a browser that nobody sees, on the profile that the window then has. */
async function importInto(profile: string, file: string): Promise<boolean> {
  const linnet = new LinnetBrowser({ ...defaults, headless: true }, profile);
  try {
    await linnet.launch();
    await importFile(linnet, file);
    return true;
  } catch (error) {
    console.error(`${basename(file)} was not imported: ${firstLine(error)}`);
    process.exitCode = 1;
    return false;
  } finally {
    await linnet.close();
  }
}

async function takePicture(file: string): Promise<void> {
  const linnet = new LinnetBrowser(defaults);
  await linnet.launch();
  let summarised = false;
  try {
    if (model !== undefined) await importFile(linnet, model);
    const page = await linnet.open(address);
    const popup = await linnet.openPopup(page);
    summarised = await summarise(popup);
    await pictureTogether(page, popup, file);
  } catch (error) {
    console.error(`The trial in Chromium failed: ${firstLine(error)}`);
    process.exitCode = 1;
    return;
  } finally {
    await linnet.close();
  }
  console.log(`
Chromium opened the article and the popup; ${summarised ? 'Linnet summarised it.' : 'but the summary was not completed.'}
  The picture:      ${relative(process.cwd(), file)}
  With a display:   npm start        opens a window that stays
  The extension:    ${relative(process.cwd(), defaults.extension)} (chrome://extensions, Load unpacked)
  The tests:        npm test
`);
  if (!summarised) process.exitCode = 1;
}

/** Playwright's messages continue with a long log; the first line is the message. */
function firstLine(error: unknown): string | undefined {
  return (error as Error).message.split('\n')[0];
}

/** Presses "Summarise this page" once the model is ready, and waits while "Stop" is offered. */
async function summarise(popup: Page): Promise<boolean> {
  const stop = popup.getByRole('button', { name: /^stop/i });
  try {
    await popup
      .getByRole('button', { name: /summari[sz]e/i })
      .first()
      .click({ timeout: 120_000 });
    await stop.waitFor({ state: 'visible', timeout: 20_000 }).catch(() => undefined);
    await stop.waitFor({ state: 'hidden', timeout: 240_000 });
    await popup.waitForTimeout(500);
    return true;
  } catch {
    return false;
  }
}
