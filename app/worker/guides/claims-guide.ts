/**
 * Makes a model write a sentence again whose numbers or names its page does not have: cuts the answer back to the
 * beginning of that sentence, and forbids the word that it began with. After {@link MOST_TRIES} the sentence stays, and
 * is left out when the answer is complete (answer-check.ts), so that the model goes on after it.
 *
 * Two alternatives read worse with a small model: to mask every word that the page does not have, and to cut back to the
 * wrong word only. The beginning of the sentence asks for that word, so the model goes on to a detour ("Netanyahu’es").
 */
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import type { ClaimOptions } from '../../text/claims/claims.ts';
import { unsupportedSentences } from '../../text/claims/leave-out.ts';
import type { PageFacts } from '../../text/claims/page-facts.ts';

/** Times that one sentence is written again. */
export const MOST_TRIES = 2;
/** Times in one answer, so that an answer that is all invented does not take several times as long. */
export const MOST_TRIES_IN_ALL = 8;
/** A line or a sentence has ended. The point of a number ("3.5") is no end. */
const ENDED = /(?:\n|\p{L}[.!?…]["'”’»)]*|[。！？؟]["'”’»」』)]*)$/u;

export interface ClaimsGuideOptions {
  readonly page: PageFacts;
  /** The part of the answer that was given to the model; the guide's own text continues it. */
  readonly begun?: string;
  /** How the claims of an answer with this text are looked up. */
  options(text: string): ClaimOptions;
}

export class ClaimsGuide implements Guide {
  private readonly page: PageFacts;
  private readonly begun: string;
  private readonly options: (text: string) => ClaimOptions;
  /** Characters of the text of the first n ids, by n; holes where ids came together. */
  private lengths: number[] = [];
  /** By a number of ids: those that may not follow them. */
  private readonly banned = new Map<number, number[]>();
  /** How often a sentence was written again, by where it begins. */
  private readonly tries = new Map<number, number>();
  private triesInAll = 0;

  constructor({ page, begun = '', options }: ClaimsGuideOptions) {
    this.page = page;
    this.begun = begun;
    this.options = options;
  }

  next({ ids, text }: GuidedAnswer): GuideStep {
    this.lengths.length = ids.length;
    this.lengths[ids.length] = text.length;
    const start = ENDED.test(text) ? this.wrongSentence(text) : undefined;
    if (start === undefined) return this.bans(ids.length);
    const keep = this.idsBefore(start);
    this.tries.set(start, (this.tries.get(start) ?? 0) + 1);
    this.triesInAll++;
    // What was forbidden in the words that are taken back is of no meaning in others.
    for (const at of this.banned.keys()) if (at > keep) this.banned.delete(at);
    this.banned.set(keep, [...(this.banned.get(keep) ?? []), ids[keep]!]);
    return { rewind: keep };
  }

  private bans(at: number): GuideStep {
    const ban = this.banned.get(at);
    return ban === undefined ? 'free' : { ban };
  }

  /** Where in `text` the sentence at its end begins, if that is to be written again. */
  private wrongSentence(text: string): number | undefined {
    if (this.triesInAll >= MOST_TRIES_IN_ALL) return undefined;
    const all = this.begun + text;
    const whole = all.trimEnd();
    const line = whole.lastIndexOf('\n') + 1;
    const wrong = unsupportedSentences(whole.slice(line), this.page, this.options(whole)).at(-1);
    if (wrong === undefined || line + wrong[1] < whole.length) return undefined;
    const start = Math.max(0, line + wrong[0] - this.begun.length);
    return (this.tries.get(start) ?? 0) < MOST_TRIES ? start : undefined;
  }

  /** The most ids whose text ends before `start`, not counting white space that belongs to the next id. */
  private idsBefore(start: number): number {
    let keep = 0;
    for (let n = 1; n < this.lengths.length; n++) {
      const length = this.lengths[n];
      if (length !== undefined && length <= start) keep = n;
    }
    return keep;
  }
}
