/** What the assistant needs of the browser that it runs in. */
import type { PageReading, PassageShown } from '../../browser/messages/page-messages.ts';
import type { PendingSummary } from '../../browser/pending-summary.ts';
import type { PageTab } from '../../browser/tabs.ts';
import type { Power } from '../../protocol/page/power.ts';
import type { Detector } from '../../text/language.ts';
import type { KeptAttachments } from '../state/attachments.ts';

/** The browser functions that the assistant needs. They are passed in, so that tests can replace them. */
export interface AssistantBrowser {
  /** The tab with the page; undefined if there is none. */
  readonly tab: PageTab | undefined;
  /** It is about a private window, or in one: nothing may be stored. */
  readonly inPrivate: boolean;
  readPage(tab: number): Promise<PageReading>;
  /** Scrolls the page to a sentence and marks it. */
  showPassage(tab: number, send: { url: string; text: string }): Promise<PassageShown>;
  /** Brings the page to the front if Linnet hides it. */
  goToPage(tab: number): void;
  /** Returns the summary that the assistant was opened for, at the first call only. */
  takePendingSummary(tab: number): Promise<PendingSummary | undefined>;
  /** The keys that start a summary; undefined if no shortcut is set. */
  readonly shortcut: string | undefined;
  /** Translates in the page. The popup closes, so that the page is visible. */
  translate(tab: number, what: Translatable): Promise<void>;
  /** Remembers what is attached to an unsent question; nothing does if absent. */
  readonly keptAttachments?: KeptAttachments;
  readonly rules: {
    readonly detector: Detector | undefined;
    /** In the moment of a click: asks for leave to run on a site. Resolves to whether Linnet may. */
    access(site: string): Promise<boolean>;
  };
  /** Nothing is read before it is asked about if absent. */
  power?(): Promise<Power>;
  openModels(): void;
  openSettings(): void;
  /** Undefined if the assistant is in a tab already. */
  openInTab: (() => void) | undefined;
  /** Undefined in the side panel, and if the browser has none. */
  openInPanel: (() => void) | undefined;
}

/** Parts of a page that can be translated in place. */
export type Translatable = 'selection' | 'written' | 'page';
