/**
 * Shares one browser between the stories of a Playwright worker, since starting one costs as much CPU time as a short
 * story. It is reset between two stories, so that each finds the state of a new browser. It is closed after a story that
 * failed or that changed what a reset does not undo.
 */
import { rmSync } from 'node:fs';
import { LinnetBrowser } from './browser.ts';
import type { LaunchOptions } from './launch-options.ts';

export class BrowserPool {
  private kept: { readonly browser: LinnetBrowser; readonly key: string } | undefined;
  /** Copies of the extension by their kind, made once. */
  private readonly copies = new Map<string, string>();

  /** A browser launched with these options, with nothing stored in it but perhaps some of `models`. */
  async take(options: LaunchOptions, models: readonly string[]): Promise<LinnetBrowser> {
    const key = JSON.stringify(options);
    const { kept } = this;
    this.kept = undefined;
    if (kept !== undefined) {
      if (kept.key === key && (await isReset(kept.browser, models))) return kept.browser;
      await kept.browser.close();
    }
    const browser = new LinnetBrowser(options);
    await browser.launch();
    return browser;
  }

  /** Keeps the browser for the next story if it can be reset. */
  async giveBack(browser: LinnetBrowser, reusable: boolean): Promise<void> {
    if (reusable && browser.isRunning) this.kept = { browser, key: JSON.stringify(browser.options) };
    else await browser.close();
  }

  copyOfExtension(kind: string, make: () => string): string {
    const folder = this.copies.get(kind) ?? make();
    this.copies.set(kind, folder);
    return folder;
  }

  async close(): Promise<void> {
    await this.kept?.browser.close();
    for (const folder of this.copies.values()) rmSync(folder, { recursive: true, force: true });
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
