/** Decides whether a page is the one that was read before, by its address and its text. Pure. */

/** A page may differ by this share of its characters and count as the same: clocks, counters, a teaser in a corner. */
const TOLERANCE = 0.05;

/** Drops a fragment within a page (`#notes`), and keeps a route of a scripted page (`#/inbox`, `#!inbox`). */
const withoutFragment = (url: string): string => url.replace(/#(?![/!]).*$/s, '');

export const samePage = (a: string, b: string): boolean => withoutFragment(a) === withoutFragment(b);

/** Whether both texts have the same lines, in any order, within {@link TOLERANCE}. */
export function hasSameText(a: string, b: string): boolean {
  return a === b || (share(a, b) >= 1 - TOLERANCE && share(b, a) >= 1 - TOLERANCE);
}

/** Whether the whole contains all lines of the part, within {@link TOLERANCE}. */
export const containsText = (whole: string, part: string): boolean =>
  whole.includes(part) || share(part, whole) >= 1 - TOLERANCE;

/** Share of the characters of `text` in lines that `other` has too, counting repeated lines; 1 for an empty text. */
function share(text: string, other: string): number {
  const left = new Map<string, number>();
  for (const line of linesOf(other)) left.set(line, (left.get(line) ?? 0) + 1);
  let all = 0;
  let found = 0;
  for (const line of linesOf(text)) {
    all += line.length;
    const times = left.get(line) ?? 0;
    if (times === 0) continue;
    found += line.length;
    left.set(line, times - 1);
  }
  return all === 0 ? 1 : found / all;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
