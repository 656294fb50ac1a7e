/** Translations of this page that are there already: of the same text, or of one that differs in its numbers alone. */
import { withDigits, withoutDigits } from '../../../text/translated/digits.ts';
import type { ParagraphOutcome } from '../options.ts';

/** Number of translations that are kept, for pages that render the same paragraph again. */
const MOST = 2000;

export class Answers {
  private readonly bySource = new Map<string, ParagraphOutcome>();
  /** The newest source of each pattern. */
  private readonly byPattern = new Map<string, string>();

  get(source: string): ParagraphOutcome | undefined {
    const exact = this.bySource.get(source);
    if (exact !== undefined) return exact;
    const from = this.byPattern.get(withoutDigits(source));
    const known = from === undefined ? undefined : this.bySource.get(from);
    const text = known === undefined ? undefined : withDigits(known.text, from!, source);
    return text === undefined ? undefined : { ...known!, text };
  }

  set(source: string, outcome: ParagraphOutcome): void {
    this.bySource.set(source, outcome);
    this.byPattern.set(withoutDigits(source), source);
    const oldest = this.bySource.keys().next().value;
    if (this.bySource.size > MOST && oldest !== undefined) {
      this.bySource.delete(oldest);
      const pattern = withoutDigits(oldest);
      if (this.byPattern.get(pattern) === oldest) this.byPattern.delete(pattern);
    }
  }

  clear(): void {
    this.bySource.clear();
    this.byPattern.clear();
  }
}
