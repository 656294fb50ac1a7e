/** Reports the size of what the frame draws: the element around the frame is made as large. */
import type { Size } from '../anchor-position.ts';

/**
 * Calls `report` whenever `root` has another size, in whole CSS pixels. Returns a function that measures now: an observer is
 * late in a frame that is not shown yet.
 */
export function reportSize(root: Element, report: (size: Size) => void): () => void {
  let reported: Size = { width: 0, height: 0 };
  const measure = () => {
    const box = root.getBoundingClientRect();
    const size = { width: Math.ceil(box.width), height: Math.ceil(box.height) };
    const isSame = size.width === reported.width && size.height === reported.height;
    if (size.height === 0 || isSame) return;
    reported = size;
    report(size);
  };
  new ResizeObserver(measure).observe(root);
  return measure;
}
