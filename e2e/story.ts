/**
 * What several stories do: import a model or a glossary, request a prompt from the engine, run the command line on it, and
 * look into the bubble (cases/bubble.ts).
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROBE_VERSION } from '../app/worker/abilities/probe.ts';
import type { Reply, RequestKind, Send } from '../app/protocol/requests.ts';
import { at } from '../scripts/setup/machine.mjs';
import { assets, expect, type LinnetBrowser, type Locator, type Page } from './harness/index.ts';

export { Bubble } from './cases/bubble.ts';

export const STORIES = 'models/stories260K-hf-f32';

/** The id that stories260K gets from the name of its folder. */
const STORIES_ID = 'stories260k-hf-f32';

/**
 * Imports stories260K from its folder on the Models page, and leaves that page open. If a story before did so in the same
 * browser, its stored files are copied instead, unless it must be imported `anew`. What its trial finds is stored at once,
 * since the trial costs each story seconds: it passed, and is too small for key points, so summaries are in brief.
 */
export async function importStories(linnet: LinnetBrowser, how?: 'anew'): Promise<Page> {
  const restored = how !== 'anew' && (await linnet.restoreModel(STORIES_ID));
  const models = await linnet.open('models.html');
  if (!restored) await models.locator('input[data-pick="folder"]').setInputFiles(assets(STORIES));
  await expect(card(models, 'stories260K-hf-f32')).toBeVisible();
  if (!restored) await linnet.keepModel(models, STORIES_ID);
  const languages = ['en', 'de'].map((tag) => ({ tag, writes: true }));
  const found = { version: PROBE_VERSION, probedAt: Date.now(), lists: true, repeats: false, languages };
  const style = { type: 'tldr', length: 'medium' } as const;
  await ask(models, 'set-settings', { settings: { style, abilities: { [STORIES_ID]: found } } });
  return models;
}

/** Waits for the demo model, which comes with the extension, and returns the Models page. */
export async function demoModel(linnet: LinnetBrowser, language = 'de'): Promise<Page> {
  const models = await linnet.open('models.html');
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await linnet.keepModel(models, 'demo');
  await ask(models, 'set-settings', { settings: { language } });
  return models;
}

/** Imports terms on the page of the glossary, as a CSV file of `from,to,term,translation`, and leaves that page open. */
export async function importTerms(linnet: LinnetBrowser, ...lines: readonly string[]): Promise<Page> {
  const glossary = await linnet.open('glossary.html');
  const file = { name: 'terms.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) };
  await glossary.locator('input[type=file]').setInputFiles(file);
  await expect(glossary.getByRole('listitem')).toHaveCount(lines.length);
  return glossary;
}

/** Opening the popup gives Linnet access to the page. */
export async function callLinnet(linnet: LinnetBrowser, page: Page): Promise<void> {
  const popup = await linnet.openPopup(page);
  await expect(popup.getByRole('button', { name: 'Summarise this page' })).toBeEnabled();
  await popup.close();
}

/** Selects from the beginning of one element to the end of another, or of the same. */
export async function select(page: Page, from: string, to = from): Promise<void> {
  await page.evaluate(
    ([first, last]) => {
      const range = document.createRange();
      range.setStart(document.querySelector(first!)!, 0);
      const end = document.querySelector(last!)!;
      range.setEnd(end, end.childNodes.length);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
    },
    [from, to],
  );
}

export function card(models: Page, name: string) {
  return models.getByRole('listitem').filter({ has: models.getByRole('heading', { name }) });
}

/** Opens a menu by its button's name and chooses an entry. */
export async function choose(page: Page | Locator, menu: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
}

/** Opens what a popup shows in a tab. The popup closes then, maybe before the click is reported. */
export async function openInTab(popup: Page): Promise<Page> {
  const opened = popup.context().waitForEvent('page');
  await choose(popup, 'More', 'Open in a tab').catch((error: unknown) => {
    if (!popup.isClosed()) throw error;
  });
  return opened;
}

/** Sends a question from the composer, and waits until its answer's card is there. */
export async function say(page: Page, text: string): Promise<void> {
  const before = await page.getByRole('article').count();
  const field = page.locator('form.composer').getByRole('textbox');
  await field.fill(text);
  await field.press('Enter');
  await expect(page.getByRole('article')).toHaveCount(before + 1);
}

/** Ends the newest answer once it has words, or ended without: a model may say nothing. */
export async function endAnswer(page: Page): Promise<void> {
  const answer = page.getByRole('article').last();
  const prose = answer.locator('.prose');
  const over = async () => (await answer.getAttribute('aria-busy')) === 'false';
  const hasWords = async () => (await prose.count()) > 0 && (await prose.innerText()).trim() !== '';
  // The model is loaded first, which takes a minute on a busy software GPU.
  await expect.poll(async () => (await hasWords()) || (await over())).toBe(true);
  // A short answer may end before the button is reached.
  await expect(async () => {
    if (!(await over())) await page.getByRole('button', { name: 'Stop' }).click({ timeout: 2000 });
    await expect(answer).toHaveAttribute('aria-busy', 'false', { timeout: 5000 });
  }).toPass();
}

/** Waits for the first words of the newest answer, ends it, and returns its text. */
export async function stopAfterSomeWords(page: Page): Promise<string> {
  await endAnswer(page);
  const prose = page.getByRole('article').last().locator('.prose');
  await expect(prose).not.toBeEmpty();
  return words(await prose.innerText());
}

/** A request of the extension's own protocol, sent from one of its pages; again until the offscreen document is there. */
export async function ask<K extends RequestKind>(page: Page, kind: K, send: Send<K>): Promise<Reply<K>> {
  return page.evaluate(
    (request) =>
      new Promise<never>((resolve, reject) => {
        const attempt = () => {
          const port = chrome.runtime.connect({ name: 'linnet' });
          port.onDisconnect.addListener(() => {
            void chrome.runtime.lastError;
            setTimeout(attempt, 100);
          });
          port.onMessage.addListener((frame: { kind: string; value: never; error: { message: string } }) => {
            if (frame.kind === 'hello') port.postMessage({ id: 1, request });
            if (frame.kind === 'reply') resolve(frame.value);
            if (frame.kind === 'refusal') reject(new Error(frame.error.message));
            // Closing one's own end does not call onDisconnect.
            if (frame.kind === 'reply' || frame.kind === 'refusal') port.disconnect();
          });
        };
        attempt();
      }),
    { kind, ...send },
  );
}

/** Counts the dispatches of the engine's worker from now on. */
export async function dispatchesOf(linnet: LinnetBrowser): Promise<() => Promise<number>> {
  const offscreen = linnet.context.pages().find((page) => page.url() === linnet.url('offscreen.html'));
  const worker = offscreen!.workers()[0]!;
  await worker.evaluate(() => {
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    Object.assign(globalThis, { dispatches: 0 });
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...groups) {
      (globalThis as unknown as { dispatches: number }).dispatches++;
      return dispatchWorkgroups.apply(this, groups);
    };
  });
  return () => worker.evaluate(() => (globalThis as unknown as { dispatches: number }).dispatches);
}

declare const chrome: {
  readonly runtime: {
    readonly lastError?: unknown;
    connect(options: { name: string }): {
      postMessage(message: unknown): void;
      disconnect(): void;
      readonly onDisconnect: { addListener(listener: () => void): void };
      readonly onMessage: { addListener(listener: (frame: never) => void): void };
    };
  };
};

/** The messages that the newest answer of the newest conversation was made from. */
export async function lastPrompt(popup: Page): Promise<Reply<'prompt'>> {
  const [conversation] = await ask(popup, 'conversations', { limit: 1 });
  return ask(popup, 'prompt', { job: conversation!.jobs.at(-1)! });
}

/** The first question of a prompt, with the page where it has one. */
export const firstTurn = (messages: Reply<'prompt'>): string =>
  messages.find(({ role }) => role === 'user')!.content;

/** Tokens for white space that is not shown. */
const SPACES = 20;

/**
 * What the command line answers to the same messages, as far as `shown`; the same number format, the same kind of adapter. A
 * token is at least one character, of which {@link words} drops some of the white space.
 */
export async function commandLineText(messages: unknown, shown: string): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'linnet-messages-')), 'messages.json');
  writeFileSync(file, JSON.stringify(messages));
  const options = [
    'generate',
    '--model',
    assets(STORIES),
    '--messages',
    file,
    '--max-tokens',
    `${shown.length + SPACES}`,
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      at('scripts/linnet.mjs'),
      ...options,
      '--adapter',
      process.env.LINNET_ADAPTER ?? 'swiftshader',
      '--json',
    ],
    { maxBuffer: 2 ** 26 },
  );
  return (JSON.parse(stdout) as { text: string }).text;
}

/** The stored text of the only answer; a running one is stored twice a second. */
export async function storedText(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opened = indexedDB.open('linnet');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const all = opened.result.transaction('jobs').objectStore('jobs').getAll();
          all.onsuccess = () => {
            opened.result.close();
            resolve((all.result as { text: string }[]).map(({ text }) => text).join(''));
          };
        };
      }),
  );
}

/** Space is shown as Markdown shows it. */
export const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
