/** What the glossary's page does: shows, adds, changes and removes terms; brings them in and out as a file. */
import { type Signal, signal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import type { Client } from '../../protocol/client.ts';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { glossaryCsv, readGlossaryCsv } from './glossary-csv.ts';
import { RequestController } from '../state/requester.ts';

export class GlossaryController extends RequestController {
  readonly entries: Signal<readonly GlossaryEntry[] | undefined> = signal<
    readonly GlossaryEntry[] | undefined
  >(undefined);
  /** Of a new term, until another is chosen. */
  readonly language: Signal<string> = signal('en');
  /** What was done last. */
  readonly said: Signal<readonly string[]> = signal<readonly string[]>([]);
  readonly removed: Signal<GlossaryEntry | undefined> = signal<GlossaryEntry | undefined>(undefined);

  constructor(client: Client) {
    super(client);
    client.onEvent((event) => {
      if (event.kind === 'glossary') this.entries.value = event.entries;
      if (event.kind === 'settings') this.language.value = event.settings.language;
    });
    client.watch(['glossary', 'settings']);
  }

  async put(entry: GlossaryEntry, instead?: GlossaryEntry): Promise<void> {
    this.say();
    const renamed = instead !== undefined && keyOf(instead) !== keyOf(entry);
    // First the new one: whatever happens in between, nothing is lost.
    if ((await this.request('put-terms', { entries: [entry] })) && renamed) {
      await this.request('remove-terms', { entries: [instead] });
    }
  }

  async remove(entry: GlossaryEntry): Promise<void> {
    if (await this.request('remove-terms', { entries: [entry] })) {
      this.say(t('glossary-removed', { term: entry.term }));
      this.removed.value = entry;
    }
  }

  async takeBack(): Promise<void> {
    const entry = this.removed.value;
    if (entry !== undefined) await this.put(entry);
  }

  async importFile(file: Blob): Promise<void> {
    const { entries, bad } = readGlossaryCsv(await file.text());
    if (entries.length > 0 && !(await this.request('put-terms', { entries }))) return;
    this.say(
      t('glossary-imported', { n: entries.length }),
      ...bad.map((line) => t('glossary-csv-bad', line)),
    );
  }

  /** The file's text. */
  csv(): string {
    return glossaryCsv(this.entries.value ?? []);
  }

  private say(...said: string[]): void {
    this.said.value = said;
    this.removed.value = undefined;
  }
}

export const keyOf = ({ from, to, term }: GlossaryEntry): string => JSON.stringify([from, to, term]);
