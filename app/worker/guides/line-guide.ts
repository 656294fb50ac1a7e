/** The form of a headline: one line and one sentence of at most so many words, without quotation marks or a label. */
import type { GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import { sentences } from '../../text/sentences.ts';
import { isLabel } from '../../text/strip-label.ts';
import { partEnds } from '../../text/extract/cuts.ts';
import { FormGuide } from './form-guide.ts';

const OPENING_QUOTE = /^\s*["“”„«»「『]/u;

/** Other headlines that are tried where one has no clause that fits. */
const MOST_TRIES = 2;
const COLON = /[:：]\s*$/u;

export class LineGuide extends FormGuide {
  private readonly words: number;
  private tries = 0;

  constructor(words: number, tokens: number) {
    super(tokens);
    this.words = words;
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    const { text } = answer;
    const line = text.trimStart();
    if (line === '') return /\n/.test(text) ? this.refuse(answer, 0) : 'free';
    if (OPENING_QUOTE.test(text) || (COLON.test(line) && isLabel(line.trimEnd())))
      return this.refuse(answer, 0);
    const lineEnd = text.indexOf('\n', text.length - line.length);
    if (lineEnd >= 0) {
      return this.end(answer, this.beforeSign(text.slice(0, lineEnd)) ?? this.tokensBefore(lineEnd));
    }
    const [first, ...more] = sentences(text);
    if (first !== undefined && more.length > 0) {
      return this.end(answer, this.tokensBefore(first.text.trimEnd().length));
    }
    // The last word may still go on.
    return partEnds(text).length > this.words ? this.endWhole(answer) : 'free';
  }

  protected override wordEnds(text: string): number[] {
    return partEnds(text);
  }

  protected override endWhole(answer: GuidedAnswer): GuideStep {
    const half = { start: 0, least: this.words / 2, most: this.words };
    const whole = this.wholePart(answer, { ...half, kinds: ['sentence', 'clause'] });
    if (whole !== undefined) return this.end(answer, whole);
    if (this.tries++ < MOST_TRIES) return this.refuse(answer, 0);
    return this.end(answer, this.wholePart(answer, { ...half, kinds: ['phrase'] }) ?? this.lastWord(answer));
  }

  /** The number of tokens up to the last word that fits and is no "to", "the" or the like. */
  private lastWord({ text, ids }: GuidedAnswer): number {
    const ends = partEnds(text).slice(0, this.words);
    const last = ends.findLast((end) => !/(?<!\p{L})[a-zà-ÿ]{1,3}$/u.test(text.slice(0, end)));
    const end = last ?? ends.at(-1);
    return end === undefined ? ids.length : this.tokensBefore(end);
  }
}
