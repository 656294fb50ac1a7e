/** What the popup does: which page it is about, which conversation it shows, what its buttons ask for. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../protocol/errors.ts';
import { samePage } from '../../text/page-identity.ts';
import type { Client } from '../../protocol/client.ts';
import type { PageReading, PassageShown } from '../../browser/page-messages.ts';
import type { PendingSummary } from '../../browser/pending-summary.ts';
import type { PageTab } from '../../browser/tabs.ts';
import type { Started } from '../../protocol/requests.ts';
import type { ChatRequest, Conversation, Job, PageText, Settings } from '../../protocol/types.ts';
import { ChatsController } from './chats-controller.ts';
import { underWay } from '../state/job-reducer.ts';
import { WorkerController } from '../state/requester.ts';

/** What the popup needs of the browser, handed in by the entrypoint. */
export interface AssistantBrowser {
  readonly tab: PageTab | undefined;
  readPage(tab: number): Promise<PageReading>;
  /** Scrolls the page to a sentence and marks it. */
  showPassage(tab: number, send: { url: string; text: string }): Promise<PassageShown>;
  /** Brings the page to the front where Linnet hides it. */
  goToPage(tab: number): void;
  /** What the popup was opened for, once. */
  takeStart(tab: number): Promise<PendingSummary | undefined>;
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

/** Conversations that are listed at the start. */
const RECENT = 3;

export type PageStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly reading: PageReading }
  | { readonly kind: 'failed'; readonly error: WireError };

export class AssistantController extends WorkerController {
  readonly outside: AssistantBrowser;
  readonly page: Signal<PageStatus> = signal<PageStatus>({ kind: 'none' });
  readonly recent: Signal<readonly Conversation[]> = signal<readonly Conversation[]>([]);
  /** What the person chose for the next question; undefined: as the conversation is, and a new one is about the page. */
  readonly aboutPage: Signal<boolean | undefined> = signal(undefined);
  /** The list of conversations in the place of the conversation. */
  readonly listing: Signal<boolean> = signal(false);
  readonly chats: ChatsController;
  readonly shown: Signal<string | undefined> = signal(undefined);
  /** Why the last passage that was asked for could not be shown. */
  readonly unseen: Signal<Exclude<PassageShown, 'shown'> | undefined> = signal(undefined);
  /** The page in front says something else than when the conversation read it. */
  readonly changed: Signal<boolean> = signal(false);
  /** Whether the conversation's page is in front, another one, or none that is known. */
  readonly front: ReadonlySignal<'same' | 'other' | 'none'>;
  /** What the page in front is called: as its tab says until it is read. Undefined where there is none that can be. */
  readonly title: ReadonlySignal<string | undefined>;
  /** The page is read (or cannot be), and so are the settings: what begins with either can come, all at once. */
  readonly settled: ReadonlySignal<boolean>;
  readonly jobs: ReadonlySignal<readonly Job[]>;
  readonly running: ReadonlySignal<Job | undefined>;

  constructor(client: Client, outside: AssistantBrowser) {
    super(client);
    this.outside = outside;
    const { conversation, jobs } = this.worker;
    this.jobs = computed(() =>
      (conversation.value?.jobs ?? []).map((id) => jobs.value.get(id)).filter((job) => job !== undefined),
    );
    this.running = computed(() => this.jobs.value.find(underWay));
    this.front = computed(() => this.compareFront(this.page.value));
    this.title = computed(() => {
      const page = this.page.value;
      return page.kind === 'read'
        ? page.reading.page.title
        : page.kind === 'reading'
          ? (this.outside.tab?.title ?? '')
          : undefined;
    });
    this.settled = computed(
      () =>
        this.page.value.kind !== 'reading' &&
        (this.worker.settings.value !== undefined || this.failure.value !== undefined),
    );
    this.chats = new ChatsController({
      client,
      live: this.worker,
      attempt: (work) => this.attempt(work),
      onDeleted: (id) => void (id === this.shown.value && this.leave()),
    });
    this.followList();
    this.followPage();
  }

  /** What was done lately is listed at the start, and a conversation that is deleted elsewhere is left. */
  private followList(): void {
    const { gone, listChanges } = this.worker;
    effect(() => {
      // The first change is the state on opening.
      if (listChanges.value > 0 && this.shown.value === undefined) void this.listRecent();
    });
    effect(() => {
      if (gone.value !== undefined) this.show(undefined);
    });
  }

  /** Compares the page with what the conversation read of it, whenever either is another one. */
  private followPage(): void {
    const about = computed(() => {
      const { conversation } = this.worker;
      return conversation.value?.page === undefined ? undefined : conversation.value.id;
    });
    let compared: string | undefined;
    effect(() => {
      const conversation = about.value;
      const page = this.page.value;
      const comparable = conversation !== undefined && page.kind === 'read' && this.front.value === 'same';
      // The same page read again keeps what was found of it, until it is known again: it must not flicker.
      if (!comparable || conversation !== compared) this.changed.value = false;
      compared = conversation;
      if (!comparable) return;
      const send = { conversation, page: page.reading.page };
      // Without an answer nothing is claimed.
      const answered = this.client.request('page-changed', send).catch(() => false);
      void answered.then((changed) => {
        if (about.peek() === conversation && this.page.peek() === page) this.changed.value = changed;
      });
    });
  }

  private compareFront(page: PageStatus): 'same' | 'other' | 'none' {
    const about = this.worker.conversation.value?.page;
    const { tab } = this.outside;
    if (about === undefined) return 'same';
    if (tab === undefined) return 'none';
    const url = page.kind === 'read' ? page.reading.page.url : tab.url;
    if (url !== undefined) return samePage(about.url, url) ? 'same' : 'other';
    // The address of a page that Linnet may not read is not known either.
    return page.kind === 'failed' && about.tab !== tab.id ? 'other' : 'same';
  }

  async open(): Promise<void> {
    const { tab } = this.outside;
    const reading = this.readPage();
    await this.attempt(async () => {
      const { conversation } = await this.client.request('current', { tab: tab?.id, url: tab?.url });
      if (conversation !== undefined) this.show(conversation);
      await this.client.request('warm', {});
      await this.startAtOnce(reading);
    });
    await reading;
  }

  /** A shortcut starts a summary, unless that is switched off or there is one of the page as it is now. */
  private async startAtOnce(page: Promise<PageReading | undefined>): Promise<void> {
    const { tab } = this.outside;
    const start = tab === undefined ? undefined : await this.outside.takeStart(tab.id);
    if (start === undefined) return;
    if (start.by === 'shortcut') {
      const { autoStart } = await this.settings();
      const reading = autoStart ? await page : undefined;
      if (reading === undefined) return;
      const { conversation } = await this.client.request('summarised', { page: reading.page });
      if (conversation !== undefined) return this.show(conversation);
    }
    await this.summarise(start.what);
  }

  /** Once they are known. */
  private async settings(): Promise<Settings> {
    return new Promise((resolve) => {
      const stop = this.worker.settings.subscribe((settings) => {
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
    this.worker.follow(conversation);
  }

  /** The tab in front is another one, or shows another page. */
  async tabChanged(): Promise<void> {
    this.page.value = { kind: 'none' };
    await this.readPage();
  }

  /** Whether the next question is about a page. */
  get asksAboutPage(): boolean {
    const { conversation } = this.worker;
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

  async summarise(what: PendingSummary['what'] = 'page'): Promise<void> {
    await this.attempt(async () => {
      // Pages change while one reads; the summary is of what is there now.
      const reading = await this.readPage();
      if (reading === undefined) return;
      const { style, summaryLanguage: language } = await this.settings();
      const page = what === 'selection' ? selectionOf(reading) : reading.page;
      const request = { kind: 'summary', style, language } as const;
      this.started(
        await this.client.request('summarise', { request, target: { page, tab: this.outside.tab?.id } }),
      );
    });
  }

  /** Shows a sentence on the page of the conversation, if a tab still has it. */
  async showPassage(text: string): Promise<void> {
    const { page } = this.worker.conversation.value ?? {};
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

  /** Looks for what a key point says in the page's own language, and shows that on the page. */
  async seekPassage(job: string, point: number): Promise<void> {
    await this.attempt(async () => {
      const { passage } = await this.client.request('find-passage', { job, point });
      if (passage !== null) await this.showPassage(passage);
    });
  }

  /** Whether it was taken. */
  ask(text: string): Promise<boolean> {
    return this.attempt(async () => {
      const conversation = this.shown.value;
      const hasPage = this.worker.conversation.value?.page !== undefined;
      const about = this.asksAboutPage;
      const page = about && !hasPage ? await this.pageForQuestion() : undefined;
      const request: ChatRequest = { kind: 'chat', text, alone: hasPage && !about ? true : undefined };
      const target = { conversation, page, tab: this.outside.tab?.id };
      this.started(await this.client.request('chat', { request, target }));
    });
  }

  /** Whether it was taken. */
  edit(job: string, text: string): Promise<boolean> {
    return this.attempt(() => this.client.request('edit', { job, text }));
  }

  async showVersion(job: string): Promise<void> {
    const conversation = this.shown.value;
    if (conversation === undefined) return;
    await this.attempt(() => this.client.request('show-branch', { conversation, job }));
  }

  private async pageForQuestion() {
    return this.page.value.kind === 'failed' ? undefined : (await this.readPage())?.page;
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
  startAnew(): void {
    this.leave();
    this.listing.value = false;
  }

  /** Who looks at the list goes on looking. */
  private leave(): void {
    this.unseen.value = undefined;
    this.failure.value = undefined;
    this.show(undefined);
  }

  resume(conversation: string): void {
    this.listing.value = false;
    this.show(conversation);
  }

  /** Not worth an error of its own: a line that is down is told of, and the next change lists again. */
  private async listRecent(): Promise<void> {
    const asked = this.client.request('conversations', { limit: RECENT });
    this.recent.value = await asked.catch(() => this.recent.value);
  }
}

/** The selection in the page's place; without one, the page. */
function selectionOf({ page, selection }: PageReading): PageText {
  if (selection === '') return page;
  const { headings: _, ...facts } = page;
  return { ...facts, text: selection, source: 'selection' };
}
