/** State and actions of the glossary page: lists, adds, changes and removes terms; imports and exports them. */
import { type Signal, signal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import type { Notice } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { glossaryCsv, readGlossaryCsv } from './glossary-csv.ts';
import { RequestController } from '../state/requester.ts';

export class GlossaryController extends RequestController {
  readonly entries: Signal<readonly GlossaryEntry[] | undefined> = signal<
    readonly GlossaryEntry[] | undefined
  >(undefined);
  /** Of what did not work at the start, what concerns the glossary. */
  readonly notices: Signal<readonly Notice[]> = signal<readonly Notice[]>([]);
  /** Target language proposed for a new term. */
  readonly language: Signal<string> = signal('en');
  /** Messages about the last action. */
  readonly messages: Signal<readonly string[]> = signal<readonly string[]>([]);
  readonly removed: Signal<GlossaryEntry | undefined> = signal<GlossaryEntry | undefined>(undefined);

  constructor(client: Client) {
    super(client);
    client.onEvent((event) => {
      if (event.kind === 'glossary') this.entries.value = event.entries;
      if (event.kind === 'settings') this.language.value = event.settings.language;
    });
    client.onEvent((event) => {
      if (event.kind !== 'notices') return;
      this.notices.value = event.notices.filter(({ part }) => part === 'glossary' || part === 'settings');
    });
    client.watch(['glossary', 'settings', 'notices']);
  }

  async put(entry: GlossaryEntry, replaced?: GlossaryEntry): Promise<void> {
    this.report();
    const renamed = replaced !== undefined && keyOf(replaced) !== keyOf(entry);
    // Adds the new entry first, so that a failure in between loses nothing.
    if ((await this.request('put-terms', { entries: [entry] })) && renamed) {
      await this.request('remove-terms', { entries: [replaced] });
    }
  }

  async remove(entry: GlossaryEntry): Promise<void> {
    if (await this.request('remove-terms', { entries: [entry] })) {
      this.report(t('glossary-removed', { term: entry.term }));
      this.removed.value = entry;
    }
  }

  async undoRemove(): Promise<void> {
    const entry = this.removed.value;
    if (entry !== undefined) await this.put(entry);
  }

  async importFile(file: Blob): Promise<void> {
    const { entries, bad } = readGlossaryCsv(await file.text());
    if (entries.length > 0 && !(await this.request('put-terms', { entries }))) return;
    this.report(
      t('glossary-imported', { n: entries.length }),
      ...bad.map((line) => t('glossary-csv-bad', line)),
    );
  }

  /** All entries as the text of a CSV file. */
  csv(): string {
    return glossaryCsv(this.entries.value ?? []);
  }

  private report(...messages: string[]): void {
    this.messages.value = messages;
    this.removed.value = undefined;
  }
}

export const keyOf = ({ from, to, term }: GlossaryEntry): string => JSON.stringify([from, to, term]);
