/**
 * What the pages of Linnet and its worker say to each other: plain data, JSON-safe, discriminated by `kind`.
 * A new request is one line in {@link Requests}; the compiler then lists who must answer it.
 *
 * Not here: the frames that carry these over a port (frames.ts), files a person picked (files.ts), and what a
 * page's content script understands (page-messages.ts).
 */
import type {
  AdapterFacts,
  ChatMessage,
  ImportProgress,
  ModelState,
  StoredModel,
  WireError,
} from '../../engine/index.ts';

export type SummaryType = 'key-points' | 'tldr' | 'headline';
export type SummaryLength = 'short' | 'medium' | 'long';
export interface SummaryStyle {
  readonly type: SummaryType;
  readonly length: SummaryLength;
}

/** What extraction found; `text` has its paragraphs separated by an empty line. */
export interface PageText {
  readonly url: string;
  readonly title: string;
  /** BCP 47 as the page says it, or empty. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly text: string;
  readonly source: 'readability' | 'main' | 'body';
}

/** What a person asked for. */
export type Ask =
  | { readonly kind: 'summary'; readonly style: SummaryStyle }
  | TranslationAsk
  | { readonly kind: 'chat'; readonly text: string };

export interface TranslationAsk {
  readonly kind: 'translation';
  /** Paragraphs separated by an empty line; the answer has as many, in the same order. */
  readonly text: string;
  /** BCP 47; into this language. */
  readonly language: string;
  /** The language of the text, where it is known. */
  readonly from?: string;
  /** Inline markup stands in the text as marks (app/pages/marks.ts). */
  readonly marked?: boolean;
}

/** One term of a person's glossary. */
export interface GlossaryEntry {
  readonly term: string;
  readonly translation: string;
  /** BCP 47, or empty for any language. */
  readonly from: string;
  /** BCP 47. */
  readonly to: string;
}

/** A term that stood in a text, and whether its translation stands in the answer. */
export interface TermCheck {
  readonly term: string;
  readonly translation: string;
  readonly kept: boolean;
}

/** Until one of the last four, a job is under way. */
export type JobStatus =
  | 'queued'
  | 'loading'
  | 'reading'
  | 'writing'
  | 'done'
  | 'stopped'
  | 'interrupted'
  | 'failed';

export interface Job {
  readonly id: string;
  readonly ask: Ask;
  readonly status: JobStatus;
  /** The answer so far. */
  readonly text: string;
  readonly conversation?: string;
  readonly tab?: number;
  /** Prompt tokens read so far. */
  readonly reading?: { readonly done: number; readonly total: number; readonly reused: number };
  /** Tokens of the page that reached the model, where that is not all of them. */
  readonly coverage?: { readonly used: number; readonly total: number };
  /** Earlier questions with their answers that no longer fit the model's context. */
  readonly forgotten?: number;
  /** Parts done so far of a text that is worked on in parts. */
  readonly part?: { readonly done: number; readonly total: number };
  /** Terms of the glossary that stood in what was translated so far. */
  readonly terms?: readonly TermCheck[];
  readonly tokens?: number;
  readonly tokensPerSecond?: number;
  /** Whether the answer ended because no room was left. */
  readonly cut?: boolean;
  readonly error?: WireError;
  /** Name of the model that answers. */
  readonly model?: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** The page it is about, without its text. */
  readonly page?: {
    readonly url: string;
    readonly title: string;
    readonly dir: 'ltr' | 'rtl';
    readonly tab?: number;
  };
  /** In the order of asking. */
  readonly jobs: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Settings {
  readonly style: SummaryStyle;
  /** BCP 47; what translations are made into. */
  readonly language: string;
  /** What translations are made into where the text is in {@link language} already: the one chosen before. */
  readonly secondLanguage?: string;
  /** Model to use; the newest one where absent. */
  readonly model?: string;
  /** The demo model is imported once; a person who deletes it does not want it back. */
  readonly demoImported: boolean;
}

/** An import under way or just failed. */
export interface ImportState {
  readonly id: string;
  readonly name: string;
  readonly progress: ImportProgress;
  /** Mean since its start; 0 while unknown. */
  readonly bytesPerSecond: number;
  readonly error?: WireError;
}

export type ActiveModel = ModelState | { readonly kind: 'idle'; readonly model: StoredModel };

export interface Models {
  /** The model that would answer now. */
  readonly active: ActiveModel;
  readonly stored: readonly StoredModel[];
  readonly imports: readonly ImportState[];
  /** Bytes, as far as the browser says. */
  readonly storage?: { readonly usage: number; readonly quota: number };
}

export interface Diagnostics {
  readonly adapter?: AdapterFacts;
  readonly adapterError?: WireError;
  readonly userAgent: string;
  readonly memoryGiB?: number;
  readonly cores: number;
  readonly models: readonly StoredModel[];
  readonly active: ActiveModel['kind'];
}

/** Every request: what is sent and what comes back. */
export interface Requests {
  summarise: {
    send: { page: PageText; style: SummaryStyle; tab?: number; conversation?: string };
    reply: Started;
  };
  /** `passing`: not kept in the store; for the many paragraphs of a page. */
  translate: { send: Omit<TranslationAsk, 'kind'> & { tab?: number; passing?: boolean }; reply: Started };
  glossary: { send: object; reply: readonly GlossaryEntry[] };
  /** Adds or replaces; an entry's languages and term are its name. */
  'put-terms': { send: { entries: readonly GlossaryEntry[] }; reply: null };
  'remove-terms': { send: { entries: readonly GlossaryEntry[] }; reply: null };
  chat: { send: { text: string; page?: PageText; tab?: number; conversation?: string }; reply: Started };
  stop: { send: { job: string }; reply: null };
  regenerate: { send: { job: string }; reply: Started };
  /** The exact messages a job gave the model. */
  prompt: { send: { job: string }; reply: readonly ChatMessage[] };
  /** The conversation to show on opening. */
  current: { send: { tab?: number; url?: string }; reply: { conversation?: string } };
  conversations: { send: { limit: number }; reply: readonly Conversation[] };
  'delete-conversation': { send: { conversation: string }; reply: null };
  /** From now on events of these topics come, each first with its state as it is. Replaces earlier topics. */
  watch: { send: { topics: readonly Topic[] }; reply: null };
  /** Loads the model in advance of the first question. */
  warm: { send: object; reply: null };
  'import-address': { send: { address: string; name?: string }; reply: { id: string } };
  'dismiss-import': { send: { id: string }; reply: null };
  'use-model': { send: { id: string }; reply: null };
  'delete-model': { send: { id: string }; reply: null };
  'set-settings': { send: { settings: Partial<Settings> }; reply: Settings };
  diagnostics: { send: object; reply: Diagnostics };
}

export interface Started {
  readonly job: string;
  readonly conversation?: string;
}

export type RequestKind = keyof Requests;
export type Send<K extends RequestKind> = Requests[K]['send'];
export type Reply<K extends RequestKind> = Requests[K]['reply'];
export type ClientRequest = { [K in RequestKind]: { kind: K } & Send<K> }[RequestKind];

export type Topic = 'models' | 'settings' | 'glossary' | `job:${string}` | `conversation:${string}`;

export type ServerEvent =
  | { readonly kind: 'job'; readonly job: Job }
  /** `text` belongs at character `at` of the job's text. */
  | {
      readonly kind: 'delta';
      readonly job: string;
      readonly at: number;
      readonly text: string;
      readonly tokens: number;
      readonly tokensPerSecond: number;
    }
  | { readonly kind: 'conversation'; readonly conversation: Conversation; readonly jobs: readonly Job[] }
  | { readonly kind: 'models'; readonly models: Models }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'glossary'; readonly entries: readonly GlossaryEntry[] };

const OVER: readonly JobStatus[] = ['done', 'stopped', 'interrupted', 'failed'];

export const isOver = (status: JobStatus): boolean => OVER.includes(status);
