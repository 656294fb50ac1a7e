/** The form of a paragraph: at most so many sentences on one line, without a list or an announcement before it. */
import type { GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import { sentences } from '../../text/sentences.ts';
import { isLabel } from '../../text/strip-label.ts';
import { wordEnds } from '../../text/extract/cuts.ts';
import { FormGuide } from './form-guide.ts';

/** Most words of a sentence, on average. */
const WORDS = 45;
const COLON = /[:：]$/u;
const BULLET = /^\s*(?:[-*•+#>]|\d{1,2}[.)])\s/u;

export class SentencesGuide extends FormGuide {
  private readonly count: number;

  constructor(count: number, tokens: number) {
    super(tokens);
    this.count = count;
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    const { text } = answer;
    const written = text.trim();
    if (written === '') return /\n/.test(text) ? this.refuse(answer, 0) : 'free';
    if (BULLET.test(text) || (COLON.test(written) && isLabel(written))) return this.refuse(answer, 0);
    const begin = text.length - text.trimStart().length;
    const lineEnd = text.indexOf('\n', begin);
    if (lineEnd >= 0) {
      if (COLON.test(written)) return this.refuse(answer, 0);
      return this.end(answer, this.beforeSign(text.slice(0, lineEnd)) ?? this.tokensBefore(lineEnd));
    }
    // That a sentence has ended is known when the next one begins: the point may belong to an abbreviation.
    const found = sentences(text);
    if (found.length > this.count) {
      const last = found[this.count - 1];
      return this.end(answer, this.tokensBefore((last?.start ?? 0) + (last?.text.trimEnd().length ?? 0)));
    }
    const talk = this.refuseTalk(answer, found.at(-1)?.start ?? 0);
    if (talk !== undefined && talk !== 'tried') return talk;
    return wordEnds(text).length > this.count * WORDS ? this.endWhole(answer) : 'free';
  }
}
