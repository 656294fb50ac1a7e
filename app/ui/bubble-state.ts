/** What the bubble on a web page does: offers to translate a selection, shows the answer as it comes, puts it in. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../engine/index.ts';
import { nearestLanguage, t } from '../i18n/index.ts';
import type { Selected } from '../pages/selection.ts';
import type { Client } from '../protocol/client.ts';
import type { Job } from '../protocol/types.ts';
import { type Jobs, underWay, withEvent } from './job-state.ts';

export type BubblePhase = 'hidden' | 'offer' | 'open';

export class BubbleState {
  readonly phase: Signal<BubblePhase> = signal<BubblePhase>('hidden');
  readonly selected: Signal<Selected | undefined> = signal<Selected | undefined>(undefined);
  readonly language: Signal<string>;
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly undo: Signal<(() => void) | undefined> = signal<(() => void) | undefined>(undefined);
  readonly job: ReadonlySignal<Job | undefined>;
  private readonly jobId: Signal<string | undefined> = signal<string | undefined>(undefined);
  private readonly jobs: Signal<Jobs> = signal<Jobs>(new Map());
  private readonly connect: () => Client;
  private client: Client | undefined;
  /** The person has chosen a language here; settings that arrive later must not change it. */
  private chosen = false;

  constructor(connect: () => Client, language: string) {
    this.connect = connect;
    this.language = signal(nearestLanguage(language));
    this.job = computed(() => {
      const id = this.jobId.value;
      return id === undefined ? undefined : this.jobs.value.get(id);
    });
  }

  /** A selection was made: offer, without taking anything away that is being read. */
  offer(selected: Selected | undefined): void {
    if (selected === undefined) {
      if (this.phase.value === 'offer') this.phase.value = 'hidden';
      return;
    }
    if (this.phase.value === 'open') this.close();
    this.selected.value = selected;
    this.phase.value = 'offer';
  }

  async translate(): Promise<void> {
    const selected = this.selected.value;
    if (selected === undefined) return;
    this.phase.value = 'open';
    this.failure.value = undefined;
    this.undo.value = undefined;
    this.stop();
    this.jobId.value = undefined;
    try {
      const client = await this.line();
      const { text } = selected;
      const { job } = await client.request('translate', { text, language: this.language.value });
      this.jobId.value = job;
      client.watch(['settings', `job:${job}`]);
    } catch (error) {
      this.failure.value = unreachable(error);
    }
  }

  /** Connected on first use: a page that is only read costs nothing. */
  private async line(): Promise<Client> {
    if (this.client !== undefined) return this.client;
    const client = this.connect();
    this.client = client;
    client.onEvent((event) => {
      if (event.kind === 'settings' && !this.chosen)
        this.language.value = nearestLanguage(event.settings.language);
      const id = this.jobId.value;
      const next = withEvent(this.jobs.value, event);
      if (next !== undefined) this.jobs.value = next;
      else if (id !== undefined) {
        client.watch([]);
        client.watch(['settings', `job:${id}`]);
      }
    });
    // The remembered language comes before the first translation.
    const settings = await client.request('set-settings', { settings: {} });
    if (!this.chosen) this.language.value = nearestLanguage(settings.language);
    return client;
  }

  async setLanguage(language: string): Promise<void> {
    this.chosen = true;
    this.language.value = language;
    await this.client?.request('set-settings', { settings: { language } }).catch(() => {});
    await this.translate();
  }

  stop(): void {
    const job = this.job.value;
    if (job !== undefined && underWay(job)) this.client?.request('stop', { job: job.id }).catch(() => {});
  }

  replace(): void {
    const text = this.job.value?.text.trim();
    if (text !== undefined && text !== '') this.undo.value = this.selected.value?.replace?.(text);
  }

  takeBack(): void {
    this.undo.value?.();
    this.undo.value = undefined;
  }

  close(): void {
    this.stop();
    this.phase.value = 'hidden';
    this.jobId.value = undefined;
    this.undo.value = undefined;
  }

  dispose(): void {
    this.close();
    this.client?.close();
  }
}

/** After an update of Linnet the script of the old version is still on the page, and talks to nobody. */
function unreachable(error: unknown): WireError {
  const wire = toWire(error);
  return wire.code === 'internal' ? { ...wire, code: 'engine-unreachable', next: t('engine-gone') } : wire;
}
