/**
 * An expression that strings accept where they accept a `RegExp` with the flags `gu`: in `match`, `matchAll`,
 * `replaceAll` and `split`. The results are the same, but for groups, which are not captured; the time grows with the
 * length of the text (`search.ts`).
 */
import { compileRegex } from './program.ts';
import { type RegexMatch, RegexSearch } from './search.ts';

export class LinearRegex {
  readonly source: string;
  readonly flags = 'gu';
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

  [Symbol.match](text: string): string[] | null {
    const found = Array.from(this.#matches(text), ({ start, end }) => text.slice(start, end));
    return found.length === 0 ? null : found;
  }

  *[Symbol.matchAll](text: string): Generator<RegExpExecArray> {
    for (const { start, end } of this.#matches(text)) {
      yield Object.assign([text.slice(start, end)] as unknown as RegExpExecArray, {
        index: start,
        input: text,
      });
    }
  }

  /** `content` is put in as it is. */
  [Symbol.replace](text: string, content: string): string {
    let at = 0;
    let made = '';
    for (const { start, end } of this.#matches(text)) {
      made += text.slice(at, start) + content;
      at = end;
    }
    return made + text.slice(at);
  }

  [Symbol.split](text: string): string[] {
    this.#search.begin(text);
    const parts: string[] = [];
    let from = 0;
    let at = 0;
    for (;;) {
      const found = this.#search.find(at);
      if (found === undefined || (found.start >= text.length && text !== '')) break;
      if (text === '') return [];
      if (found.end === from) {
        at = after(text, found.start);
        continue;
      }
      parts.push(text.slice(from, found.start));
      from = found.end;
      at = from;
    }
    return [...parts, text.slice(from)];
  }

  *#matches(text: string): Generator<RegexMatch> {
    this.#search.begin(text);
    for (let at = 0; at <= text.length; ) {
      const found = this.#search.find(at);
      if (found === undefined) return;
      yield found;
      at = found.end > found.start ? found.end : after(text, found.end);
    }
  }
}

/** The place after the code point at `at`. */
function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
