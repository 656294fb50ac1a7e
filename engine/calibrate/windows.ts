/** Cuts the calibration text into the token sequences that the pass runs. */
import texts from './texts.json' with { type: 'json' };
import type { Window } from './backend.ts';

/** Passages of our own: plain prose of many kinds in several languages, lists, dialogues, code. */
const CALIBRATION_TEXTS: readonly string[] = texts;

/** Tokens of all windows together; half as many cost a fifth more divergence, half the time. */
const CALIBRATION_TOKENS = 12_000;
/** Rows for which products of many rows have their kernels; a shorter rest is left out. */
export const SHORTEST = 9;
/** Tokens of a window at most: as many as a graph takes at once when a model is loaded. */
export const LONGEST = 128;

/**
 * Windows of about {@link CALIBRATION_TOKENS} ids in total, passages in order. `encode` gives the ids of a text, from BOS
 * on; `longest` is at most {@link LONGEST}.
 */
export function windowsOf(encode: (text: string) => readonly number[], longest = LONGEST): Window[] {
  const windows: Window[] = [];
  let count = 0;
  for (const text of CALIBRATION_TEXTS) {
    const ids = encode(text);
    for (let at = 0; at < ids.length && count < CALIBRATION_TOKENS; at += longest) {
      const window = ids.slice(at, at + Math.min(longest, CALIBRATION_TOKENS - count));
      if (window.length < SHORTEST) break;
      windows.push(window);
      count += window.length;
    }
  }
  return windows;
}
