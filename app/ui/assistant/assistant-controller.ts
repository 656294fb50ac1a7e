/**
 * Controls the assistant in the popup, the side panel and the tab: the page it is about, the conversation it shows, and
 * the requests behind its buttons.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../protocol/errors.ts';
import { ownName } from '../../i18n/index.ts';
import { samePage } from '../../text/page-identity.ts';
import type { AttachedText } from '../../protocol/files.ts';
import type { Client } from '../../protocol/client.ts';
import type { PageReading, PassageShown } from '../../browser/messages/page-messages.ts';
import type { PendingSummary } from '../../browser/pending-summary.ts';
import type { Rule, RuleAbout } from '../../protocol/page/page-rules.ts';
import type { Started } from '../../protocol/requests.ts';
import type {
  ChatRequest,
  Conversation,
  Job,
  JobTarget,
  PageText,
  PromptFills,
  Settings,
} from '../../protocol/types.ts';
import type { AssistantBrowser, Translatable } from './assistant-browser.ts';
import { tellAhead } from './tell-ahead.ts';
import { ChatsController } from './chats/chats-controller.ts';
import { Attachments } from '../state/attachments.ts';
import { underWay } from '../state/job-reducer.ts';
import { WorkerController } from '../state/requester.ts';

/** Number of conversations listed on the home view. */
const RECENT_COUNT = 3;

export type PageStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly reading: PageReading }
  | { readonly kind: 'failed'; readonly error: WireError };

export class AssistantController extends WorkerController {
  readonly browser: AssistantBrowser;
  readonly page: Signal<PageStatus> = signal<PageStatus>({ kind: 'none' });
  readonly recent: Signal<readonly Conversation[]> = signal<readonly Conversation[]>([]);
  /**
   * Whether the next question is about the page, as the user chose. Undefined means no choice: then it is as in the
   * conversation so far, and a new conversation is about the page.
   */
  readonly aboutPage: Signal<boolean | undefined> = signal(undefined);
  /** Whether the list of conversations is shown instead of the conversation. */
  readonly listOpen: Signal<boolean> = signal(false);
  readonly chats: ChatsController;
  readonly attachments: Attachments;
  /** Id of the conversation that is shown; undefined on the home view. */
  readonly shown: Signal<string | undefined> = signal(undefined);
  /** Why the passage requested last could not be shown. */
  readonly passageProblem: Signal<Exclude<PassageShown, 'shown'> | undefined> = signal(undefined);
  /** Whether the text of the page in front has changed since the conversation read it. */
  readonly pageChanged: Signal<boolean> = signal(false);
  /** Whether the page in front is the conversation's, another one, or unknown (`none`). A new conversation has `same`. */
  readonly pageInFront: ReadonlySignal<'same' | 'other' | 'none'>;
  /** Title of the page in front, from its tab until the page is read. Undefined if no page can be read. */
  readonly title: ReadonlySignal<string | undefined>;
  /** Whether reading the page and the settings has ended. Views that need either appear then, all at once. */
  readonly ready: ReadonlySignal<boolean>;
  readonly jobs: ReadonlySignal<readonly Job[]>;
  readonly running: ReadonlySignal<Job | undefined>;

  constructor(client: Client, browser: AssistantBrowser) {
    super(client);
    this.browser = browser;
    this.attachments = new Attachments(this.browser.keptAttachments);
    const { conversation, jobs } = this.worker;
    this.jobs = computed(() =>
      (conversation.value?.jobs ?? []).map((id) => jobs.value.get(id)).filter((job) => job !== undefined),
    );
    this.running = computed(() => this.jobs.value.find(underWay));
    this.pageInFront = computed(() => this.compareFront(this.page.value));
    this.title = computed(() => {
      const page = this.page.value;
      if (page.kind === 'read') return page.reading.page.title;
      return page.kind === 'reading' ? (this.browser.tab?.title ?? '') : undefined;
    });
    this.ready = computed(
      () =>
        this.page.value.kind !== 'reading' &&
        (this.worker.settings.value !== undefined || this.failure.value !== undefined),
    );
    this.chats = new ChatsController({
      client,
      worker: this.worker,
      attempt: (work) => this.attempt(work),
      isPrivate: () => this.browser.inPrivate,
      onDeleted: (id) => {
        if (id === this.shown.value) this.clear();
      },
    });
    this.followList();
    this.followPage();
    tellAhead({ client, surface: browser, page: this.page, shown: this.shown });
  }

  /** Keeps the list of recent conversations current, and stops showing a conversation that another page deleted. */
  private followList(): void {
    const { deleted, listChanges } = this.worker;
    effect(() => {
      // The count is 0 until the worker has sent its first state.
      if (listChanges.value > 0 && this.shown.value === undefined) void this.listRecent();
    });
    effect(() => {
      if (deleted.value !== undefined) this.show(undefined);
    });
  }

  /** Compares the page with the text the conversation has of it, whenever either changes. */
  private followPage(): void {
    const about = computed(() => {
      const { conversation } = this.worker;
      return conversation.value?.page === undefined ? undefined : conversation.value.id;
    });
    let compared: string | undefined;
    effect(() => {
      const conversation = about.value;
      const page = this.page.value;
      const comparable =
        conversation !== undefined && page.kind === 'read' && this.pageInFront.value === 'same';
      // Reading the same page again keeps the last result until the next one arrives, so that the note does not flicker.
      if (!comparable || conversation !== compared) this.pageChanged.value = false;
      compared = conversation;
      if (!comparable) return;
      const send = { conversation, page: page.reading.page };
      // If the request fails, the page counts as unchanged.
      const answered = this.client.request('page-changed', send).catch(() => false);
      void answered.then((changed) => {
        if (about.peek() === conversation && this.page.peek() === page) this.pageChanged.value = changed;
      });
    });
  }

  private compareFront(page: PageStatus): 'same' | 'other' | 'none' {
    const about = this.worker.conversation.value?.page;
    const { tab } = this.browser;
    if (about === undefined) return 'same';
    if (tab === undefined) return 'none';
    const url = page.kind === 'read' ? page.reading.page.url : tab.url;
    if (url !== undefined) return samePage(about.url, url) ? 'same' : 'other';
    // The address of a page that Linnet may not read is unknown.
    return page.kind === 'failed' && about.tab !== tab.id ? 'other' : 'same';
  }

  /** Shows the tab's conversation, loads the model, reads the page, and starts a summary if the assistant was opened for it. */
  async open(): Promise<void> {
    const reading = this.readPage();
    void this.attachments.restore();
    await this.attempt(async () => {
      const { conversation } = await this.client.request('current', this.where);
      if (conversation !== undefined) this.show(conversation);
      await this.client.request('warm', {});
      await this.startPendingSummary(reading);
    });
    await reading;
  }

  /** The shortcut starts a summary, unless the user has switched that off or a summary of the unchanged page exists. */
  private async startPendingSummary(reading: Promise<PageReading | undefined>): Promise<void> {
    const { tab } = this.browser;
    const start = tab === undefined ? undefined : await this.browser.takePendingSummary(tab.id);
    if (start === undefined) return;
    if (start.by === 'shortcut') {
      const { autoStart } = await this.settings();
      const read = autoStart ? await reading : undefined;
      if (read === undefined) return;
      const { conversation } = await this.client.request('summarised', {
        page: read.page,
        ...this.privately,
      });
      if (conversation !== undefined) {
        this.show(conversation);
        return;
      }
    }
    await this.summarise(start.what);
  }

  /** Resolves once the settings are known. */
  private async settings(): Promise<Settings> {
    return new Promise((resolve) => {
      const stop = this.worker.settings.subscribe((settings) => {
        if (settings === undefined) return;
        resolve(settings);
        // `subscribe` calls this at once, before `stop` is assigned.
        queueMicrotask(() => stop());
      });
    });
  }

  private show(conversation: string | undefined): void {
    if (conversation !== this.shown.value) this.aboutPage.value = undefined;
    this.shown.value = conversation;
    this.worker.follow(conversation);
  }

  /** Reads the page again because another tab is in front, or the tab shows another page. */
  async tabChanged(): Promise<void> {
    this.page.value = { kind: 'none' };
    await this.readPage();
  }

  /** Whether the next question is about a page. One with an attached text is about that, unless the user adds the page. */
  get asksAboutPage(): boolean {
    const { conversation } = this.worker;
    const last = this.jobs.value.at(-1)?.request;
    const goesOn = this.jobs.value.some(hasAttached) && last?.kind === 'chat' && last.alone === true;
    const hasOwnText = this.attachments.list.value.length > 0 || goesOn;
    const usual = this.shown.value === undefined || conversation.value?.page !== undefined;
    return this.aboutPage.value ?? (usual && !hasOwnText);
  }

  /** Reads the page; undefined if there is none or reading fails, see {@link page}. */
  async readPage(): Promise<PageReading | undefined> {
    const { tab } = this.browser;
    if (tab === undefined) return undefined;
    if (this.page.value.kind === 'none') this.page.value = { kind: 'reading' };
    try {
      const reading = await this.browser.readPage(tab.id);
      this.page.value = { kind: 'read', reading };
      return reading;
    } catch (error) {
      this.page.value = { kind: 'failed', error: toWire(error) };
      return undefined;
    }
  }

  async summarise(what: PendingSummary['what'] = 'page'): Promise<void> {
    await this.attempt(async () => {
      // The page may have changed since it was read.
      const reading = await this.readPage();
      if (reading === undefined) return;
      const { style, summaryLanguage: language } = await this.settings();
      const page = what === 'selection' ? selectionOf(reading) : reading.page;
      const request = { kind: 'summary', style, language } as const;
      this.started(await this.client.request('summarise', { request, target: { page, ...this.where } }));
    });
  }

  /** Scrolls the page of the conversation to a sentence, in the first tab that still has the page. */
  async showPassage(text: string): Promise<void> {
    const { page } = this.worker.conversation.value ?? {};
    if (page === undefined) return;
    const tabs = [this.browser.tab?.id, page.tab].filter((id) => id !== undefined);
    this.passageProblem.value = undefined;
    for (const tab of new Set(tabs)) {
      // The browser rejects the request if the tab now shows a page that Linnet may not read.
      const send = { url: page.url, text };
      const shown = await this.browser.showPassage(tab, send).catch((): PassageShown => 'elsewhere');
      if (shown === 'shown') {
        this.passageProblem.value = undefined;
        this.browser.goToPage(tab);
        return;
      }
      if (this.passageProblem.value !== 'gone') this.passageProblem.value = shown;
    }
  }

  /** Searches the page, in its own language, for the sentence behind a key point, and shows it. */
  async seekPassage(job: string, point: number): Promise<void> {
    await this.attempt(async () => {
      const { passage } = await this.client.request('find-passage', { job, point });
      if (passage !== null) await this.showPassage(passage);
    });
  }

  /** Resolves to whether the worker accepted the question. */
  ask(text: string, attached: readonly AttachedText[] = []): Promise<boolean> {
    return this.attempt(async () => {
      const conversation = this.shown.value;
      const hasPage = this.worker.conversation.value?.page !== undefined;
      const about = this.asksAboutPage;
      const page = about && !hasPage ? await this.pageForQuestion() : undefined;
      const fills = await this.fills(text);
      const request: ChatRequest = { kind: 'chat', text, alone: hasPage && !about ? true : undefined, fills };
      const more = attached.length > 0 ? { attached } : {};
      const target = { conversation, page, ...this.where, ...more };
      this.started(await this.client.request('chat', { request, target }));
    });
  }

  /** Resolves to whether the worker accepted the new question. */
  edit(job: string, text: string): Promise<boolean> {
    return this.inShown(() => this.client.request('edit', { job, text }));
  }

  async showVersion(job: string): Promise<void> {
    const conversation = this.shown.value;
    if (conversation === undefined) return;
    await this.attempt(() => this.client.request('show-branch', { conversation, job }));
  }

  /** Values for the places in a saved question; undefined if it has none. */
  private async fills(text: string): Promise<PromptFills | undefined> {
    if (!/\{(?:selection|language)\}/.test(text)) return undefined;
    const page = this.page.value;
    const { language } = await this.settings();
    return { selection: page.kind === 'read' ? page.reading.selection : '', language: ownName(language) };
  }

  private async pageForQuestion() {
    return this.page.value.kind === 'failed' ? undefined : (await this.readPage())?.page;
  }

  /** What requests say of the window. */
  private get privately(): { private?: true } {
    return this.browser.inPrivate ? { private: true } : {};
  }

  private get where(): Pick<JobTarget, 'tab' | 'url' | 'private'> {
    const page = this.page.value;
    const url = page.kind === 'read' ? page.reading.page.url : this.browser.tab?.url;
    return { tab: this.browser.tab?.id, url, ...this.privately };
  }

  /**
   * Sends a request about the conversation that is shown. One that must not be stored any further goes on as a copy in memory,
   * which is shown in its place, unless the person has left it meanwhile.
   */
  private inShown(send: () => Promise<Started>): Promise<boolean> {
    return this.attempt(async () => {
      const before = this.shown.value;
      const { conversation } = await send();
      const moved = conversation !== undefined && conversation !== before;
      if (moved && this.shown.value === before) this.show(conversation);
    });
  }

  private started({ conversation }: Started): void {
    this.passageProblem.value = undefined;
    this.show(conversation);
  }

  async stop(): Promise<void> {
    const job = this.running.value?.id;
    if (job !== undefined) await this.attempt(() => this.client.request('stop', { job }));
  }

  async regenerate(job: string): Promise<void> {
    await this.inShown(() => this.client.request('regenerate', { job }));
  }

  /** Asks again, of all of the page, what was answered from passages to be sooner. */
  async readAll(job: string): Promise<void> {
    await this.inShown(() => this.client.request('regenerate', { job, whole: true }));
  }

  async continueAnswer(job: string): Promise<void> {
    await this.inShown(() => this.client.request('continue', { job }));
  }

  async translate(what: Translatable = 'selection'): Promise<void> {
    const { tab } = this.browser;
    if (tab !== undefined) await this.attempt(() => this.browser.translate(tab.id, what));
  }

  /** Sets the rule for a site or a language; undefined removes it. */
  async setRule(about: RuleAbout, rule: Rule | undefined): Promise<void> {
    await this.request('set-rule', { about, ...(rule === undefined ? {} : { rule }) });
  }

  /** Shows the home view. A running answer continues. */
  startNew(): void {
    this.clear();
    this.listOpen.value = false;
  }

  /** Shows no conversation. An open list of conversations stays open. */
  private clear(): void {
    this.passageProblem.value = undefined;
    this.failure.value = undefined;
    this.show(undefined);
  }

  resume(conversation: string): void {
    this.listOpen.value = false;
    this.show(conversation);
  }

  /** A failure is not shown: a lost connection is reported separately, and the next change of the list repeats this. */
  private async listRecent(): Promise<void> {
    const answer = this.client.request('conversations', { limit: RECENT_COUNT, ...this.privately });
    this.recent.value = await answer.catch(() => this.recent.value);
  }
}

const hasAttached = ({ request }: Job): boolean => request.kind === 'chat' && request.attached !== undefined;

/** Returns the page with the selection as its text; the page itself if nothing is selected. */
function selectionOf({ page, selection }: PageReading): PageText {
  if (selection === '') return page;
  const { headings: _, ...facts } = page;
  return { ...facts, text: selection, source: 'selection' };
}
