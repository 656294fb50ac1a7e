/** How a text is split at what is found in it: `SplitDelimiterBehavior` of the Rust library. */
import type { RegexMatch } from '../regex/search.ts';

export const BEHAVIOURS = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
] as const;
export type SplitBehaviour = (typeof BEHAVIOURS)[number];

interface Part {
  start: number;
  end: number;
  readonly found: boolean;
}

/** Returns the parts that are not empty. `invert`: what is not found counts as found. */
export function splitAt(
  text: string,
  matches: readonly RegexMatch[],
  behaviour: SplitBehaviour,
  invert = false,
): RegexMatch[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { start, end } of matches) {
    if (start > at) parts.push({ start: at, end: start, found: invert });
    parts.push({ start, end, found: !invert });
    at = end;
  }
  if (at < text.length) parts.push({ start: at, end: text.length, found: invert });
  return merged(parts, behaviour).filter(({ start, end }) => end > start);
}

function merged(parts: readonly Part[], behaviour: SplitBehaviour): Part[] {
  if (behaviour === 'Isolated') return [...parts];
  if (behaviour === 'Removed') return parts.filter(({ found }) => !found);
  const made: Part[] = [];
  let before = false;
  if (behaviour === 'MergedWithNext') {
    for (const part of parts.toReversed()) {
      const last = made.at(-1);
      if (part.found && !before && last !== undefined) last.start = part.start;
      else made.push({ ...part });
      before = part.found;
    }
    return made.reverse();
  }
  for (const part of parts) {
    const last = made.at(-1);
    const joins = behaviour === 'Contiguous' ? part.found === before : part.found && !before;
    if (joins && last !== undefined) last.end = part.end;
    else made.push({ ...part });
    before = part.found;
  }
  return made;
}
