/**
 * `Precompiled`: SentencePiece's table of what each character, or sequence of them, is replaced by. In base64: the size
 * of a trie in bytes (u32, little-endian), the trie (a double array of u32, as Darts-clone writes it), and the
 * replacements, each ended by a zero byte. Source: SentencePiece's `normalizer.cc`, Darts-clone's `darts.h`.
 *
 * As in the Rust library, the shortest entry that begins a grapheme of fewer than six bytes counts for all of it;
 * otherwise each character is looked up by itself.
 */
import { PART_LIMITS } from './tokenizer-parts.ts';
import { wrongPart } from './part-fields.ts';

const encoder = new TextEncoder();

/** `where` names the part in errors. Throws `tokenizer-damaged`. */
export function precompiled(base64: string, where: string): (text: string) => string {
  const bytes = bytesOf(base64, where);
  const size = bytes.length < 4 ? -1 : new DataView(bytes.buffer).getUint32(0, true);
  if (size < 0 || size % 4 !== 0 || size + 4 > bytes.length)
    wrongPart(where, 'a trie and its texts', `${size} bytes`);
  const units = new Uint32Array(bytes.buffer.slice(4, 4 + size));
  const texts = bytes.subarray(4 + size);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const replacementOf = (chunk: string): string | undefined => {
    const at = shortestPrefix(units, encoder.encode(chunk));
    if (at === undefined) return undefined;
    const end = texts.indexOf(0, at);
    const replacement = texts.subarray(at, end < 0 ? texts.length : end);
    // Unicode's longest decomposition has 18 characters.
    if (replacement.length > PART_LIMITS.replacement)
      wrongPart(where, 'short replacements', `${replacement.length} bytes`);
    return decoder.decode(replacement);
  };
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return (text) => {
    let made = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = encoder.encode(segment).length < 6 ? replacementOf(segment) : undefined;
      if (whole !== undefined) made += whole;
      else for (const char of segment) made += replacementOf(char) ?? char;
    }
    return made;
  };
}

function bytesOf(base64: string, where: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return wrongPart(where, 'base64', base64.slice(0, 40));
  }
}

/** The value of the shortest entry that begins `key`. A unit of the array: a label, an offset, whether a value follows. */
function shortestPrefix(units: Uint32Array, key: Uint8Array): number | undefined {
  const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
  let at = offsetOf(units[0] ?? 0);
  for (const byte of key) {
    if (byte === 0) return undefined;
    at = (at ^ byte) >>> 0;
    const unit = units[at];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
    at = (at ^ offsetOf(unit)) >>> 0;
    if ((unit & 0x100) !== 0) {
      const value = units[at];
      return value === undefined ? undefined : value & 0x7fffffff;
    }
  }
  return undefined;
}
