/**
 * What is painted behind words beside their own ancestors: pictures, and layers with a colour or picture of their own.
 * White words on a white page are seen where such a layer is.
 */
import { boxOf } from '../dom/pristine.ts';
import type { Edges } from './surroundings.ts';

/** Layers, and comparisons with them, that are looked at; a page with more keeps words that are of doubt to itself. */
const MOST_LAYERS = 2000;
const MOST_STEPS = 1_000_000;

export class Grounds {
  private readonly layers: Element[] = [];
  private boxes: Edges[] | undefined;
  private steps = 0;

  add(layer: Element): void {
    if (this.layers.length < MOST_LAYERS) this.layers.push(layer);
  }

  /** Whether a layer lies under or over the middle of a box. */
  covers({ left, top, right, bottom }: Edges): boolean {
    this.boxes ??= this.layers.map(boxOf);
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    for (const box of this.boxes) {
      if (++this.steps > MOST_STEPS) return false;
      if (box.left <= x && x <= box.right && box.top <= y && y <= box.bottom) return true;
    }
    return false;
  }
}
