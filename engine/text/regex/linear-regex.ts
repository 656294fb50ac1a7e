/**
 * A regular expression of tokenizer.json. Its matches are those that the Rust library finds; the time grows with the
 * length of the text (`search.ts`).
 */
import { compileRegex } from './program.ts';
import { type RegexMatch, RegexSearch } from './search.ts';

export class LinearRegex {
  readonly source: string;
  readonly #search: RegexSearch;

  /** `who` names the expression's file in errors. Throws `tokenizer-damaged` and `model-limit`. */
  constructor(source: string, who: string) {
    this.source = source;
    this.#search = new RegexSearch(compileRegex(source, who), who);
  }

  /** Steps that the last text took. */
  get steps(): number {
    return this.#search.steps;
  }

  /** All matches, in order. One that is empty does not follow another directly. Throws `model-limit`. */
  matches(text: string): RegexMatch[] {
    this.#search.begin(text);
    const all: RegexMatch[] = [];
    let last = -1;
    for (let at = 0; at <= text.length; ) {
      const found = this.#search.find(at);
      if (found === undefined) break;
      if (found.end === found.start && found.end === last) {
        at = after(text, at);
        continue;
      }
      all.push(found);
      last = found.end;
      at = found.end;
    }
    return all;
  }
}

/** The place after the code point at `at`. */
function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
