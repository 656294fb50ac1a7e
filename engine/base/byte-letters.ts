/** GPT-2's byte alphabet: every byte as a printable character. Bytes that are not printable map to U+0100 and up. */
export const LETTERS: readonly string[] = (() => {
  const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(printable(b) ? b : next++));
})();

/** Bytes by their letters. */
export const BYTE_OF: ReadonlyMap<string, number> = new Map(LETTERS.map((letter, byte) => [letter, byte]));

const utf8 = new TextEncoder();

/** The bytes of a text, as letters. */
export function bytesAsLetters(text: string): string {
  let made = '';
  for (const byte of utf8.encode(text)) made += LETTERS[byte];
  return made;
}

/** The bytes of a text, as the tokens `<0x00>` to `<0xFF>`. */
export function byteTokens(text: string): string[] {
  return Array.from(utf8.encode(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
}
