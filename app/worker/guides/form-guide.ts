/**
 * What the guides of all forms have in common: they find out which token begins where in the text, refuse a token and
 * let the model choose another, and end an answer where it is whole.
 */
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import { isAboutText } from './about-text.ts';
import { type Cut, cuts, wordEnds } from '../../text/extract/cuts.ts';

/** Tokens that are refused at one place, before the answer is taken as it is. */
const TRIES = 8;
/** Times that a sentence which talks about the text is written again. */
const MOST_TALKS = 2;
const SIGNS_LAST = /[\s,;:，、；：–—-]+$/u;

/** Which cut of a text is wanted. */
export interface Wanted {
  /** Character after which it is. */
  readonly start: number;
  /** Fewest words before it. */
  readonly least: number;
  readonly most: number;
  readonly kinds: readonly Cut['after'][];
}

export const ANYWHERE: Wanted = {
  start: 0,
  least: 3,
  most: Number.POSITIVE_INFINITY,
  kinds: ['sentence', 'clause', 'phrase'],
};

export abstract class FormGuide implements Guide {
  /** Length of the text before each token, and after the last. */
  private lengths: number[] = [0];
  private refusedAt = -1;
  private refused: number[] = [];
  private times = 0;
  private endAt = -1;
  /** How often a sentence that talks about the text was taken back, by the number of tokens before it. */
  private readonly talks = new Map<number, number>();
  private readonly tokens: number;

  /** `tokens`: the answer is ended here at the latest. */
  protected constructor(tokens: number) {
    this.tokens = tokens;
  }

  next(answer: GuidedAnswer): GuideStep {
    this.track(answer);
    const { length } = answer.ids;
    if (this.endAt === length) return 'end';
    this.endAt = -1;
    const step = length >= this.tokens ? this.endWhole(answer) : this.limit(answer);
    return step === 'free' && this.refusedAt === length ? { ban: this.refused } : step;
  }

  /** The step by the form alone. */
  protected abstract limit(answer: GuidedAnswer): GuideStep;

  /** The most tokens whose text ends in this range. */
  protected tokensWithin(from: number, to: number): number | undefined {
    const count = this.lengths.findLastIndex((length) => length >= from && length <= to);
    return count < 0 ? undefined : count;
  }

  /** The most tokens whose text is no longer than this. */
  protected tokensBefore(length: number): number {
    return this.lengths.findLastIndex((each) => each <= length);
  }

  /** The length of the text of the first `count` tokens. */
  protected lengthOf(count: number): number {
    return this.lengths[count] ?? 0;
  }

  /** Cuts back to `count` tokens, if there are more; `then` is the step there. */
  protected back({ ids }: GuidedAnswer, count: number, then: GuideStep): GuideStep {
    return count < ids.length ? { rewind: count } : then;
  }

  protected end(answer: GuidedAnswer, count: number): GuideStep {
    this.endAt = count;
    return this.back(answer, count, 'end');
  }

  /**
   * Takes back the token with this number and what follows it, and lets the model choose another; `too`: what it may not
   * choose besides.
   */
  protected refuse({ ids }: GuidedAnswer, at: number, too: readonly number[] = []): GuideStep {
    const id = ids[at];
    if (id === undefined) return 'free';
    if (this.refusedAt !== at) [this.refused, this.times] = [[], 0];
    if (this.times++ >= TRIES) return 'free';
    this.refusedAt = at;
    this.refused = [...new Set([...this.refused, id, ...too])];
    return { rewind: at };
  }

  /**
   * The number of tokens of `answer` up to the best cut after character `start`; undefined if there is none. Sentences
   * may have any length within the limit.
   */
  protected wholePart({ text }: GuidedAnswer, { start, least, most, kinds }: Wanted): number | undefined {
    const part = text.slice(start);
    const ends = this.wordEnds(part);
    for (const { from, to, after } of cuts(part)) {
      const words = ends.filter((end) => end <= from).length;
      if (!kinds.includes(after) || words > most || words < (after === 'sentence' ? 1 : least)) continue;
      // A sentence keeps its sign. A clause leaves its comma, so a comma in one token with a letter is no place to cut.
      const end = after === 'sentence' ? to : from;
      const count =
        this.tokensWithin(start + from, start + end) ??
        (after === 'phrase' ? this.tokensWithin(start + from, start + to) : undefined);
      if (count !== undefined) return count;
    }
    return undefined;
  }

  /** The ends of the words of a text, as this form counts them. */
  protected wordEnds(text: string): number[] {
    return wordEnds(text);
  }

  /** The number of tokens before the comma, semicolon, colon or dash at the end of a text; undefined if there is none. */
  protected beforeSign(text: string): number | undefined {
    const whole = text.replace(SIGNS_LAST, '');
    return whole === text.trimEnd() || whole === ''
      ? undefined
      : this.tokensWithin(whole.length, whole.length);
  }

  /**
   * Takes back the sentence from character `start` on if it talks about the text. `undefined` if it does not, `'tried'` if
   * it still does after some tries.
   */
  protected refuseTalk(answer: GuidedAnswer, start: number): GuideStep | 'tried' | undefined {
    if (!isAboutText(answer.text.slice(start))) return undefined;
    const at = this.tokensBefore(start);
    const times = this.talks.get(at) ?? 0;
    if (times >= MOST_TALKS) return 'tried';
    this.talks.set(at, times + 1);
    return this.refuse(answer, at);
  }

  /** Ends an answer that is too long where it is whole. */
  protected endWhole(answer: GuidedAnswer): GuideStep {
    return this.end(answer, this.wholePart(answer, ANYWHERE) ?? answer.ids.length);
  }

  private track({ ids, text }: GuidedAnswer): void {
    const { length } = ids;
    if (this.lengths.length > length + 1) this.lengths.length = length + 1;
    // Of tokens that came together only the place after the last is known.
    while (this.lengths.length < length) this.lengths.push(Number.POSITIVE_INFINITY);
    this.lengths[length] = text.length;
  }
}
