/**
 * The form of a small model's answer about a page: any text, each of whose sentences says something new. The answer ends
 * before the first that says again what those before it say, and within its tokens where it is whole.
 */
import type { GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import { sentences } from '../../text/sentences.ts';
import { wordEnds } from '../../text/extract/cuts.ts';
import { FormGuide } from './form-guide.ts';
import { isSaidBefore } from './same-point.ts';

/** Words; a shorter sentence may come again ("Yes.", the label of a point). */
const COMPARED = 5;

export class ProseGuide extends FormGuide {
  /** Sentences that were compared already, so that each is compared once. */
  private compared = 0;

  constructor(tokens: number) {
    super(tokens);
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    // That a sentence has ended is known when the next one begins.
    const found = sentences(answer.text);
    const whole = found.length - 1;
    if (whole <= this.compared) {
      this.compared = Math.max(0, whole);
      return 'free';
    }
    this.compared = whole;
    const last = found[whole - 1]!;
    if (wordEnds(last.text).length < COMPARED) return 'free';
    const before = found.slice(0, whole - 1).map(({ text }) => text);
    if (!isSaidBefore(last.text, before)) return 'free';
    const kept = answer.text.slice(0, last.start).trimEnd();
    return this.end(answer, this.tokensBefore(kept.length));
  }
}
