/** A fake translator of web pages: returns each text in brackets, or the test's answer. */
import type { TaskOffer } from '../protocol/abilities.ts';
import type { Send, TargetLanguages } from '../protocol/requests.ts';
import type { Job, Settings, TranslationRequest } from '../protocol/types.ts';
import { withLanguage } from '../worker/handlers/translation-handlers.ts';
import { settings, translationJob } from './builders.ts';

export class FakeTranslator {
  /** The requests so far. */
  readonly sent: TranslationRequest[] = [];
  stops = 0;
  offered: TaskOffer | undefined;
  current: Settings;
  /** Answers a request. Undefined: it was stopped elsewhere. */
  answer: (request: TranslationRequest) => Promise<Job | undefined> | Job | undefined = ({ text }) =>
    translationJob({ text: `[${text}]` });

  constructor(change: Partial<Settings> = {}) {
    this.current = settings(change);
  }

  async languages(): Promise<TargetLanguages> {
    return this.current;
  }

  async offer(): Promise<TaskOffer | undefined> {
    return this.offered;
  }

  async chooseLanguage(language: string): Promise<void> {
    this.current = { ...this.current, ...withLanguage(language, this.current) };
  }

  async translate({ request }: Send<'translate'>, onJob: (job: Job) => void): Promise<Job | undefined> {
    this.sent.push(request);
    const job = await this.answer(request);
    if (job !== undefined) onJob(job);
    return job;
  }

  /** The other requests so far. */
  readonly asked: unknown[] = [];

  async ask(kind: string, send: object): Promise<void> {
    this.asked.push({ kind, ...send });
  }

  stop(): void {
    this.stops++;
  }
}
