/**
 * Tokens of a text without the model's vocabulary, rather too many: what is estimated too low is cut off by the server, in
 * silence where that is Ollama. Measured with the vocabularies at hand (estimate.test.ts). Pure.
 */

/** Tokens of a character. A word of English has 1.3 tokens and six characters with its space; digits count one each. */
const LETTER = 0.3;
const SIGN = 0.7;
/** Latin letters with marks: a token of their own in small vocabularies. */
const MARKED = 1;
const CYRILLIC_GREEK = 0.7;
const ARABIC_HEBREW = 0.9;
/** Scripts of East and South Asia, and what no range names. */
const OTHER = 1.3;
/** A surrogate pair, as of emoji, is up to four bytes. */
const HALF_PAIR = 2;

/** The estimate for texts that are joined is the sum of theirs. */
export function estimatedTokens(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += ofUnit(text.charCodeAt(at));
  return Math.ceil(sum);
}

function ofUnit(unit: number): number {
  if (unit < 0x80) {
    const letter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
    if (letter || unit === 0x20) return LETTER;
    return unit >= 0x30 && unit <= 0x39 ? 1 : SIGN;
  }
  if (unit < 0x250) return MARKED;
  if (unit >= 0x370 && unit < 0x530) return CYRILLIC_GREEK;
  if (unit >= 0x590 && unit < 0x780) return ARABIC_HEBREW;
  return unit >= 0xd800 && unit < 0xe000 ? HALF_PAIR : OTHER;
}
