/**
 * The data that pages and the worker exchange: jobs, conversations, settings; models (models/). Plain data, safe for JSON,
 * discriminated by `kind`.
 *
 * Not here: requests and events (requests.ts), the frames that carry them over a port (messages.ts), files a
 * person picked (files.ts), and requests to a page's content script (page-messages.ts).
 */
import type { CacheForm } from '../../engine/index.ts';
import type { AttachedText, AttachmentFacts } from './files.ts';
import type { ModelAbilities } from './abilities.ts';
import type { WireError } from './errors.ts';
import type { Benchmark, KeptLoss } from './models/model-states.ts';
import type { PageText } from './page/page-text.ts';
import type { OwnServer, SentTo } from './server/own-server.ts';
import type { Keepable, KeepSettings, SummarisedPage } from './keeping.ts';
import type { RuleSettings } from './page/page-rules.ts';
import type { ReadAheadSetting } from './page/power.ts';
import type { WordEntry } from './page/words.ts';

export type SummaryType = 'key-points' | 'tldr' | 'teaser' | 'headline';
export type SummaryLength = 'short' | 'medium' | 'long';
export interface SummaryStyle {
  readonly type: SummaryType;
  readonly length: SummaryLength;
}

export type { PageText };
export type {
  ActiveModel,
  Benchmark,
  HubTokenPlace,
  ImportState,
  KeptLoss,
  KeptSizeLoss,
  LossProgress,
  Models,
} from './models/model-states.ts';

/** What a person asked for. */
export type JobRequest = SummaryRequest | TranslationRequest | ChatRequest;

export interface SummaryRequest {
  readonly kind: 'summary';
  readonly style: SummaryStyle;
  /** BCP 47; absent for the page's own. */
  readonly language?: string;
  /** Read all of the page that fits, however long that takes. */
  readonly whole?: true;
}

export interface TranslationRequest {
  readonly kind: 'translation';
  /** Paragraphs separated by an empty line; the answer has as many, in the same order. */
  readonly text: string;
  /** BCP 47; into this language. */
  readonly language: string;
  /** BCP 47, of the text; absent where it is not known. */
  readonly from?: string;
  /** The text has marks for inline markup (app/text/marks.ts). */
  readonly marked?: boolean;
  /** The text is one word of this sentence: the answer is a dictionary entry, from a model that can write one. */
  readonly sentence?: string;
}

export interface ChatRequest {
  readonly kind: 'chat';
  readonly text: string;
  /** Answer without the page, though the conversation has one. */
  readonly alone?: true;
  /** Read all of the page that fits, however long that takes. */
  readonly whole?: true;
  /** What `{selection}` and `{language}` in `text` stand for, where it is one of the person's prompts. */
  readonly fills?: PromptFills;
  readonly attached?: readonly AttachmentFacts[];
}

/** Values for the places in a person's prompt. */
export interface PromptFills {
  readonly selection?: string;
  /** The name of a language. */
  readonly language?: string;
}

/** What a request is about. */
export interface JobTarget {
  /** The page to summarise, or the page of a new conversation. */
  readonly page?: PageText;
  /** Id of the browser's tab in which that page is. */
  readonly tab?: number;
  /** The conversation that the request continues; absent for a new one. */
  readonly conversation?: string;
  readonly attached?: readonly AttachedText[];
  /** Address of the page in front, also where none of its text is sent. */
  readonly url?: string;
  /** It comes from a private window. Set by own pages, whose popups the browser does not place in a window. */
  readonly private?: true;
}

/** One term of a person's glossary. */
export interface GlossaryEntry {
  readonly term: string;
  readonly translation: string;
  /** BCP 47; absent for any language. */
  readonly from?: string;
  /** BCP 47. */
  readonly to: string;
}

/**
 * A term of the glossary that occurs in a text, and whether its translation occurs in the answer (`kept`). The translation
 * itself is not here: web pages receive this, and they do not receive a person's glossary.
 */
export interface TermCheck {
  readonly term: string;
  readonly kept: boolean;
}

/** How a summary that broke a rule of its type was repaired, or which rule it still breaks (`words-over`). */
export type RuleNote = 'points-cut' | 'sentences-cut' | 'words-cut' | 'words-over';

/** What became of an answer whose numbers and names were looked up on its page. */
export interface ClaimCheck {
  /** Sentences that were left out, because the page does not have their numbers or names. */
  readonly leftOut: readonly string[];
  /** Numbers and names that the page does not have, in an answer of which nothing would be left without them. */
  readonly doubtful?: readonly string[];
  /** Nothing was left of the answer, so the page's own sentences stand in its place. */
  readonly quoted?: true;
}

/**
 * One pass, part by part, over a text that is too long to be read at once. The first round reads the page; where the
 * points of all parts do not fit into one prompt, the next round reads those.
 */
export interface Round {
  /** Where the parts end, in characters of what this round reads. */
  readonly ends: readonly number[];
  /** Key points of the parts read so far, in the order in which they were read, one `- ` line each. */
  readonly points: readonly string[];
  /**
   * Indices of the parts in the order in which they are read; one after the other if absent. `spread`, as earlier builds stored
   * it: both ends, then evenly between them.
   */
  readonly order?: readonly number[] | 'spread';
  /** Indices of the parts whose points reached their token limit, so that further points are missing. */
  readonly cut?: readonly number[];
}

/** The passages that are read of a page that is longer than a model can read at once (app/worker/prompts/excerpts.ts). */
export interface Excerpts {
  /** `question`: the best matches of the question; `spread`: passages from all over, where no word of it occurs. */
  readonly by: 'question' | 'spread';
  /** In characters of the page's text, ascending, not touching; the first one is the page's beginning. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

/** Tokens of a prompt: read so far, in all, and those of them that the cache had already. */
export interface PromptProgress {
  readonly done: number;
  readonly total: number;
  readonly reused: number;
}

/** How far a job is, with the facts that belong to this phase alone. A job is under way until one of the last four. */
export type JobProgress =
  | { readonly phase: 'queued' }
  | { readonly phase: 'loading' }
  /** `prompt`: absent until the first tokens are read. */
  | { readonly phase: 'reading'; readonly prompt?: PromptProgress }
  /** `thinking`: the model thinks before it answers; its thoughts are not shown. */
  | { readonly phase: 'writing'; readonly thinking?: true }
  /**
   * `cut`: it reached its limit before it was complete, that of answers or the model's context ({@link JobBase.context}).
   * `onlyThought`: it ended within its thoughts, so there is no answer.
   */
  | { readonly phase: 'done'; readonly cut?: true; readonly onlyThought?: true }
  | { readonly phase: 'stopped'; readonly cut?: true }
  | { readonly phase: 'interrupted' }
  | { readonly phase: 'failed'; readonly error: WireError };

export type JobPhase = JobProgress['phase'];

/** Tokens of a page that the model reads, and all tokens of the page. */
export interface PageCoverage {
  readonly used: number;
  readonly total: number;
  /** The model could read all of the page, but not while a person waits. */
  readonly sooner?: true;
}

/** Key points of the parts of a page that were read so far, in the page's language. */
export interface PreliminarySummary {
  /** One `- ` line each. */
  readonly text: string;
  /** For each key point the sentence of the page that says it; null where none was found. */
  readonly passages: readonly (string | null)[];
}

interface JobBase extends Keepable {
  readonly id: string;
  readonly progress: JobProgress;
  /** The answer so far; of a long page, the key points of its first part until those are in {@link SummaryJob.preliminary}. */
  readonly text: string;
  readonly conversation?: string;
  /** Id of the browser's tab that the request came from. */
  readonly tab?: number;
  /** The web page that asked for it (sender.ts); absent for jobs of pages of Linnet. */
  readonly owner?: string;
  /** Tokens of the prompt, and those that prompt and answer may have together. */
  readonly context?: { readonly prompt: number; readonly capacity: number };
  /** Tokens of the answer so far. */
  readonly tokens?: number;
  readonly tokensPerSecond?: number;
  /** The store could not save it, as on a full disk: it lasts as long as the worker does. */
  readonly unsaved?: true;
  /** The model was loaded again in full precision, and the answer made anew. */
  readonly precise?: true;
  /** Name of the model that answers. */
  readonly model?: string;
  /** The text was sent to the person's own server. */
  readonly server?: SentTo;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `kind` repeats that of the request, so that it narrows the type of the job. */
/** What the page itself says for an answer. */
interface Quoting {
  /**
   * Passages of the page itself, unchanged and in its order, chosen without a model; for a headline its title. Those of a
   * summary are known before the model is. Absent where the page has none.
   */
  readonly quotes?: readonly string[];
  /** The answer is `quotes`, because no model was on the device, or it was not asked. */
  readonly quoted?: true;
  /** The model that was not asked ({@link ModelOffer.keyPoints}), by its name; {@link quoted} too. */
  readonly notAsked?: string;
}

export interface SummaryJob extends JobBase, Quoting {
  readonly kind: 'summary';
  readonly request: SummaryRequest;
  /** Notes on a page that is too long to be read at once. Stored, so that work can continue from them. */
  readonly rounds?: readonly Round[];
  /** Of a long page, what its parts so far say; kept where it became the answer, because the work ended before a better one. */
  readonly preliminary?: PreliminarySummary;
  readonly rules?: readonly RuleNote[];
  /** Absent for an answer without numbers and names. */
  readonly claims?: ClaimCheck;
  /** For each key point of `text` the sentence of the page that says it; null where none was found. */
  readonly passages?: readonly (string | null)[];
  /** BCP 47, of a page in another language than its summary: they share few words, so passages are looked up on demand. */
  readonly pageLanguage?: string;
  /** Indices into `passages` of those that were looked up in the page's language. */
  readonly sought?: readonly number[];
  /** Absent where all of the page, or of the notes on it, reached the model. */
  readonly coverage?: PageCoverage;
  /** The model that answers is for trying the app, so its words do not take the place of `quotes`. */
  readonly practice?: true;
}

export interface TranslationJob extends JobBase {
  readonly kind: 'translation';
  readonly request: TranslationRequest;
  /** Paragraphs translated so far; absent for a text of one paragraph. */
  readonly part?: { readonly done: number; readonly total: number };
  /** Terms of the glossary that occurred in what was translated so far. */
  readonly terms?: readonly TermCheck[];
  /** Numbers, addresses and names of the text that its translation lacks. */
  readonly lost?: readonly string[];
  /** The entry of a word; then `text` is its translation. */
  readonly entry?: WordEntry;
}

export interface ChatJob extends JobBase, Quoting {
  readonly kind: 'chat';
  readonly request: ChatRequest;
  /** Absent where all of the page reached the model. */
  readonly coverage?: PageCoverage;
  /** Which passages of the page were read; absent where it is the page's beginning. */
  readonly excerpts?: Excerpts;
  /** Earlier questions, with their answers, that no longer fit the model's context. */
  readonly forgotten?: number;
  /** Absent for an answer without numbers and names, and for one that is not about a page. */
  readonly claims?: ClaimCheck;
}

export type Job = SummaryJob | TranslationJob | ChatJob;

export interface Conversation extends Keepable {
  readonly id: string;
  readonly title: string;
  /** The page it is about, without its text. */
  readonly page?: {
    readonly url: string;
    readonly title: string;
    readonly dir: 'ltr' | 'rtl';
    /** BCP 47; absent in conversations of older versions. */
    readonly lang?: string;
    readonly tab?: number;
    /** Characters that were read of a longer page. */
    readonly cut?: number;
  };
  /** Oldest first; of several branches, the one that is shown. */
  readonly jobs: readonly string[];
  /** Every branch, oldest first, with the shown one; absent while there is only one (branches.ts). */
  readonly branches?: readonly (readonly string[])[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** How much of the GPU's time answers may take from other drawing. */
export type PaceSetting = 'polite' | 'balanced' | 'full';

/**
 * A saved question; typing `/name` into the question field inserts it. In its text, `{page}` is where the page is read,
 * `{selection}` the selected text, `{language}` the language that texts are translated into.
 */
export interface SavedPrompt {
  readonly name: string;
  readonly text: string;
  /** It has a button beside the one for summaries. */
  readonly inMenu?: true;
}

/** A task with a request of its own; `notes`: key points of one part of a long page. */
export type TaskName = `${SummaryType}.${SummaryLength}` | 'notes' | 'translation';

/** A person's changes: the request by task profile and task. */
export type ChangedPrompts = Readonly<Record<string, Readonly<Partial<Record<TaskName, string>>>>>;

/** What a model is used for. */
export type Task = JobRequest['kind'];

export interface Settings extends KeepSettings, RuleSettings {
  readonly style: SummaryStyle;
  /** BCP 47; what summaries are written in; absent for the page's own language. */
  readonly summaryLanguage?: string;
  /** Whether the shortcut starts the summary at once; else it only opens the popup. */
  readonly autoStart: boolean;
  /** BCP 47; what translations are made into. */
  readonly language: string;
  /** BCP 47; the language chosen before, used for texts that are in {@link language} already. */
  readonly secondLanguage?: string;
  /** Model to use; the newest one where absent. */
  readonly model?: string;
  /** Models for single tasks, in place of {@link model}. */
  readonly models?: Readonly<Partial<Record<Task, string>>>;
  /** Model that finds passages by meaning; the newest one of its kind where absent. */
  readonly embedder?: string;
  /** The demo model is imported once, and not again after it was deleted. */
  readonly demoImported: boolean;
  readonly pace: PaceSetting;
  /** How a model keeps what it has read (keys and values); `plain` where absent. */
  readonly cache?: CacheForm;
  /** MiB on the disk for what models have read of pages; 0: nothing is saved. By the free space where absent. */
  readonly prefixMiB?: number;
  /** Whether rows of what was saved that a model does not need are dropped; true where absent. */
  readonly packReading?: boolean;
  /** When a page is read before anyone asks about it; `careful` where absent. */
  readonly readAhead?: ReadAheadSetting;
  /** Oldest first; so that pages of sites that are summarised often can be read ahead. */
  readonly summarised?: readonly SummarisedPage[];
  /** The person's own. */
  readonly prompts: readonly SavedPrompt[];
  /** Requests of tasks that the person changed. */
  readonly taskPrompts?: ChangedPrompts;
  /** The first run was finished or skipped. */
  readonly welcomed?: boolean;
  /** Minutes after which an idle model leaves the GPU; 0: never; {@link IDLE_MINUTES} where absent. */
  readonly idleMinutes?: number;
  /** The last measurement of each model on this device, by its id. */
  readonly benchmarks?: Readonly<Record<string, Benchmark>>;
  /** What the sizes of each model lose, by its id. */
  readonly losses?: Readonly<Record<string, KeptLoss>>;
  /** What trials of each model showed, by its id. */
  readonly abilities?: Readonly<Record<string, ModelAbilities>>;
  /** A server of the person's own, in place of the engine on this device. */
  readonly server?: OwnServer;
}

export const IDLE_MINUTES = 10;
const FINAL: readonly JobPhase[] = ['done', 'stopped', 'interrupted', 'failed'];
export const isFinal = (phase: JobPhase): boolean => FINAL.includes(phase);
export const isOver = ({ progress }: Pick<Job, 'progress'>): boolean => isFinal(progress.phase);
/** Why a job failed; undefined for one that did not. */
export const errorOf = ({ progress }: Pick<Job, 'progress'>): WireError | undefined =>
  progress.phase === 'failed' ? progress.error : undefined;
/** Whether a job ended at its limit, before its answer was complete. */
export const wasCut = ({ progress }: Pick<Job, 'progress'>): boolean =>
  (progress.phase === 'done' || progress.phase === 'stopped') && progress.cut === true;

/** Whether parts of a long page are still to be read. */
export function partsLeft(job: Job): boolean {
  const last = job.kind === 'summary' ? job.rounds?.at(-1) : undefined;
  return last !== undefined && last.points.length < last.ends.length;
}
