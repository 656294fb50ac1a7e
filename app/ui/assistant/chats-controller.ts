/** The list of conversations: found by words, renamed, saved as files, deleted and brought back. */
import { effect, type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import type { FoundConversation } from '../../protocol/search-result.ts';
import { UNDO_MS } from '../../protocol/requests.ts';
import type { Conversation } from '../../protocol/types.ts';
import type { WorkerState } from '../state/worker-state.ts';
import { saveFile } from '../files/save-file.ts';
import { asJson, asMarkdown, fileName } from './transcript.ts';

const PAGE = 40;
/** Milliseconds without a letter after which one has probably said what is looked for. */
const TYPED = 150;

export interface ChatsControllerOptions {
  readonly client: Client;
  readonly live: WorkerState;
  /** Runs a request and shows its error. */
  attempt(work: () => Promise<unknown>): Promise<unknown>;
  /** A conversation that is shown was deleted. */
  onDeleted(id: string): void;
}

export class ChatsController {
  /** Undefined until the first answer, and while nobody looks. */
  readonly list: Signal<readonly FoundConversation[] | undefined> = signal(undefined);
  /** What stands in the search field. */
  readonly find: Signal<string> = signal('');
  readonly hasMore: Signal<boolean> = signal(false);
  readonly limit: Signal<number> = signal(PAGE);
  /** Deleted just now, and can be restored. */
  readonly deleted: Signal<Conversation | undefined> = signal(undefined);
  private readonly options: ChatsControllerOptions;
  private forgetting: ReturnType<typeof setTimeout> | undefined;
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** What is looked for, a moment after it was typed. */
  private readonly wanted: Signal<string> = signal('');
  /** One search runs at a time; of those that are wanted meanwhile only the last is made. */
  private searching = false;
  private again = false;

  constructor(options: ChatsControllerOptions) {
    this.options = options;
  }

  /** Keeps the list as it is now until the returned function is called. */
  look(): () => void {
    return effect(() => {
      void [this.options.live.listChanges.value, this.wanted.value, this.limit.value];
      void this.load();
    });
  }

  search(find: string): void {
    this.find.value = find;
    clearTimeout(this.typing);
    const look = () => {
      this.wanted.value = find;
    };
    if (find === '') look();
    else this.typing = setTimeout(look, TYPED);
  }

  private async load(): Promise<void> {
    this.again = this.searching;
    if (this.searching) return;
    this.searching = true;
    const { attempt, client } = this.options;
    const find = this.wanted.peek();
    const limit = this.limit.peek();
    await attempt(async () => {
      // One more than is shown tells whether there are more.
      const found = await client.request('conversations', { limit: limit + 1, find });
      if (find !== this.wanted.peek()) return;
      this.hasMore.value = found.length > limit;
      this.list.value = found.slice(0, limit);
    });
    this.searching = false;
    if (this.again) await this.load();
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
