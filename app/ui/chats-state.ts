/** The list of conversations: found by words, renamed, saved as files, deleted and brought back. */
import { effect, type Signal, signal } from '@preact/signals';
import type { Client } from '../protocol/client.ts';
import { type Conversation, UNDO_MS } from '../protocol/types.ts';
import type { Live } from './live.ts';
import { saveFile } from './save-file.ts';
import { asJson, asMarkdown, fileName } from './transcript.ts';

const PAGE = 40;

export interface ChatsOptions {
  readonly client: Client;
  readonly live: Live;
  /** Runs a request and shows its error. */
  attempt(work: () => Promise<unknown>): Promise<unknown>;
  /** A conversation that is shown was deleted. */
  onDeleted(id: string): void;
}

export class ChatsState {
  /** Undefined until the first answer, and while nobody looks. */
  readonly list: Signal<readonly Conversation[] | undefined> = signal(undefined);
  readonly find: Signal<string> = signal('');
  readonly limit: Signal<number> = signal(PAGE);
  /** Deleted just now, and can be restored. */
  readonly deleted: Signal<Conversation | undefined> = signal(undefined);
  private readonly options: ChatsOptions;
  private forgetting: ReturnType<typeof setTimeout> | undefined;
  /** Answers to older questions of the search field are of no use. */
  private asked = 0;

  constructor(options: ChatsOptions) {
    this.options = options;
  }

  /** Keeps the list as it is now until the returned function is called. */
  look(): () => void {
    return effect(() => {
      void this.options.live.listChanges.value;
      void this.load(this.find.value, this.limit.value);
    });
  }

  private async load(find: string, limit: number): Promise<void> {
    const asked = ++this.asked;
    const { attempt, client } = this.options;
    await attempt(async () => {
      const list = await client.request('conversations', { limit, find });
      if (asked === this.asked) this.list.value = list;
    });
  }

  get hasMore(): boolean {
    return (this.list.value?.length ?? 0) >= this.limit.value;
  }

  more(): void {
    this.limit.value += PAGE;
  }

  async rename(conversation: string, title: string): Promise<void> {
    await this.options.attempt(() =>
      this.options.client.request('rename-conversation', { conversation, title }),
    );
  }

  async save(conversation: string, as: 'md' | 'json'): Promise<void> {
    await this.options.attempt(async () => {
      const transcript = await this.options.client.request('transcript', { conversation });
      const name = fileName(transcript.conversation.title, as);
      if (as === 'md') saveFile(name, 'text/markdown', asMarkdown(transcript));
      else saveFile(name, 'application/json', asJson(transcript));
    });
  }

  async remove(conversation: Conversation): Promise<void> {
    const { attempt, client, onDeleted } = this.options;
    await attempt(async () => {
      await client.request('delete-conversation', { conversation: conversation.id });
      this.offerUndo(conversation);
      onDeleted(conversation.id);
    });
  }

  private offerUndo(conversation: Conversation): void {
    this.dismiss();
    this.deleted.value = conversation;
    this.forgetting = setTimeout(() => this.dismiss(), UNDO_MS);
  }

  /** The offer to undo goes away. */
  dismiss(): void {
    clearTimeout(this.forgetting);
    this.deleted.value = undefined;
  }

  async undo(): Promise<void> {
    const conversation = this.deleted.value?.id;
    this.dismiss();
    if (conversation === undefined) return;
    const { attempt, client } = this.options;
    await attempt(() => client.request('restore-conversation', { conversation }));
  }
}
