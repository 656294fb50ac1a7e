/**
 * Remembers which sites a person summarises, so that pages of those that they summarise often can be read ahead. Nothing is
 * remembered of what is in memory only, or while reading ahead is turned off; what is remembered goes with the conversation,
 * with a rule that keeps nothing of the site, and with the settings.
 */
import type { Keepable, KeepSettings, SummarisedPage } from '../../protocol/keeping.ts';
import type { Settings } from '../../protocol/types.ts';
import { oftenSites, recent, withSummary } from '../../text/sites/often.ts';
import { siteOf } from '../../text/sites/sites.ts';
import { inMemoryOf } from './in-memory.ts';

type OftenSettings = KeepSettings & Pick<Settings, 'readAhead' | 'summarised'>;

export interface OftenOptions {
  settings(): OftenSettings;
  change(patch: Pick<Settings, 'summarised'>): Promise<unknown>;
  /** A stored conversation. */
  find(id: string): Promise<Keepable | undefined>;
  now(): number;
}

export class OftenService {
  private readonly options: OftenOptions;

  constructor(options: OftenOptions) {
    this.options = options;
  }

  /** A page was summarised in this conversation. */
  async note(url: string, conversation: string): Promise<void> {
    const { settings, find, now } = this.options;
    if (settings().readAhead === 'never') return;
    const found = await find(conversation);
    if (found === undefined || found.inMemory !== undefined) return;
    await this.put(withSummary(this.known, url, conversation, now()));
  }

  /** These conversations are gone. */
  forget(conversations: readonly string[]): Promise<void> {
    return this.put(this.known.filter(({ conversation }) => !conversations.includes(conversation)));
  }

  /** Forgets what is too old, and conversations that were removed while the worker did not run. */
  async tidy(): Promise<void> {
    const { find, now } = this.options;
    const kept: SummarisedPage[] = [];
    for (const each of recent(this.known, now()))
      if ((await find(each.conversation)) !== undefined) kept.push(each);
    await this.put(kept);
  }

  /** Whether pages of this site are read when they have come to rest. */
  isOften(url: string | undefined): boolean {
    const site = siteOf(url);
    return site !== undefined && sitesToRead(this.options.settings(), this.options.now()).includes(site);
  }

  private get known(): readonly SummarisedPage[] {
    return this.options.settings().summarised ?? [];
  }

  private async put(summarised: readonly SummarisedPage[]): Promise<void> {
    if (summarised.length === 0 && this.known.length === 0) return;
    if (summarised.length === this.known.length && summarised.every((each, i) => each === this.known[i]))
      return;
    await this.options.change({ summarised: summarised.length === 0 ? undefined : summarised });
  }
}

/** The sites whose pages are read when they have come to rest. */
export function sitesToRead(settings: OftenSettings, now: number): readonly string[] {
  return settings.readAhead === 'never' ? [] : oftenSites(settings.summarised ?? [], now);
}

/** The change with what a person does not want to be remembered any more. */
export function withForgotten(before: OftenSettings, patch: Partial<Settings>): Partial<Settings> {
  const after: OftenSettings = { ...before, ...patch };
  const known = after.summarised ?? [];
  const isKept = ({ site }: SummarisedPage) =>
    after.readAhead !== 'never' &&
    inMemoryOf({ private: false, urls: [`https://${site}/`] }, after) === undefined;
  const kept = known.filter(isKept);
  if (kept.length === known.length) return patch;
  return { ...patch, summarised: kept.length === 0 ? undefined : kept };
}
