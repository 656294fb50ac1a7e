/**
 * Lets the engine read what the bubble offers to translate, as long as the offer stands. It asks an engine that runs already,
 * and starts none: most selections are not translated.
 */
import { latestOnly } from '../../../../engine/index.ts';
import type { TaskOffer } from '../../../protocol/abilities.ts';
import type { Client } from '../../../protocol/client.ts';
import type { Power } from '../../../protocol/page/power.ts';
import type { TargetLanguages } from '../../../protocol/requests.ts';
import type { TranslationRequest } from '../../../protocol/types.ts';

/** What the request of a translation depends on, as the engine says it. */
export interface OfferFacts {
  readonly languages: TargetLanguages;
  readonly offered: TaskOffer | undefined;
}

export interface OfferAheadOptions {
  /** To an engine that runs; where none does, requests are refused. */
  connect(): Client;
  /** Undefined where the page keeps it from scripts. */
  power(): Promise<Power | undefined>;
}

export class OfferAhead {
  private readonly options: OfferAheadOptions;
  /** Exists while an offer stands: the engine drops what it reads when the connection ends. */
  private client: Client | undefined;
  private readonly runs = latestOnly();

  constructor(options: OfferAheadOptions) {
    this.options = options;
  }

  /** `request`: what the offer's button would ask for; undefined if it would ask for nothing. */
  want(request: (facts: OfferFacts) => Promise<TranslationRequest | undefined>): void {
    const isLatest = this.runs.begin();
    // What is not read now is read when it is asked for.
    this.tell(request, isLatest).catch(() => isLatest() && this.drop());
  }

  private async tell(
    request: (facts: OfferFacts) => Promise<TranslationRequest | undefined>,
    isLatest: () => boolean,
  ): Promise<void> {
    this.client ??= this.options.connect();
    const { client } = this;
    const [languages, offered, power] = await Promise.all([
      client.request('languages', {}),
      client.request('offer', { task: 'translation' }),
      this.options.power(),
    ]);
    if (!isLatest()) return;
    const translation = await request({ languages, offered: offered ?? undefined });
    if (isLatest()) await client.request('read-ahead', { translation, power });
  }

  /** The offer does not stand any more. */
  drop(): void {
    this.runs.cancel();
    this.client?.close();
    this.client = undefined;
  }
}
