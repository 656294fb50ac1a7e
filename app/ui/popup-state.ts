/** What the popup does: which page it is about, which conversation it shows, what its buttons ask for. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../engine/index.ts';
import type { Client } from '../protocol/client.ts';
import type { PageReading, PassageShown } from '../protocol/page-line.ts';
import type { Start } from '../protocol/start.ts';
import type { PageTab } from '../protocol/tabs.ts';
import type { Conversation, Job, PageText, Settings, Started } from '../protocol/types.ts';
import { ChatsState } from './chats-state.ts';
import { underWay } from './job-state.ts';
import { LiveRequests } from './requests.ts';

/** What the popup needs of the browser, handed in by the entrypoint. */
export interface PopupBrowser {
  readonly tab: PageTab | undefined;
  readPage(tab: number): Promise<PageReading>;
  /** Scrolls the page to a sentence and marks it. */
  showPassage(tab: number, send: { url: string; text: string }): Promise<PassageShown>;
  /** Brings the page to the front where Linnet hides it. */
  goToPage(tab: number): void;
  /** What the popup was opened for, once. */
  takeStart(tab: number): Promise<Start | undefined>;
  /** The keys that start a summary; undefined where there are none. */
  readonly shortcut: string | undefined;
  /** Translates in the page, and closes the popup. */
  translate(tab: number, what: Translatable): Promise<void>;
  openModels(): void;
  openSettings(): void;
  /** Undefined where the popup is in a tab already. */
  openInTab: (() => void) | undefined;
  /** Undefined where the browser has no side panel, and in it. */
  openInPanel: (() => void) | undefined;
}

/** What of a page can be translated on it. */
export type Translatable = 'selection' | 'written' | 'page';

export type PageState =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly reading: PageReading }
  | { readonly kind: 'failed'; readonly error: WireError };

export class PopupState extends LiveRequests {
  readonly outside: PopupBrowser;
  readonly page: Signal<PageState> = signal<PageState>({ kind: 'none' });
  readonly recent: Signal<readonly Conversation[]> = signal<readonly Conversation[]>([]);
  /** What the person chose for the next question; undefined: as the conversation is, and a new one is about the page. */
  readonly aboutPage: Signal<boolean | undefined> = signal(undefined);
  /** The list of conversations in the place of the conversation. */
  readonly listing: Signal<boolean> = signal(false);
  readonly chats: ChatsState;
  readonly shown: Signal<string | undefined> = signal(undefined);
  /** Why the last passage that was asked for could not be shown. */
  readonly unseen: Signal<Exclude<PassageShown, 'shown'> | undefined> = signal(undefined);
  readonly jobs: ReadonlySignal<readonly Job[]>;
  readonly running: ReadonlySignal<Job | undefined>;

  constructor(client: Client, outside: PopupBrowser) {
    super(client);
    this.outside = outside;
    const { conversation, jobs } = this.live;
    this.jobs = computed(() =>
      (conversation.value?.jobs ?? []).map((id) => jobs.value.get(id)).filter((job) => job !== undefined),
    );
    this.running = computed(() => this.jobs.value.find(underWay));
    this.chats = new ChatsState({
      client,
      live: this.live,
      attempt: (work) => this.attempt(work),
      onDeleted: (id) => void (id === this.shown.value && this.startAnew()),
    });
  }

  async open(): Promise<void> {
    const { tab } = this.outside;
    const reading = this.readPage();
    await this.attempt(async () => {
      const where = {
        ...(tab === undefined ? {} : { tab: tab.id }),
        ...(tab?.url === undefined ? {} : { url: tab.url }),
      };
      const { conversation } = await this.client.request('current', where);
      if (conversation !== undefined) this.show(conversation);
      await Promise.all([this.client.request('warm', {}), this.listRecent()]);
      await this.startAtOnce(conversation);
    });
    await reading;
  }

  /** A shortcut starts a summary, unless that is switched off or there is one of this page already. */
  private async startAtOnce(current: string | undefined): Promise<void> {
    const { tab } = this.outside;
    const start = tab === undefined ? undefined : await this.outside.takeStart(tab.id);
    if (start === undefined) return;
    if (start.by === 'shortcut') {
      const { autoStart } = await this.settings();
      const latest = await this.client.request('conversations', { limit: 30 });
      const { page } = latest.find(({ id }) => id === current) ?? {};
      if (!autoStart || (page !== undefined && page.url === tab?.url)) return;
    }
    await this.summarise(start.what);
  }

  /** Once they are known. */
  private async settings(): Promise<Settings> {
    return new Promise((resolve) => {
      const stop = this.live.settings.subscribe((settings) => {
        if (settings === undefined) return;
        resolve(settings);
        // The first call comes before `stop` is there.
        queueMicrotask(() => stop());
      });
    });
  }

  private show(conversation: string | undefined): void {
    if (conversation !== this.shown.value) this.aboutPage.value = undefined;
    this.shown.value = conversation;
    this.live.follow(conversation);
  }

  /** The tab in front is another one, or shows another page. */
  async tabChanged(): Promise<void> {
    this.page.value = { kind: 'none' };
    await this.readPage();
  }

  /** Whether the next question is about a page. */
  get asksAboutPage(): boolean {
    const { conversation } = this.live;
    return this.aboutPage.value ?? (this.shown.value === undefined || conversation.value?.page !== undefined);
  }

  async readPage(): Promise<PageReading | undefined> {
    const { tab } = this.outside;
    if (tab === undefined) return undefined;
    if (this.page.value.kind === 'none') this.page.value = { kind: 'reading' };
    try {
      const reading = await this.outside.readPage(tab.id);
      this.page.value = { kind: 'read', reading };
      return reading;
    } catch (error) {
      this.page.value = { kind: 'failed', error: toWire(error) };
      return undefined;
    }
  }

  async summarise(what: Start['what'] = 'page'): Promise<void> {
    await this.attempt(async () => {
      // Pages change while one reads; the summary is of what is there now.
      const reading = await this.readPage();
      if (reading === undefined) return;
      const { style, summaryLanguage: language } = await this.settings();
      const page = what === 'selection' ? selectionOf(reading) : reading.page;
      const send = { page, style, ...(language ? { language } : {}), ...this.tab() };
      this.started(await this.client.request('summarise', send));
    });
  }

  /** Shows a sentence on the page of the conversation, if a tab still has it. */
  async showPassage(text: string): Promise<void> {
    const { page } = this.live.conversation.value ?? {};
    if (page === undefined) return;
    const tabs = [this.outside.tab?.id, page.tab].filter((id) => id !== undefined);
    this.unseen.value = undefined;
    for (const tab of new Set(tabs)) {
      // Where the browser keeps Linnet out, another page is shown by now.
      const send = { url: page.url, text };
      const shown = await this.outside.showPassage(tab, send).catch((): PassageShown => 'elsewhere');
      if (shown === 'shown') {
        this.unseen.value = undefined;
        this.outside.goToPage(tab);
        return;
      }
      if (this.unseen.value !== 'gone') this.unseen.value = shown;
    }
  }

  async ask(text: string): Promise<void> {
    await this.attempt(async () => {
      const conversation = this.shown.value;
      const hasPage = this.live.conversation.value?.page !== undefined;
      const about = this.asksAboutPage;
      const page = about && !hasPage ? await this.pageForQuestion() : undefined;
      this.started(
        await this.client.request('chat', {
          text,
          ...(conversation === undefined ? {} : { conversation }),
          ...(page === undefined ? {} : { page }),
          ...(hasPage && !about ? { alone: true } : {}),
          ...this.tab(),
        }),
      );
    });
  }

  async edit(job: string, text: string): Promise<void> {
    await this.attempt(() => this.client.request('edit', { job, text }));
  }

  async showVersion(job: string): Promise<void> {
    const conversation = this.shown.value;
    if (conversation === undefined) return;
    await this.attempt(() => this.client.request('show-branch', { conversation, job }));
  }

  private async pageForQuestion() {
    return this.page.value.kind === 'failed' ? undefined : (await this.readPage())?.page;
  }

  private tab() {
    const { tab } = this.outside;
    return tab === undefined ? {} : { tab: tab.id };
  }

  private started({ conversation }: Started): void {
    this.unseen.value = undefined;
    this.show(conversation);
  }

  async stop(): Promise<void> {
    const job = this.running.value?.id;
    if (job !== undefined) await this.attempt(() => this.client.request('stop', { job }));
  }

  async regenerate(job: string): Promise<void> {
    await this.attempt(() => this.client.request('regenerate', { job }));
  }

  async goOn(job: string): Promise<void> {
    await this.attempt(() => this.client.request('continue', { job }));
  }

  async translate(what: Translatable = 'selection'): Promise<void> {
    const { tab } = this.outside;
    if (tab !== undefined) await this.attempt(() => this.outside.translate(tab.id, what));
  }

  /** Back to the beginning; what runs goes on. */
  async startAnew(): Promise<void> {
    this.unseen.value = undefined;
    this.show(undefined);
    this.listing.value = false;
    await this.attempt(() => this.listRecent());
  }

  resume(conversation: string): void {
    this.listing.value = false;
    this.show(conversation);
  }

  private async listRecent(): Promise<void> {
    this.recent.value = await this.client.request('conversations', { limit: 3 });
  }
}

/** The selection in the page's place; without one, the page. */
function selectionOf({ page, selection }: PageReading): PageText {
  if (selection === '') return page;
  const { headings: _, ...facts } = page;
  return { ...facts, text: selection, source: 'selection' };
}
