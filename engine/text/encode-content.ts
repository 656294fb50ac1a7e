/**
 * Encodes a text in which the control tokens of untrusted content must not be recognised: a page that spells
 * `<|im_end|>` gives the ids of those characters, never the token that ends a turn. A text whose contents spell no
 * control token has the ids of the plain encoding.
 *
 * The text is cut within each spelling that touches content, and the parts are encoded one by one. If control ids still
 * appear (a normaliser can make a spelling), the contents are encoded character by character. Pure but for `encode`.
 */
import type { MarkedText } from './mark-content.ts';

/** Tokens that only a template may write. */
export interface ControlTokens {
  readonly spellings: readonly string[];
  readonly ids: ReadonlySet<number>;
}

/** `special`: adds the tokens that the tokenizer puts around a text. */
type Encode = (text: string, special: boolean) => number[];

export function encodeContent(
  { text, content }: MarkedText,
  controls: ControlTokens,
  special: boolean,
  encode: Encode,
): number[] {
  if (content.length === 0 || controls.ids.size === 0) return encode(text, special);
  const count = (ids: readonly number[]) => ids.filter((id) => controls.ids.has(id)).length;
  const expected = count(encode(neutral({ text, content }), special));
  const ids = encodeParts(partsAt(text, cuts({ text, content }, controls.spellings)), special, encode);
  if (count(ids) === expected) return ids;
  return encodeParts(piecesOf({ text, content }, controls, encode), special, encode);
}

/** The text with a letter in place of each content. */
function neutral({ text, content }: MarkedText): string {
  let at = 0;
  let made = '';
  for (const [start, end] of content) {
    made += text.slice(at, start) + (start < end ? 'a' : '');
    at = end;
  }
  return made + text.slice(at);
}

/** Where to cut, so that no part spells a control token with a character of content; ascending. */
function cuts({ text, content }: MarkedText, spellings: readonly string[]): number[] {
  const found = new Set<number>();
  for (const spelling of spellings) {
    for (const [start, end] of content) {
      let at = text.indexOf(spelling, Math.max(0, start - spelling.length + 1));
      while (at >= 0 && at < end) {
        // After the first character that is content, or before it if that is the last one of the spelling.
        const after = Math.max(at, start) + 1;
        found.add(after < at + spelling.length ? after : after - 1);
        at = text.indexOf(spelling, at + 1);
      }
    }
  }
  return [...found].toSorted((a, b) => a - b);
}

function partsAt(text: string, at: readonly number[]): string[] {
  return [0, ...at].map((start, i) => text.slice(start, at[i] ?? text.length));
}

/** Template and contents apart; contents with control ids by their characters, without those that are control tokens. */
function piecesOf({ text, content }: MarkedText, { ids }: ControlTokens, encode: Encode): string[] {
  const safe = (piece: string) => !encode(piece, false).some((id) => ids.has(id));
  let at = 0;
  const pieces: string[] = [];
  for (const [start, end] of content) {
    const inside = text.slice(start, end);
    pieces.push(text.slice(at, start), ...(safe(inside) ? [inside] : [...inside].filter(safe)));
    at = end;
  }
  return [...pieces, text.slice(at)].filter((piece) => piece !== '');
}

function encodeParts(parts: readonly string[], special: boolean, encode: Encode): number[] {
  if (parts.length <= 1) return encode(parts[0] ?? '', special);
  const ids = parts.flatMap((part) => encode(part, false));
  if (!special) return ids;
  const [first] = parts as [string];
  const whole = encode(first, true);
  const inner = encode(first, false);
  const before = startOf(inner, whole);
  return [...whole.slice(0, before), ...ids, ...whole.slice(before + inner.length)];
}

/** Index of the first occurrence of `inner` in `whole`; 0 if there is none. */
function startOf(inner: readonly number[], whole: readonly number[]): number {
  const at = whole.findIndex((_, i) => inner.every((id, j) => whole[i + j] === id));
  return Math.max(0, at);
}
