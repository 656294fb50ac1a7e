/**
 * Added tokens, which are found in a text before the vocabulary's model sees it: those that are spelt as they are, and
 * then, in what is left, those whose spelling is normalised first. As `AddedVocabulary` of the Rust library. Of tokens
 * that begin at the same place, the longest counts.
 */
import { type Normalizer, spacesBefore, spacesFrom } from './normalizers.ts';
import { PairTable } from './pair-table.ts';

/** An entry of `added_tokens`. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  /** Only as a whole word. */
  readonly singleWord: boolean;
  /** With the spaces before it. */
  readonly lstrip: boolean;
  /** With the spaces after it. */
  readonly rstrip: boolean;
  readonly normalized: boolean;
}

/** A part of a text: a token by its id, or text. `start`: where the part begins, in UTF-16 units. */
export type TextSection = { readonly id: number } | { readonly text: string; readonly start: number };

/** Reads an entry that has a `content` and an `id`. */
export function addedToken(json: Readonly<Record<string, unknown>>): AddedToken {
  const special = json.special === true;
  return {
    id: json.id as number,
    content: json.content as string,
    special,
    singleWord: json.single_word === true,
    lstrip: json.lstrip === true,
    rstrip: json.rstrip === true,
    normalized: typeof json.normalized === 'boolean' ? json.normalized : !special,
  };
}

/** Finds the added tokens of one kind. */
export class TokenFinder {
  readonly #children: PairTable;
  /** By node: the token that ends there. */
  readonly #ends: (AddedToken | undefined)[] = [undefined];

  /** `normalizer`: applied to the spellings. */
  constructor(tokens: readonly AddedToken[], normalizer: Normalizer = (text) => text) {
    this.#children = new PairTable(tokens.length * 8);
    for (const token of tokens) {
      const spelling = normalizer(token.content);
      if (spelling === '') continue;
      let node = 0;
      for (let i = 0; i < spelling.length; i++) {
        const unit = spelling.charCodeAt(i);
        let child = this.#children.get(node, unit);
        if (child < 0) {
          child = this.#ends.push(undefined) - 1;
          this.#children.set(node, unit, child);
        }
        node = child;
      }
      this.#ends[node] ??= token;
    }
  }

  /** The tokens, and the text between them; parts that are empty are left out. */
  split(text: string): TextSection[] {
    if (this.#ends.length === 1) return text === '' ? [] : [{ text, start: 0 }];
    const sections: TextSection[] = [];
    let done = 0;
    for (let at = 0; at < text.length; ) {
      const found = this.#longestAt(text, at);
      if (found === undefined) {
        at++;
        continue;
      }
      const { token, end } = found;
      const start = at;
      at = end;
      if (token.singleWord && (isWord(before(text, start)) || isWord(text.codePointAt(end)))) continue;
      const from = token.lstrip ? Math.max(done, spacesBefore(text, start)) : start;
      if (from > done) sections.push({ text: text.slice(done, from), start: done });
      sections.push({ id: token.id });
      done = token.rstrip ? spacesFrom(text, end) : end;
    }
    if (done < text.length) sections.push({ text: text.slice(done), start: done });
    return sections;
  }

  #longestAt(text: string, start: number): { readonly token: AddedToken; readonly end: number } | undefined {
    let found: { readonly token: AddedToken; readonly end: number } | undefined;
    let node = 0;
    for (let at = start; at < text.length; at++) {
      node = this.#children.get(node, text.charCodeAt(at));
      if (node < 0) return found;
      const token = this.#ends[node];
      if (token !== undefined) found = { token, end: at + 1 };
    }
    return found;
  }
}

const WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

function isWord(char: number | undefined): boolean {
  return char !== undefined && WORD.test(String.fromCodePoint(char));
}

function before(text: string, at: number): number | undefined {
  if (at === 0) return undefined;
  const pair = at >= 2 ? (text.codePointAt(at - 2) as number) : 0;
  return pair > 0xffff ? pair : text.charCodeAt(at - 1);
}
