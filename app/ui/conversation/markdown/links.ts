/** Addresses in Markdown. Only addresses of the web and of mail become links; others stay text. Pure. */

/** Longest address, in characters. */
const LONGEST = 2000;
const SPACE = 0x20;

export interface FoundTarget {
  readonly href: string;
  readonly title: string;
  /** The place after the closing bracket. */
  readonly end: number;
}

/** Reads `(address "title")`, whose bracket is at `at`. */
export function targetAt(text: string, at: number): FoundTarget | undefined {
  if (text[at] !== '(') return undefined;
  const part = text.slice(at + 1, at + 1 + LONGEST);
  const address = /^\s*<([^<>\n]*)>/.exec(part) ?? balanced(part);
  if (address === null) return undefined;
  const rest = part.slice(address[0].length);
  const closed = /^(?:\s+(?:"([^"]*)"|'([^']*)'|\(([^()]*)\)))?\s*\)/.exec(rest);
  const href = closed === null ? undefined : safeAddress(address[1]!);
  if (closed === null || href === undefined) return undefined;
  const [all, a, b, c] = closed;
  return { href, title: a ?? b ?? c ?? '', end: at + 1 + address[0].length + all.length };
}

/** An address whose brackets are in pairs, with the blanks before it. */
function balanced(part: string): readonly [all: string, address: string] | null {
  const begin = part.search(/\S/);
  let depth = 0;
  let end = Math.max(0, begin);
  for (; end < part.length && part.charCodeAt(end) > SPACE; end++) {
    if (part[end] === '\\') end++;
    else if (part[end] === '(') depth++;
    else if (part[end] === ')' && depth-- === 0) break;
  }
  return begin < 0 || end === begin ? null : [part.slice(0, end), part.slice(begin, end)];
}

/** The address as a link may have it; undefined for what is no address of the web or of mail. */
export function safeAddress(address: string): string | undefined {
  const plain = address.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  if (!/^(?:https?:\/\/|mailto:)/i.test(plain) || /[\s\p{Cc}]/u.test(plain)) return undefined;
  return URL.canParse(plain) ? new URL(plain).href : undefined;
}

/** What a person should know before following a link: its host, or the address of a mail. */
export function hostOf(href: string): string {
  const { protocol, host, pathname } = new URL(href);
  return protocol === 'mailto:' ? pathname : host;
}

const BARE = /https?:\/\/[^\s<>`|\u3000-\u303f\uff00-\uffef]{1,2000}/iy;
const AUTO = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/iy;

/** The address that is written as it is at `at`, without the punctuation after it. */
export function bareAddressAt(text: string, at: number): string | undefined {
  if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) return undefined;
  BARE.lastIndex = at;
  const found = BARE.exec(text)?.[0];
  return found === undefined ? undefined : withoutPunctuation(found);
}

function withoutPunctuation(address: string): string {
  let end = address.length;
  let extra = count(address, ')') - count(address, '(');
  for (; end > 0; end--) {
    const last = address[end - 1]!;
    if (last === ')' && extra > 0) extra--;
    else if (!'.,;:!?\'"*_~]}'.includes(last)) break;
  }
  return address.slice(0, end);
}

const count = (text: string, character: string): number => text.split(character).length - 1;

/** The address between `<` and `>` at `at`. */
export function autoAddressAt(text: string, at: number): string | undefined {
  AUTO.lastIndex = at;
  return AUTO.exec(text)?.[1];
}
