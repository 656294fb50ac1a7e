/**
 * What a text claims that can be checked word by word: its numbers, months and names. Plain data.
 *
 * Not here: how they are found (numbers.ts, names.ts, claims.ts) and whether a page has them (page-facts.ts).
 */
interface ClaimBase {
  /** As written. */
  readonly text: string;
  /** Characters from the start of the text. */
  readonly start: number;
  readonly end: number;
}

/** One number as it may be meant. */
export interface Quantity {
  readonly value: number;
  /** Unit of the last digit that counts: 100 000 for "3.5 million". 0 where the number is meant exactly. */
  readonly step: number;
}

export interface NumberClaim extends ClaimBase {
  readonly kind: 'number';
  /** Alternative meanings: "1.234" is 1234 or 1.234. Each has one or more quantities: "12/05/2014" has three. */
  readonly meanings: readonly (readonly Quantity[])[];
  /** It is written as a date or as a month's number, so a month's name says the same. */
  readonly dated: boolean;
}

export interface MonthClaim extends ClaimBase {
  readonly kind: 'month';
  /** 1 to 12. */
  readonly month: number;
}

export interface NameClaim extends ClaimBase {
  readonly kind: 'name';
  /** Its words that carry meaning, without articles and particles. */
  readonly words: readonly string[];
}

export type Claim = NumberClaim | MonthClaim | NameClaim;
