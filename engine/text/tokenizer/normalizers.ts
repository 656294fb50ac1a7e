/**
 * The normalizers of tokenizer.json, which change a text before it is split. Each does what the one of its name in the
 * Rust library `tokenizers` does; the names of sets are those of Unicode's standard.
 */
import { bytesAsLetters } from '../../base/byte-letters.ts';
import { PartFields } from './part-fields.ts';
import { replaceAll } from './pattern.ts';
import { precompiled } from './precompiled.ts';

/** Changes a text. */
export type Normalizer = (text: string) => string;

const NORMALIZERS: Readonly<Record<string, (part: PartFields) => Normalizer>> = {
  Sequence: (part) => {
    const all = part.parts('normalizers').map(normalizerOf);
    return (text) => all.reduce((now, next) => next(now), text);
  },
  NFC: () => (text) => text.normalize('NFC'),
  NFD: () => (text) => text.normalize('NFD'),
  NFKC: () => (text) => text.normalize('NFKC'),
  NFKD: () => (text) => text.normalize('NFKD'),
  Lowercase: () => lowercased,
  StripAccents: () => (text) => text.replaceAll(/\p{M}/gu, ''),
  Prepend: (part) => {
    const before = part.text('prepend');
    return (text) => (text === '' ? '' : before + text);
  },
  Replace: (part) => {
    const find = part.pattern();
    const content = part.text('content');
    return (text) => replaceAll(text, find, content);
  },
  Strip: (part) => {
    const [left, right] = [part.flag('strip_left', true), part.flag('strip_right', true)];
    return (text) => {
      const start = left ? spacesFrom(text, 0) : 0;
      const end = right ? spacesBefore(text, text.length) : text.length;
      return text.slice(start, Math.max(start, end));
    };
  },
  ByteLevel: () => bytesAsLetters,
  Nmt: () => nmt,
  BertNormalizer: bert,
  Precompiled: (part) => precompiled(part.text('precompiled_charsmap'), part.where),
};

/** Throws `tokenizer-damaged` for an unknown or damaged part. */
export function normalizerOf(part: PartFields): Normalizer {
  const make = Object.hasOwn(NORMALIZERS, part.type) ? NORMALIZERS[part.type] : undefined;
  return make === undefined ? part.unknown('normalizer', Object.keys(NORMALIZERS)) : make(part);
}

/** The normalizer in tokenizer.json; undefined for null. */
export function readNormalizer(json: unknown): Normalizer | undefined {
  return json === null || json === undefined ? undefined : normalizerOf(new PartFields(json, 'normalizer'));
}

const SPACE = /\p{White_Space}/u;

/** The place after the spaces at `at`. */
export function spacesFrom(text: string, at: number): number {
  let end = at;
  while (end < text.length && SPACE.test(text[end] as string)) end++;
  return end;
}

/** The place before the spaces that end at `at`. */
export function spacesBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && SPACE.test(text[start - 1] as string)) start--;
  return start;
}

/** Each character alone: a sigma at the end of a word is no special case. */
function lowercased(text: string): string {
  if (!text.includes('Σ')) return text.toLowerCase();
  return text
    .split('Σ')
    .map((part) => part.toLowerCase())
    .join('σ');
}

/** Control characters that `Nmt` drops, and characters that become a space; source: SentencePiece's `nmt_nfkc`. */
const isDroppedByNmt = (c: number) =>
  (c >= 1 && c <= 8) || c === 0xb || (c >= 0xe && c <= 0x1f) || c === 0x7f || c === 0x8f || c === 0x9f;
const NMT_SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/;

function nmt(text: string): string {
  let made = '';
  for (const char of text) {
    if (!isDroppedByNmt(char.codePointAt(0) as number)) made += NMT_SPACES.test(char) ? ' ' : char;
  }
  return made;
}

/** `is_chinese_char` of BERT. */
const IDEOGRAPHS =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const BERT_SPACES = /[\t\n\r\p{White_Space}]/gu;
const BERT_DROPPED = /(?![\t\n\r])[\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

function bert(part: PartFields): Normalizer {
  const clean = part.flag('clean_text', true);
  const ideographs = part.flag('handle_chinese_chars', true);
  const lower = part.flag('lowercase', true);
  const accents = part.flag('strip_accents', lower);
  return (text) => {
    let now = text;
    if (clean) now = now.replaceAll(BERT_DROPPED, '').replaceAll(BERT_SPACES, ' ');
    if (ideographs) now = now.replaceAll(IDEOGRAPHS, ' $& ');
    if (accents) now = now.normalize('NFD').replaceAll(/\p{Mn}/gu, '');
    return lower ? lowercased(now) : now;
  };
}
