/**
 * The decoders of tokenizer.json, which make a text of tokens. Each does what the one of its name in the Rust library
 * `tokenizers` does, with two exceptions. Bytes that are no UTF-8 become one U+FFFD for each damaged character, as
 * everywhere on the web, so that text can be decoded as it comes. An added token is decoded to its spelling in the file,
 * even if its letters stand for bytes, or it is found by a normalised spelling.
 */
import { BYTE_OF } from '../../base/byte-letters.ts';
import { PartFields } from './part-fields.ts';
import { replaceAll } from './pattern.ts';
import { prependScheme } from './pre-tokenizers.ts';

/** Changes a list of tokens; the last one's result is joined. */
export type Decoder = (tokens: readonly string[]) => string[];

type IsLiteral = (token: string) => boolean;

const DECODERS: Readonly<Record<string, (part: PartFields, isLiteral: IsLiteral) => Decoder>> = {
  Sequence: (part, isLiteral) => {
    const all = part.parts('decoders').map((inner) => decoderOf(inner, isLiteral));
    return (tokens) => all.reduce<string[]>((now, next) => next(now), [...tokens]);
  },
  Replace: (part) => {
    const [find, content] = [part.pattern(), part.text('content')];
    return (tokens) => tokens.map((token) => replaceAll(token, find, content));
  },
  Fuse: () => (tokens) => [tokens.join('')],
  Strip: (part) => {
    const [content, start, stop] = [part.char('content'), part.count('start'), part.count('stop')];
    return (tokens) => tokens.map((token) => stripped([...token], content, start, stop));
  },
  ByteFallback: () => byteFallback,
  ByteLevel: (_, isLiteral) => (tokens) => byteLevel(tokens, isLiteral),
  Metaspace: (part) => {
    const mark = part.char('replacement', '▁');
    const first = prependScheme(part) === 'never' ? ' ' : '';
    return (tokens) => tokens.map((token, i) => token.replaceAll(mark, i === 0 ? first : ' '));
  },
  WordPiece: (part) => {
    const [prefix, cleans] = [part.text('prefix', '##'), part.flag('cleanup', true)];
    return (tokens) =>
      tokens.map((token, i) => {
        const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        return cleans ? cleaned(joined) : joined;
      });
  },
  BPEDecoder: (part) => {
    const suffix = part.text('suffix', '</w>');
    if (suffix === '') part.wrong('suffix', 'a text that is not empty', suffix);
    return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' '));
  },
};

/** Throws `tokenizer-damaged` for an unknown or damaged part. */
function decoderOf(part: PartFields, isLiteral: IsLiteral): Decoder {
  const make = Object.hasOwn(DECODERS, part.type) ? DECODERS[part.type] : undefined;
  return make === undefined ? part.unknown('decoder', Object.keys(DECODERS)) : make(part, isLiteral);
}

/** The decoder in tokenizer.json; undefined for null. `isLiteral`: whether a token is an added one. */
export function readDecoder(json: unknown, isLiteral: IsLiteral): Decoder | undefined {
  if (json === null || json === undefined) return undefined;
  return decoderOf(new PartFields(json, 'decoder'), isLiteral);
}

function stripped(chars: readonly string[], content: string, start: number, stop: number): string {
  let from = 0;
  while (from < Math.min(start, chars.length) && chars[from] === content) from++;
  let end = chars.length;
  while (chars.length - end < stop && end > from && chars[end - 1] === content) end--;
  return chars.slice(from, end).join('');
}

/** The byte that a token like `<0xE2>` encodes. Undefined for any other token. */
export function byteOfToken(token: string): number | undefined {
  const digits = /^<0x([\da-fA-F]{2})>$/.exec(token)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function byteFallback(tokens: readonly string[]): string[] {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  const made: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) made.push(utf8.decode(Uint8Array.from(bytes)));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = byteOfToken(token);
    if (byte !== undefined) bytes.push(byte);
    else {
      flush();
      made.push(token);
    }
  }
  flush();
  return made;
}

/** The bytes that a token's letters stand for; the token itself, if one of them stands for none. */
export function bytesOfLetters(token: string): Uint8Array<ArrayBuffer> {
  const bytes = Array.from(token, (letter) => BYTE_OF.get(letter));
  const isWhole = bytes.every((byte) => byte !== undefined);
  return isWhole ? Uint8Array.from(bytes as number[]) : new TextEncoder().encode(token);
}

function byteLevel(tokens: readonly string[], isLiteral: IsLiteral): string[] {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let made = '';
  for (const token of tokens) {
    made += isLiteral(token) ? utf8.decode() + token : utf8.decode(bytesOfLetters(token), { stream: true });
  }
  return [made + utf8.decode()];
}

const CLEANED: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

function cleaned(text: string): string {
  return CLEANED.reduce((now, [from, to]) => now.replaceAll(from, to), text);
}
