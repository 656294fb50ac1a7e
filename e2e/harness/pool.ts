/**
 * Shares browsers between the stories of a Playwright worker, since starting one costs as much CPU time as two short
 * stories: a profile of its own has no model yet, and its kernels are tried again. A browser is reset between two stories,
 * so that each finds the state of a new one. It is closed after a story that failed or that changed what a reset does not
 * undo. Stories of another kind (a phone, every page allowed) get a browser beside the ordinary one.
 */
import { rmSync } from 'node:fs';
import { LinnetBrowser } from './browser.ts';
import type { LaunchOptions } from './launch-options.ts';

/** Browsers of a worker at most, since each takes memory. */
const MOST = 3;

interface Kept {
  readonly browser: LinnetBrowser;
  /** Nothing runs in it any more. */
  rests: boolean;
}

export class BrowserPool {
  /** By their options as text, in the order of their last use. */
  private readonly kept = new Map<string, Kept>();
  /** Copies of the extension by their kind, made once. */
  private readonly copies = new Map<string, string>();

  /** A browser launched with these options, with nothing stored in it but perhaps some of `models`. */
  async take(options: LaunchOptions, models: readonly string[]): Promise<LinnetBrowser> {
    const key = JSON.stringify(options);
    const kept = this.kept.get(key)?.browser;
    this.kept.delete(key);
    await this.restOthers();
    if (kept !== undefined) {
      if (await isReset(kept, models)) return kept;
      await kept.close();
    }
    const browser = new LinnetBrowser(options);
    await browser.launch();
    return browser;
  }

  /** Keeps the browser for the next story if it can be reset. */
  async giveBack(browser: LinnetBrowser, reusable: boolean): Promise<void> {
    if (reusable && browser.isRunning)
      this.kept.set(JSON.stringify(browser.options), { browser, rests: false });
    else await browser.close();
  }

  copyOfExtension(kind: string, make: () => string): string {
    const folder = this.copies.get(kind) ?? make();
    this.copies.set(kind, folder);
    return folder;
  }

  async close(): Promise<void> {
    for (const { browser } of this.kept.values()) await browser.close();
    for (const folder of this.copies.values()) rmSync(folder, { recursive: true, force: true });
  }

  /** Ends what still runs in browsers that the next story does not use, and closes those that would be too many. */
  private async restOthers(): Promise<void> {
    for (const [key, kept] of [...this.kept]) {
      if (this.kept.size < MOST && (kept.rests || (await isReset(kept.browser, [])))) {
        kept.rests = true;
      } else {
        this.kept.delete(key);
        await kept.browser.close();
      }
    }
  }
}

async function isReset(browser: LinnetBrowser, models: readonly string[]): Promise<boolean> {
  if (!browser.isRunning) return false;
  try {
    await browser.reset(models);
    return true;
  } catch (error) {
    console.log(`a browser could not be reset, so the next story starts its own: ${error}`);
    return false;
  }
}
