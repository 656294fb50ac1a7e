/** The prompts of the last jobs, in memory, so that they can be shown. */
import { type ChatMessage, fail } from '../../../engine/index.ts';

/** Each may hold a whole page. */
const MOST = 20;

export class KeptPrompts {
  private readonly prompts = new Map<string, readonly ChatMessage[]>();

  /** Throws `request-invalid` for a job whose prompt is no longer there. */
  find(job: string): readonly ChatMessage[] {
    return (
      this.prompts.get(job) ??
      fail('request-invalid', {
        who: 'jobs',
        message: 'the prompt of this answer is no longer in memory',
        got: job,
      })
    );
  }

  keep(job: string, messages: readonly ChatMessage[]): void {
    this.prompts.set(job, messages);
    const oldest = this.prompts.keys().next().value;
    if (this.prompts.size > MOST && oldest !== undefined) this.prompts.delete(oldest);
  }

  delete(job: string): void {
    this.prompts.delete(job);
  }
}
