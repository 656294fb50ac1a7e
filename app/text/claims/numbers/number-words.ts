/**
 * Reads numbers in words: "twenty-one", "zweihundertfünfzig", "quatre-vingt-dix", "treinta y uno", "خمسة وعشرون".
 * Pure.
 */
import { type NumberWord, numberKey, numberTable } from './number-tables.ts';

export interface WrittenNumber {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** A plural without a number before it ("hundreds of people") names no amount. */
  readonly vague: boolean;
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly word: NumberWord | undefined;
  readonly joiner: boolean;
  /** Arabic: "and" is part of the word. */
  readonly joined: boolean;
}

const WORD = /[\p{L}\p{M}]+/gu;
/** "and", "y", "et" between the words of a number. */
const JOINERS = new Set(['and', 'y', 'et', 'und']);

/** The numbers in words of a text, in order, also "one". `language`: as in {@link numberTable}. */
export function writtenNumbers(text: string, language: string): WrittenNumber[] {
  const table = numberTable(language);
  if (table === undefined) return [];
  const found: WrittenNumber[] = [];
  let sum: Sum | undefined;
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    const token = tokenOf(match, table, language);
    const near = sum !== undefined && /^[\s-]$/.test(text.slice(end, match.index));
    end = token.end;
    if (near && token.joiner && !sum!.joining) sum!.joining = true;
    else if (!near || token.word === undefined || !sum!.take(token, token.word)) {
      if (sum !== undefined) found.push(sum.result());
      sum = token.word === undefined || isUnit(match[0]) ? undefined : new Sum(token, token.word);
    }
  }
  if (sum !== undefined) found.push(sum.result());
  return found;
}

/** `m`, `bn`, `k`: scales only after digits. */
const isUnit = (word: string): boolean =>
  /^[a-z]{1,3}$/i.test(word) && /^(?:k|m|b|[mbt]n|mio|mrd|tsd|md)$/i.test(word);

function tokenOf(match: RegExpExecArray, table: ReadonlyMap<string, NumberWord>, language: string): Token {
  const key = numberKey(match[0]);
  const place = { start: match.index, end: match.index + match[0].length };
  const joined = language === 'ar' && !table.has(key) && key.startsWith('و') && table.has(key.slice(1));
  const known = table.get(joined ? key.slice(1) : key);
  const german = known === undefined && language === 'de' ? germanNumber(key, table) : undefined;
  const word =
    known ?? (german === undefined ? undefined : { kind: 'value' as const, value: german, ordinal: false });
  return { ...place, word, joined, joiner: JOINERS.has(key) };
}

/** A number that is read word by word. */
class Sum {
  joining = false;
  private readonly start: number;
  private end: number;
  private total = 0;
  private current = 0;
  private closed = false;
  private readonly vague: boolean;

  constructor({ start, end }: Token, word: NumberWord) {
    this.start = start;
    this.end = end;
    if (word.kind === 'scale' && word.value >= 1000) this.total = word.value;
    else this.current = word.value;
    this.closed = word.kind === 'value' && word.ordinal;
    this.vague = word.kind === 'scale' && (word.plural || word.value >= 1e6);
  }

  /** False where the word begins another number. */
  take(token: Token, word: NumberWord): boolean {
    if (this.closed || this.vague) return false;
    if (word.kind === 'scale' ? !this.scale(word.value) : !this.plus(word.value, token.joined)) return false;
    this.closed = word.kind === 'value' && word.ordinal;
    this.end = token.end;
    this.joining = false;
    return true;
  }

  private scale(value: number): boolean {
    if (value === 100) {
      if (this.current >= 100) return false;
      this.current = Math.max(1, this.current) * 100;
    } else {
      this.total += Math.max(1, this.current) * value;
      this.current = 0;
    }
    return true;
  }

  private plus(value: number, joined: boolean): boolean {
    const rest = this.current % 100;
    // quatre-vingts
    if (rest === 4 && value === 20 && !joined) {
      this.current += 76;
      return true;
    }
    const tens = rest >= 20 && rest % 10 === 0 && value < 10;
    // soixante-dix, quatre-vingt-onze
    const french = (rest === 60 || rest === 80) && value >= 10 && value < 20;
    // "خمسة وعشرون"
    const arabic = joined && rest > 0 && rest < 10 && value % 10 === 0 && value >= 20 && value < 100;
    const after = rest === 0 && value < 100 && this.current + this.total > 0;
    const hundreds = this.current === 0 && value < 1000 && this.total > 0;
    if (!tens && !french && !arabic && !after && !hundreds) return false;
    this.current += value;
    return true;
  }

  result(): WrittenNumber {
    return { start: this.start, end: this.end, value: this.total + this.current, vague: this.vague };
  }
}

const GERMAN = /^(?:(.+)tausend(?:und)?)?(?:(.*)hundert(?:und)?)?(.*)$/u;

/** A German number in one word, cardinal or ordinal: `zweihundertfünfzig`, `einundzwanzigsten`. */
function germanNumber(word: string, table: ReadonlyMap<string, NumberWord>): number | undefined {
  if (!/(?:hundert|tausend|zig|ßig|ssig)/u.test(word)) return undefined;
  const [, thousands, hundreds, rest = ''] = GERMAN.exec(word.replace(/(?<=[gt])ste[nrsm]?$/u, '')) ?? [];
  const below = (part: string): number | undefined => {
    const known = table.get(part);
    if (known?.kind === 'value') return known.value;
    const [, unit, ten] = /^(\p{L}+?)und(\p{L}+(?:zig|ßig|ssig))$/u.exec(part) ?? [];
    const [one, many] = [table.get(unit ?? ''), table.get(ten ?? '')];
    return one?.kind === 'value' && many?.kind === 'value' ? one.value + many.value : undefined;
  };
  const times = (part: string | undefined) => (part === undefined ? 0 : part === '' ? 1 : below(part));
  const many = thousands === undefined ? 0 : (below(thousands) ?? germanNumber(thousands, table));
  const some = times(hundreds);
  const last = rest === '' ? 0 : below(rest);
  return many === undefined || some === undefined || last === undefined
    ? undefined
    : many * 1000 + some * 100 + last;
}
