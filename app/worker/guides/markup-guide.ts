/**
 * Keeps markup and words of the prompt out of an answer. Such a token is noticed when it has been written, taken back
 * and banned from then on, so that an answer without any costs nothing.
 */
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';

/** A tag or a mark such as <|end|>, a fence or emphasis of Markdown, a link, an image, an entity, marks of a template. */
const MARKUP =
  /<(?=[a-z/!|?])|```|\*\*|__(?=\S)|!?\[[^\]\n]*\]\(|&(?:[a-z]{2,6}|#\d+);|\[\/?(?:INST|SYS)|(?<![^\n])#{1,6}\s/giu;
/** Characters that are searched again with each token. */
const TAIL = 80;
const MOST_BANS = 64;

export class MarkupGuide implements Guide {
  private lengths: number[] = [0];
  private banned: readonly number[] = [];
  private readonly phrases: readonly string[];

  /** `phrases`: sentences of the prompt that are not to be said; compared without case. */
  constructor(phrases: readonly string[]) {
    this.phrases = phrases.map((phrase) => phrase.toLowerCase()).filter((phrase) => phrase.length > 12);
  }

  next({ ids, text }: GuidedAnswer): GuideStep {
    if (this.lengths.length > ids.length + 1) this.lengths.length = ids.length + 1;
    while (this.lengths.length < ids.length) this.lengths.push(Number.POSITIVE_INFINITY);
    this.lengths[ids.length] = text.length;
    const at = this.findIn(text);
    if (at === undefined || this.banned.length >= MOST_BANS) return this.step();
    const count = this.lengths.findLastIndex((length) => length <= at);
    const id = ids[count];
    // The same token at another place may have come before this one was banned, or was forced.
    if (id === undefined || this.banned.includes(id)) return this.step();
    this.banned = [...this.banned, id];
    return { rewind: count };
  }

  private step(): GuideStep {
    return this.banned.length === 0 ? 'free' : { ban: this.banned };
  }

  /** Where markup or a sentence of the prompt begins. */
  private findIn(text: string): number | undefined {
    MARKUP.lastIndex = Math.max(0, text.length - TAIL);
    const markup = MARKUP.exec(text);
    if (markup !== null) return markup.index;
    const lower = text.toLowerCase();
    return this.phrases.map((each) => lower.indexOf(each)).find((at) => at >= 0);
  }
}
