/** Whether a page is the one that was read before: by its address, and by what it says. Pure. */

/** A page may differ by this share of its characters and count as the same: clocks, counters, a teaser in a corner. */
const TOLERANCE = 0.05;

/** A place within a page (`#notes`) makes no other page; a route of a page made by scripts (`#/inbox`, `#!inbox`) does. */
const withoutPlace = (url: string): string => url.replace(/#(?![/!]).*$/s, '');

export const samePage = (a: string, b: string): boolean => withoutPlace(a) === withoutPlace(b);

/** Whether both texts have the same lines, in whatever order, but for a little. */
export function saysTheSame(a: string, b: string): boolean {
  return a === b || (share(a, b) >= 1 - TOLERANCE && share(b, a) >= 1 - TOLERANCE);
}

/** Whether all lines of a part stand in the whole, but for a little. */
export const stillSays = (whole: string, part: string): boolean =>
  whole.includes(part) || share(part, whole) >= 1 - TOLERANCE;

/** Which share of the characters of `text` stands in lines that `other` has too, each as often as there; 1 where it is empty. */
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
