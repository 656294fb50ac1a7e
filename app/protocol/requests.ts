/**
 * Requests that pages send to the worker, and events that the worker sends to pages. A new request is one member of
 * {@link Requests}; the compiler then reports that its handler is missing.
 */
import type {
  GpuFacts,
  CacheForm,
  ChatMessage,
  FoundModels,
  ModelPreview,
  StoredModel,
  VariantResult,
} from '../../engine/index.ts';
import type { TaskOffer } from './abilities.ts';
import type { ChosenSize } from './model-traits.ts';
import type { Notice, WireError } from './errors.ts';
import type { TaskPrompts } from './task-prompts.ts';
import type { Rule, RuleAbout } from './page/page-rules.ts';
import type { Power } from './page/power.ts';
import type { KeptWord } from './page/words.ts';
import type { FoundConversation } from './search-result.ts';
import type { OwnServer, ServerModel, ServerTrial } from './server/own-server.ts';
import type {
  ActiveModel,
  Benchmark,
  ChatRequest,
  Conversation,
  GlossaryEntry,
  Job,
  JobTarget,
  Models,
  PageText,
  Settings,
  SummaryRequest,
  Task,
  TranslationRequest,
  TaskName,
} from './types.ts';

/** `variants`: which faster kernel variants this GPU's self-tests allow; absent until a first model was loaded. */
export type TestedAdapter = GpuFacts & { readonly variants?: readonly VariantResult[] };

export interface Diagnostics {
  readonly adapter?: TestedAdapter;
  readonly adapterError?: WireError;
  readonly userAgent: string;
  readonly memoryGiB?: number;
  readonly cores: number;
  readonly models: readonly StoredModel[];
  readonly active: ActiveModel['kind'];
  /** Of the model that is loaded. */
  readonly cache?: CacheForm;
}

/** Every request with its fields and its reply. */
export interface Requests {
  summarise: {
    send: { request: SummaryRequest; target: JobTarget & { page: PageText } };
    reply: Started;
  };
  /** `passing`: the job is not stored; for the many paragraphs of a page. */
  translate: { send: { request: TranslationRequest; passing?: boolean }; reply: Started };
  glossary: { send: object; reply: readonly GlossaryEntry[] };
  /** Adds or replaces; an entry's languages and term are its name. */
  'put-terms': { send: { entries: readonly GlossaryEntry[] }; reply: null };
  'remove-terms': { send: { entries: readonly GlossaryEntry[] }; reply: null };
  /** Newest first. */
  words: { send: object; reply: readonly KeptWord[] };
  /**
   * Keeps the word that this translation was asked for, with its sentence; without where it was read if that is not to be
   * stored. Refused for one from a private window.
   */
  'keep-word': { send: { job: string }; reply: null };
  /** Takes back what `keep-word` kept of this translation. */
  'drop-word': { send: { job: string }; reply: null };
  /** Adds or replaces; a word, its languages and its translation are its name. */
  'put-words': { send: { words: readonly KeptWord[] }; reply: null };
  'remove-words': { send: { words: readonly KeptWord[] }; reply: null };
  /**
   * Sets the rule for a site or a language; absent, removes it. Replies with the one before. A web page names no address:
   * it is about its own site. Refused for the site of a private window, which would be on the disk.
   */
  'set-rule': { send: { about: RuleAbout; rule?: Rule }; reply: { before?: Rule } };
  chat: { send: { request: ChatRequest; target: JobTarget }; reply: Started };
  /** Asks an edited question, on a new branch. */
  edit: { send: { job: string; text: string }; reply: Started };
  stop: { send: { job: string }; reply: null };
  /** Makes another answer; with `whole`, one from all of the page that fits. An earlier one with text stays as a branch, and the reply names a new job. */
  regenerate: { send: { job: string; whole?: true }; reply: Started };
  /** Continues an answer of a chat that ended before it was complete. */
  continue: { send: { job: string }; reply: Started };
  /** Shows the branch that contains this job. */
  'show-branch': { send: { conversation: string; job: string }; reply: null };
  /** The exact messages a job gave the model. */
  prompt: { send: { job: string }; reply: readonly ChatMessage[] };
  /** The conversation to show on opening. `private`: in a private window, which has conversations of its own. */
  current: { send: { tab?: number; url?: string; private?: true }; reply: { conversation?: string } };
  /** Whether the page's text differs from what the conversation read. */
  'page-changed': { send: { conversation: string; page: PageText }; reply: boolean };
  /** Looks up the passage of a key point in the language of the page, and stores the result in the job. */
  'find-passage': { send: { job: string; point: number }; reply: { passage: string | null } };
  /** The newest conversation with a summary of this page in its present state. */
  summarised: { send: { page: PageText; private?: true }; reply: { conversation?: string } };
  /** Newest first; with `private`, those of private windows instead of the others. */
  conversations: { send: { limit: number; private?: true }; reply: readonly FoundConversation[] };
  /**
   * Like `conversations`, only those with all words of `find` in title, questions or answers. Returns soon what was found so
   * far; send it again, until it is done, to go on.
   */
  'search-conversations': {
    send: { find: string; limit: number; private?: true };
    reply: { found: readonly FoundConversation[]; done: boolean };
  };
  'rename-conversation': { send: { conversation: string; title: string }; reply: null };
  /** It can be restored for {@link UNDO_MS}. */
  'delete-conversation': { send: { conversation: string }; reply: null };
  'restore-conversation': { send: { conversation: string }; reply: null };
  /** A conversation with the jobs of all its branches. */
  transcript: { send: { conversation: string }; reply: Transcript };
  /** Translations that belong to no conversation, newest first. */
  translations: { send: { limit: number }; reply: readonly Job[] };
  /** Deletes these translations for good; all of them where `jobs` is absent. */
  'delete-translations': { send: { jobs?: readonly string[] }; reply: null };
  /** The last private window was closed: ends and forgets everything that came from one. */
  'end-private': { send: object; reply: null };
  /** Deletes for good what is damaged and left out. */
  'delete-damaged': { send: object; reply: null };
  /** Deletes conversations and settings for good; with `models` also the glossary, models and imports. */
  erase: { send: { models: boolean }; reply: null };
  /** Subscribes this connection to these topics, in place of earlier ones. Each new topic begins with its whole state. */
  watch: { send: { topics: readonly Topic[] }; reply: null };
  /** Sends the whole state of a watched topic again, to this connection alone: for a client that missed a change. */
  resync: { send: { topic: Topic }; reply: null };
  /** Loads the model in advance of the first question. */
  warm: { send: object; reply: null };
  /**
   * This surface shows a page, a conversation about it, or the offer of a translation, which may be read before anyone asks;
   * it takes the place of what the surface wanted before. With none, nothing is wanted any more, as after the connection is
   * closed. For a web page no model is loaded, and it waits for pages of Linnet; it may name itself where the person summarises
   * its site often. Replies with whether a loaded model may read ahead now.
   */
  'read-ahead': {
    send: {
      page?: PageText;
      conversation?: string;
      translation?: TranslationRequest;
      power?: Power;
      private?: true;
    };
    reply: boolean;
  };
  /** Takes the model off the GPU. */
  unload: { send: object; reply: null };
  /** `weights`: a larger size than the one by default. */
  'import-address': {
    send: { address: string; name?: string; revision?: string; weights?: ChosenSize };
    reply: { id: string };
  };
  /** Reads a stored model's original again and rounds it by calibration; then the new one replaces it. */
  'improve-model': { send: { id: string }; reply: { id: string } };
  /** Reads a stored model's original again and measures what its sizes lose. Starts it; `Models.comparing` has the progress. */
  'measure-loss': { send: { id: string }; reply: null };
  'stop-measuring': { send: object; reply: null };
  /** The models at an address of a hub, by its list of files; null where a server has no list. */
  'find-models': { send: { address: string; revision?: string }; reply: FoundModels | null };
  /** Sets the access token for the hub until the worker ends; `keep`: on the device. An empty one removes it. */
  'hub-token': { send: { token: string; keep: boolean }; reply: null };
  /** Describes what an import would download; fetches small files and headers only. */
  'preview-import': { send: { address: string; revision?: string }; reply: ModelPreview };
  /** The models that a server of the person's own lists. */
  'server-models': { send: { address: string }; reply: readonly ServerModel[] };
  /** Asks a model of such a server for a few words. */
  'try-server': { send: { server: OwnServer }; reply: ServerTrial };
  /** Sets the key of such a server until the worker ends; `keep`: on the device. An empty one removes it. */
  'server-key': { send: { address: string; key: string; keep: boolean }; reply: null };
  'pause-import': { send: { id: string }; reply: null };
  'resume-import': { send: { id: string }; reply: null };
  /** Cancels an import and removes its files from the device. */
  'dismiss-import': { send: { id: string }; reply: null };
  'use-model': { send: { id: string }; reply: null };
  'delete-model': { send: { id: string }; reply: null };
  /** Reads all of a stored model; refused with `store-damaged` where it is not what was imported. */
  'verify-model': { send: { id: string }; reply: { bytes: number } };
  /** Measures the model in use; takes about ten seconds. Null if it was stopped. */
  benchmark: { send: object; reply: Benchmark | null };
  'stop-benchmark': { send: object; reply: null };
  /** Tries again what the model in use can do. */
  probe: { send: object; reply: null };
  /** Stops the trial of a model; it is not tried again before Linnet starts the next time. */
  'stop-probe': { send: object; reply: null };
  /** What the model for a task is offered for; null without a model. */
  offer: { send: { task: Task; private?: true }; reply: TaskOffer | null };
  /** Reads the settings; changes nothing. */
  settings: { send: object; reply: Settings };
  /**
   * Changes the given settings, removes those named in `unset`, and saves; replies with all settings. JSON has no
   * `undefined`, so an optional setting cannot be removed by its value.
   */
  'set-settings': {
    send: { settings: Partial<Settings>; unset?: readonly OptionalSetting[] };
    reply: Settings;
  };
  /** What a web page may know of the settings. */
  languages: { send: object; reply: TargetLanguages };
  /** A person chose another language for translations, on a web page; the one before becomes the second language. */
  'choose-language': { send: { language: string }; reply: TargetLanguages };
  /** The words that the model in use is asked with. */
  'task-prompts': { send: object; reply: TaskPrompts };
  /** Replaces the request of a task; refused with `request-invalid` where it is empty or lacks its place. */
  'change-task-prompt': { send: { profile: string; task: TaskName; text: string }; reply: TaskPrompts };
  /** Goes back to the profile's own request. */
  'reset-task-prompt': { send: { profile: string; task: TaskName }; reply: TaskPrompts };
  diagnostics: { send: object; reply: Diagnostics };
}

/** The languages that texts are translated into. */
export type TargetLanguages = Pick<Settings, 'language' | 'secondLanguage'>;

/** A setting that may be absent. */
export type OptionalSetting = {
  [K in keyof Settings]-?: undefined extends Settings[K] ? K : never;
}[keyof Settings];

/** Milliseconds for which a deleted conversation can be restored. */
export const UNDO_MS = 60_000;

export interface Transcript {
  readonly conversation: Conversation;
  readonly jobs: readonly Job[];
}

export interface Started {
  readonly job: string;
  readonly conversation?: string;
}

export type RequestKind = keyof Requests;
export type Send<K extends RequestKind> = Requests[K]['send'];
export type Reply<K extends RequestKind> = Requests[K]['reply'];
export type ClientRequest = { [K in RequestKind]: { kind: K } & Send<K> }[RequestKind];

export type Topic =
  | 'models'
  | 'settings'
  | 'conversations'
  | 'glossary'
  | 'words'
  | 'notices'
  | 'languages'
  | `job:${string}`
  | `conversation:${string}`;

/** What comes before the id of a topic about one thing, else the topic itself. */
export type TopicKind = Topic extends infer T ? (T extends `${infer Kind}:${string}` ? Kind : T) : never;

export type ServerEvent =
  | { readonly kind: 'job'; readonly job: Job }
  /** `text` starts at character `at` of the job's text. */
  | {
      readonly kind: 'delta';
      readonly job: string;
      readonly at: number;
      readonly text: string;
      readonly tokens: number;
      readonly tokensPerSecond: number;
    }
  | { readonly kind: 'conversation'; readonly conversation: Conversation; readonly jobs: readonly Job[] }
  /** The conversation was deleted; sent to connections that watch it. */
  | { readonly kind: 'gone'; readonly conversation: string }
  /** The list of conversations has changed. `kept`: conversations are stored beyond the browser's session. */
  | { readonly kind: 'conversations'; readonly kept: boolean }
  | { readonly kind: 'models'; readonly models: Models }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'languages'; readonly languages: TargetLanguages }
  | { readonly kind: 'glossary'; readonly entries: readonly GlossaryEntry[] }
  | { readonly kind: 'words'; readonly words: readonly KeptWord[] }
  | { readonly kind: 'notices'; readonly notices: readonly Notice[] };
