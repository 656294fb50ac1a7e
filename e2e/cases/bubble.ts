/** The bubble or the translation bar on a page, as stories and cases see and press it. */
import { type ElementHandle, expect, type Frame, type Locator, type Page } from 'playwright/test';

/**
 * The bubble on a page, or the bar of a translated one. Both are in a frame of Linnet's own, which the page cannot reach;
 * Playwright can.
 */
export class Bubble {
  private readonly page: Page;
  private readonly name: 'bubble' | 'bar';

  constructor(page: Page, name: 'bubble' | 'bar' = 'bubble') {
    this.page = page;
    this.name = name;
  }

  /** Undefined while it is hidden. */
  frame(): Frame | undefined {
    return this.page.frames().find((frame) => frame.url().includes(`/on-page.html#${this.name}.`));
  }

  /** The element on the page, around the closed shadow root. Undefined while it is hidden. */
  async host(): Promise<ElementHandle<HTMLElement> | undefined> {
    const element = await this.frame()?.frameElement();
    const host = await element?.evaluateHandle((frame) => (frame.getRootNode() as ShadowRoot).host);
    return host?.asElement() as ElementHandle<HTMLElement> | undefined;
  }

  /** The name of the element on the page around it. */
  async place(): Promise<string | undefined> {
    // The frame is loaded again wherever it is moved to.
    const host = await this.host().catch(() => undefined);
    return host?.evaluate(({ parentElement }) => parentElement?.nodeName).catch(() => undefined);
  }

  /** Clicks the button with this text, as often as it takes until a click is carried out. */
  async press(label: string): Promise<void> {
    await expect.poll(() => this.click(label), { message: `the bubble's button ${label}` }).toBe(true);
  }

  /**
   * Closes the view by Escape. The key is released once the frame is gone: a frame that goes away meanwhile never reports
   * that it got the key or its release, and Playwright would wait for the report.
   */
  async escape(): Promise<void> {
    this.page.keyboard.down('Escape').catch(() => {});
    await expect.poll(() => this.frame()).toBeUndefined();
    await this.page.keyboard.up('Escape');
  }

  /** Waits until the translation is complete. */
  async translated(): Promise<void> {
    await expect.poll(() => this.text('actions')).toContain('Copy');
  }

  /** For buttons that disappear by themselves. */
  async pressIfThere(label: string): Promise<void> {
    await this.click(label);
  }

  /** The text in the element of this class, or undefined where there is none. */
  text(className: string): Promise<string | undefined> {
    return this.inside((frame) => textIn(frame.locator(`.${className}`).first()));
  }

  /** The selected value of the list with this label. */
  chosen(label: string): Promise<string | undefined> {
    return this.inside(async (frame) => {
      const list = frame.getByRole('combobox', { name: label, exact: true });
      return (await list.count()) === 0 ? undefined : list.inputValue();
    });
  }

  /** Chooses from the list with this label by a key, as a person does: an event of a script has no effect. */
  async choose(label: string, value: string): Promise<void> {
    const choose = () =>
      this.inside(async (frame) => {
        const list = frame.getByRole('combobox', { name: label, exact: true });
        if ((await list.inputValue()) === value) return true;
        await this.page.waitForTimeout(STEADY_MS);
        await list.focus();
        const key = await list.evaluate((element: HTMLSelectElement, wanted) => {
          const entries = [...element.options].filter(({ disabled }) => !disabled);
          const at = entries.findIndex((entry) => entry.value === wanted);
          element.value = entries[at === 0 ? 1 : at - 1]!.value;
          return at === 0 ? 'ArrowUp' : 'ArrowDown';
        }, value);
        const refusals = await refusalsIn(frame);
        await this.page.keyboard.press(key);
        return !(await this.wasRefused(frame, refusals)) && (await list.inputValue()) === value;
      });
    await expect.poll(choose, { message: label }).toBe(true);
  }

  /** The HTML of the view. */
  async html(): Promise<string> {
    const html = await this.inside((frame) => frame.locator('.linnet').evaluate((root) => root.outerHTML));
    return html ?? '';
  }

  /** Whether a button has this label, and its box in the viewport of the page. */
  box(label: string): Promise<{ x: number; y: number; width: number; height: number } | undefined> {
    return this.inside(async (frame) => {
      const button = frame.getByRole('button', { name: label, exact: true });
      return (await button.count()) === 0 ? undefined : ((await button.boundingBox()) ?? undefined);
    });
  }

  /** Returns whether a real click arrived and was not refused. */
  private click(label: string): Promise<boolean> {
    return this.inside(async (frame) => {
      const button = frame.getByRole('button', { name: label, exact: true });
      if ((await button.count()) === 0) return false;
      // Before, it is refused, since no person could have read the label.
      await this.page.waitForTimeout(STEADY_MS);
      const refusals = await refusalsIn(frame);
      // A click that closes the bubble may end before it is reported.
      const arrived = await button.click({ timeout: 2000 }).then(
        () => true,
        () => frame.isDetached(),
      );
      return arrived && !(await this.wasRefused(frame, refusals));
    }).then((clicked) => clicked ?? false);
  }

  /** Whether the frame drew its view again because an action was not carried out. A frame that is gone acted. */
  private async wasRefused(frame: Frame, before: number): Promise<boolean> {
    try {
      // The answer travels to the page's process and back, behind these.
      await this.page.evaluate(turnsOver);
      await frame.evaluate(turnsOver);
      return (await refusalsIn(frame)) > before;
    } catch {
      return false;
    }
  }

  private async inside<T>(work: (frame: Frame) => Promise<T>): Promise<T | undefined> {
    const frame = this.frame();
    // A frame that is removed meanwhile, or an element that is drawn again, has nothing to say.
    return frame === undefined ? undefined : work(frame).catch(() => undefined);
  }
}

/** Longer than the bubble asks for before it takes a click; see app/ui/on-page/frame/judge.ts. */
const STEADY_MS = 500;

/** How often the frame was told that an action was not carried out. */
const refusalsIn = async (frame: Frame): Promise<number> =>
  Number(await frame.locator('[data-refusals]').getAttribute('data-refusals'));

/** Resolves when the tasks that wait in a page are done. */
const turnsOver = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(() => setTimeout(resolve, 50), 50);
  });

const textIn = async (found: Locator): Promise<string | undefined> =>
  (await found.count()) === 0 ? undefined : ((await found.textContent()) ?? undefined);
