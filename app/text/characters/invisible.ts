/**
 * Removes characters that nobody sees, in which a page can hide words from its reader: characters of zero width, tags,
 * controls of direction, soft hyphens, selectors of variants, fillers, control codes.
 *
 * Kept where they change what is seen: joiners in scripts that use them and in emoji, the emoji selectors after a sign
 * that has both forms, and the tags of the three flags that are spelled with them.
 */

/** Everything that is looked at: one test for a text without any of it. */
const SUSPECT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters are meant, not their sequences.
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
const SUSPECTS = new RegExp(SUSPECT.source, 'gu');

/** Scripts whose letters a joiner connects or parts. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Balinese}\p{Script=Javanese}\p{Script=Chakma}\p{Script=Grantha}\p{Script=Newa}]/u;
const PICTURE = /\p{Extended_Pictographic}/u;
/** What may stand before a joiner of an emoji, beside the picture: its selector or a tone of skin. */
const PICTURE_END = /[\ufe0f\u{1f3fb}-\u{1f3ff}\p{Extended_Pictographic}]/u;
/** Signs with a form as text and one as emoji. */
const TWO_FORMS = /[#*0-9\p{Extended_Pictographic}\p{Emoji}]/u;
const ZWNJ = '\u200c';
const ZWJ = '\u200d';
const FLAG = '\u{1f3f4}';
/** England, Scotland and Wales, in tags. */
const FLAG_TAGS = ['gbeng', 'gbsct', 'gbwls'].map(
  (name) =>
    `${[...name].map((letter) => String.fromCodePoint(0xe0000 + letter.codePointAt(0)!)).join('')}\u{e007f}`,
);

/** Linear in the length of `text`; U+2028 and U+2029 become line breaks. */
export function withoutInvisible(text: string): string {
  if (!SUSPECT.test(text)) return text;
  let flagUntil = 0;
  return text.replace(SUSPECTS, (char, at: number) => {
    if (at < flagUntil) return char;
    if (char === '\u2028' || char === '\u2029') return '\n';
    const before = lastCharacter(text, at);
    const after = String.fromCodePoint(text.codePointAt(at + char.length) ?? 0x20);
    if (char === ZWNJ || char === ZWJ) return keepsJoiner(char, before, after) ? char : '';
    if (char === '\ufe0e' || char === '\ufe0f') return TWO_FORMS.test(before) ? char : '';
    if (before !== FLAG) return '';
    const tags = FLAG_TAGS.find((flag) => text.startsWith(flag, at));
    if (tags !== undefined) flagUntil = at + tags.length;
    return tags === undefined ? '' : char;
  });
}

const keepsJoiner = (joiner: string, before: string, after: string): boolean =>
  JOINING.test(before) || (joiner === ZWJ && PICTURE_END.test(before) && PICTURE.test(after));

/** The character that ends before `at`; empty at the beginning. */
function lastCharacter(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low < 0xe000 ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}
