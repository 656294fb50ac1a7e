/** State and actions of the page with the word list: lists, searches, removes and exports words. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import type { Notice } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { KeptWord } from '../../protocol/page/words.ts';
import { fold } from '../../text/fold.ts';
import { RequestController } from '../state/requester.ts';
import { wordsAnki, wordsCsv } from './word-files.ts';

export class WordsController extends RequestController {
  /** Newest first; undefined until they are known. */
  readonly words: Signal<readonly KeptWord[] | undefined> = signal<readonly KeptWord[] | undefined>(
    undefined,
  );
  readonly find: Signal<string> = signal('');
  readonly found: ReadonlySignal<readonly KeptWord[]> = computed(() =>
    (this.words.value ?? []).filter((word) => matches(word, this.find.value)),
  );
  /** Of what did not work at the start, what concerns the list. */
  readonly notices: Signal<readonly Notice[]> = signal<readonly Notice[]>([]);
  readonly message: Signal<string> = signal('');
  readonly removed: Signal<KeptWord | undefined> = signal<KeptWord | undefined>(undefined);

  constructor(client: Client) {
    super(client);
    client.onEvent((event) => {
      if (event.kind === 'words') this.words.value = event.words;
      if (event.kind === 'notices') this.notices.value = event.notices.filter(({ part }) => part === 'words');
    });
    client.watch(['words', 'notices']);
  }

  async remove(word: KeptWord): Promise<void> {
    if (!(await this.request('remove-words', { words: [word] }))) return;
    this.message.value = t('words-removed', { word: word.word });
    this.removed.value = word;
  }

  async undoRemove(): Promise<void> {
    const word = this.removed.value;
    if (word === undefined || !(await this.request('put-words', { words: [word] }))) return;
    this.message.value = '';
    this.removed.value = undefined;
  }

  /** All words, not only those found. */
  csv(): string {
    return wordsCsv(this.words.value ?? []);
  }

  anki(): string {
    return wordsAnki(this.words.value ?? []);
  }
}

/** Whether all typed words occur in the entry. */
function matches({ word, translation, sentence = '', sense = '' }: KeptWord, find: string): boolean {
  const text = fold(`${word}\n${translation}\n${sense}\n${sentence}`);
  return fold(find)
    .split(/\s+/)
    .every((part) => text.includes(part));
}
