/** One page on which the bubble is tried: selects, looks where the offer is, presses it, and collects what is wrong. */
import type { Frame, Locator, Page } from 'playwright/test';
import { givenSlowness } from '../../scripts/testing/speed.mjs';
import { Bubble } from './bubble.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Milliseconds after which what is waited for does not come at all; it takes less than a second on an idle machine. */
export const PATIENCE = 60_000 * givenSlowness();
/** Milliseconds after which none comes any more. */
const NO_MORE = 2500;
/** CSS pixels between a selection and the offer: its gap for fingers, and rounding. */
const NEAR = 34;
/** CSS pixels of the offer's height. */
const OWN_HEIGHT = { least: 40, most: 50 };

export class BubbleTrial {
  readonly faults: string[] = [];
  readonly bubble: Bubble;
  readonly page: Page;

  /** Opens the popup on the page. */
  readonly call: () => Promise<Page>;

  constructor(page: Page, call: () => Promise<Page>) {
    this.page = page;
    this.call = call;
    this.bubble = new Bubble(page);
  }

  /** Selects the content of an element. */
  async select(selector: string, within: Page | Frame = this.page): Promise<void> {
    await within.evaluate((wanted) => {
      const find = (root: Document | ShadowRoot): Element | null => {
        const found = root.querySelector(wanted);
        if (found !== null) return found;
        for (const element of root.querySelectorAll('*')) {
          const inner = element.shadowRoot === null ? null : find(element.shadowRoot);
          if (inner !== null) return inner;
        }
        return null;
      };
      const element = find(document)!;
      if (element.matches('input, textarea')) {
        (element as HTMLInputElement).focus();
        (element as HTMLInputElement).select();
        return;
      }
      const range = document.createRange();
      range.selectNodeContents(element);
      const selection = getSelection()!;
      selection.removeAllRanges();
      selection.addRange(range);
    }, selector);
  }

  /** The box of an element in a frame, by what the frame says where the pointer is: zoom and transforms scale it. */
  async inFrame(frame: Frame, selector: string): Promise<Box> {
    const outer = (await (await frame.frameElement()).boundingBox())!;
    await frame.evaluate(() =>
      addEventListener(
        'mousemove',
        ({ clientX, clientY }) => Object.assign(window, { pointer: [clientX, clientY] }),
        true,
      ),
    );
    const heard = async (part: number): Promise<readonly [number, number, number, number]> => {
      const [x, y] = [outer.x + outer.width * part, outer.y + outer.height * part];
      await this.page.mouse.move(x, y);
      await this.page.waitForTimeout(100);
      const [inX, inY] = await frame.evaluate(
        () => (window as unknown as { pointer: [number, number] }).pointer,
      );
      return [x, y, inX, inY];
    };
    const [a, b] = [await heard(0.2), await heard(0.8)];
    const inner = await frame.evaluate((wanted) => {
      const { left, top, width, height } = document.querySelector(wanted)!.getBoundingClientRect();
      return { left, top, width, height };
    }, selector);
    const [scaleX, scaleY] = [(b[0] - a[0]) / (b[2] - a[2]), (b[1] - a[1]) / (b[3] - a[3])];
    return {
      x: a[0] + (inner.left - a[2]) * scaleX,
      y: a[1] + (inner.top - a[3]) * scaleY,
      width: inner.width * scaleX,
      height: inner.height * scaleY,
    };
  }

  /**
   * Waits for the offer, and compares its place with that of `what`, both as the browser draws them. `around`: the selected
   * words are only a part of it, and the offer may lie over the rest.
   */
  async offered(what: Locator | Box, named: string, kind: 'words' | 'around' = 'words'): Promise<void> {
    const offer = await this.offer();
    if (offer === undefined) {
      this.faults.push(`${named}: no offer`);
      return;
    }
    const size = await this.view();
    if (offer.height < OWN_HEIGHT.least || offer.height > OWN_HEIGHT.most)
      this.faults.push(`${named}: the offer is ${Math.round(offer.height)} px high`);
    if (
      offer.x < 0 ||
      offer.y < 0 ||
      offer.x + offer.width > size.width ||
      offer.y + offer.height > size.height
    )
      this.faults.push(`${named}: the offer is out of view`);
    const box = 'x' in what ? what : (await what.boundingBox())!;
    const distance = distanceOf(offer, box);
    if (distance > NEAR) this.faults.push(`${named}: the offer is ${Math.round(distance)} px away`);
    const room = Math.max(box.y, size.height - box.y - box.height, box.x, size.width - box.x - box.width);
    if (kind === 'words' && distance === 0 && room > 2 * OWN_HEIGHT.most + NEAR && isOver(offer, box))
      this.faults.push(`${named}: the offer lies over the words`);
  }

  async notOffered(named: string): Promise<void> {
    await this.page.waitForTimeout(NO_MORE);
    if ((await this.bubble.box('Translate')) !== undefined) this.faults.push(`${named}: an offer`);
  }

  /** Presses the offer as a person does, and waits for what it opens. */
  async opens(named: string): Promise<void> {
    const opened = await this.until(async () => {
      await this.bubble.pressIfThere('Translate');
      return (await this.bubble.text('head')) !== undefined;
    });
    if (!opened) this.faults.push(`${named}: pressing the offer opens nothing`);
  }

  /** Closes the bubble, and clears the selection unless the same words are to be selected again. */
  async close(): Promise<void> {
    await this.bubble.pressIfThere('Close');
    await this.until(async () => this.bubble.frame() === undefined);
  }

  expect(right: boolean, fault: string): void {
    if (!right) this.faults.push(fault);
  }

  private async view(): Promise<{ width: number; height: number }> {
    return this.page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  }

  private async offer(): Promise<Box | undefined> {
    let found: Box | undefined;
    await this.until(async () => {
      const box = await this.bubble.box('Translate');
      // It follows the page for a moment.
      await this.page.waitForTimeout(200);
      const again = await this.bubble.box('Translate');
      if (box === undefined || again === undefined || distanceOf(box, again) > 0 || box.y !== again.y)
        return false;
      found = again;
      return true;
    });
    return found;
  }

  private async until(done: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await this.page.waitForTimeout(100))
      if (await done()) return true;
    return false;
  }
}

/** CSS pixels between two boxes; 0 if they meet. */
function distanceOf(a: Box, b: Box): number {
  const x = Math.max(0, a.x - b.x - b.width, b.x - a.x - a.width);
  const y = Math.max(0, a.y - b.y - b.height, b.y - a.y - a.height);
  return Math.hypot(x, y);
}

function isOver(a: Box, b: Box): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 2 && height > 2;
}
