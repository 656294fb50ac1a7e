/** Controls the list of conversations: search, rename, save as a file, delete and undo. */
import { effect, type Signal, signal } from '@preact/signals';
import type { Client } from '../../../protocol/client.ts';
import type { FoundConversation } from '../../../protocol/search-result.ts';
import { type Reply, UNDO_MS } from '../../../protocol/requests.ts';
import type { Conversation } from '../../../protocol/types.ts';
import type { WorkerState } from '../../state/worker-state.ts';
import { saveFile } from '../../files/save-file.ts';
import { asJson, asMarkdown, fileName } from './transcript.ts';

/** Conversations shown at first, and added by each request for more. */
const PAGE_SIZE = 40;
/** Milliseconds without typing after which the search runs. */
const DEBOUNCE_MS = 150;

export interface ChatsControllerOptions {
  readonly client: Client;
  readonly worker: Pick<WorkerState, 'listChanges'>;
  /** Runs a request, and shows its error if it fails. */
  attempt(work: () => Promise<unknown>): Promise<unknown>;
  /** Whether conversations of private windows are listed, in place of the others. */
  isPrivate(): boolean;
  /** Called with the id of a conversation that was deleted here. */
  onDeleted(id: string): void;
}

export class ChatsController {
  /** Undefined until the first answer. */
  readonly list: Signal<readonly FoundConversation[] | undefined> = signal(undefined);
  /** Content of the search field. */
  readonly query: Signal<string> = signal('');
  readonly hasMore: Signal<boolean> = signal(false);
  /** The list holds what is found so far. */
  readonly searching: Signal<boolean> = signal(false);
  readonly limit: Signal<number> = signal(PAGE_SIZE);
  /** The conversation deleted last, as long as it can be restored. */
  readonly deleted: Signal<Conversation | undefined> = signal(undefined);
  private readonly options: ChatsControllerOptions;
  private undoTimer: ReturnType<typeof setTimeout> | undefined;
  private searchTimer: ReturnType<typeof setTimeout> | undefined;
  /** {@link query}, as of the last pause in typing. */
  private readonly settledQuery: Signal<string> = signal('');
  /** One search runs at a time. Of those requested meanwhile, only the last one runs afterwards. */
  private loading = false;
  private loadAgain = false;

  constructor(options: ChatsControllerOptions) {
    this.options = options;
  }

  /** Keeps the list current; returns a function that ends this. */
  watch(): () => void {
    return effect(() => {
      void [this.options.worker.listChanges.value, this.settledQuery.value, this.limit.value];
      void this.load();
    });
  }

  /** Searches once typing pauses; an empty query lists everything at once. */
  search(query: string): void {
    this.query.value = query;
    clearTimeout(this.searchTimer);
    const apply = () => {
      this.settledQuery.value = query;
    };
    if (query === '') apply();
    else this.searchTimer = setTimeout(apply, DEBOUNCE_MS);
  }

  private async load(): Promise<void> {
    this.loadAgain = this.loading;
    if (this.loading) return;
    this.loading = true;
    await this.options.attempt(() => this.loadNow());
    this.loading = false;
    this.searching.value = false;
    if (this.loadAgain) await this.load();
  }

  /** Shows what a search has found so far, and goes on until it is done or another one is wanted. */
  private async loadNow(): Promise<void> {
    const find = this.settledQuery.peek();
    const limit = this.limit.peek();
    for (let goesOn = true; goesOn && !this.loadAgain; ) {
      // One more than is shown, to find out whether there are more.
      const { found, done } = await this.request(find, limit + 1);
      if (find !== this.settledQuery.peek()) return;
      goesOn = !done;
      this.searching.value = goesOn;
      // "Nothing found" is said when the search is done.
      if (goesOn && found.length === 0) continue;
      this.hasMore.value = found.length > limit;
      this.list.value = found.slice(0, limit);
    }
  }

  private async request(find: string, limit: number): Promise<Reply<'search-conversations'>> {
    const { client } = this.options;
    const send = { limit, ...(this.options.isPrivate() ? { private: true as const } : {}) };
    if (find !== '') return client.request('search-conversations', { find, ...send });
    return { found: await client.request('conversations', send), done: true };
  }

  showMore(): void {
    this.limit.value += PAGE_SIZE;
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
    this.undoTimer = setTimeout(() => this.dismiss(), UNDO_MS);
  }

  /** Withdraws the offer to undo the deletion. */
  dismiss(): void {
    clearTimeout(this.undoTimer);
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
