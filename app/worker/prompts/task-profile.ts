/**
 * What a task profile is: how models of one kind are asked for each task. A profile is a JSON file in `profiles/`;
 * `read-profile.ts` checks it, `choose-profile.ts` chooses one for a model. Types only.
 */
import type { SamplingOptions } from '../../../engine/index.ts';
import type { SummaryLength, SummaryType } from '../../protocol/types.ts';

/**
 * The form of an answer, which decoding enforces: a list of at most `points` lines, each begun with `- ` and of at most
 * `words` words; one line of at most `words` words; at most `count` sentences; prose, which says nothing twice where the
 * answer is about a page; or any text.
 */
export type AnswerForm =
  | { readonly kind: 'list'; readonly points: number; readonly words: number }
  | { readonly kind: 'line'; readonly words: number }
  | { readonly kind: 'sentences'; readonly count: number }
  | { readonly kind: 'prose' }
  | { readonly kind: 'free' };

/** How one task is asked for. */
export interface TaskPrompt {
  /** The request in the user's turn. `{language}` is the target of a translation, `{question}` a question of a chat. */
  readonly request: string;
  /**
   * The beginning of the answer, written for the model; empty if the model begins. Blanks before it are not shown. No
   * blank at its end: in most vocabularies that belongs to the token of the next word, and after a blank of its own a
   * model writes what stands there in its texts, numbers above all.
   */
  readonly begun: string;
  /**
   * `greedy`: the likeliest token each time. `model`: the values that the model's files recommend, else greedy. Values: those of its
   * makers for this task, which not all of its files have.
   */
  readonly sampling: 'greedy' | 'model' | SamplingOptions;
  /** Most tokens of the answer. */
  readonly tokens: number;
  readonly form: AnswerForm;
}

/** A translation has as many tokens as its text needs. `terms` and `marks` are empty for models that misread them. */
export interface TranslationPrompt extends Pick<TaskPrompt, 'request' | 'begun' | 'sampling'> {
  /** Appended where terms of the glossary occur in the text; `{terms}`. */
  readonly terms: string;
  /** Appended where the text has marks for inline markup. */
  readonly marks: string;
  /** The request in Chinese, with the name of the language in Chinese, where a text is translated from Chinese or into it. */
  readonly chinese?: string;
}

/**
 * A word of a sentence as a dictionary entry, whose lines a guide writes the labels of: `Part of speech:`, `Translation:`,
 * `Meaning:`. `{word}`, `{language}`; an empty request is for models that get the word alone to translate.
 */
export type WordPrompt = Pick<TaskPrompt, 'request' | 'sampling'>;

/**
 * `demo`: the packaged model. `base`: not trained to follow requests. `translation`: made for translations alone.
 * `thinking`: always thinks before it answers. `instruct`: all others.
 */
export type ModelKind = 'demo' | 'base' | 'translation' | 'thinking' | 'instruct';

/** Which models a profile is for; what is absent does not matter. */
export interface ProfileFor {
  readonly kind: ModelKind;
  /** Values of `StoredModel.family`. */
  readonly families?: readonly string[];
  /** Only models whose name contains one of these words. */
  readonly names?: readonly string[];
  /** Most parameters, in millions. */
  readonly most?: number;
}

/** How models of one kind are asked. */
export interface TaskProfile {
  /** The file's name without `.json`. */
  readonly id: string;
  readonly for: ProfileFor;
  /** The system turn; empty for none. */
  readonly system: string;
  /** The first turn about a page; `{title}`, `{text}` and `{request}`, in the order that the model reads them. */
  readonly page: string;
  /** The turn about a text without a title; `{text}` and `{request}`. */
  readonly text: string;
  /** Whether `page` and `text` mark the material off by <page> and <text>, so that look-alikes in it are broken. */
  readonly tags: boolean;
  /** Appended to the request for a summary in a language; `{language}`. */
  readonly language: string;
  /** Appended instead if the answer should be in the page's language and that is unknown. */
  readonly unknownLanguage: string;
  /** Whether requests name the page's own language if that is not English. */
  readonly namesPageLanguage: boolean;
  readonly summary: Readonly<Record<SummaryType, Readonly<Record<SummaryLength, TaskPrompt>>>>;
  /** Key points of one part of a long page. */
  readonly notes: TaskPrompt;
  readonly chat: TaskPrompt;
  readonly translation: TranslationPrompt;
  /** The languages that its models were made for, as translations are offered into them; any where absent. */
  readonly languages?: readonly string[];
  /** The text before the request is the word's sentence. */
  readonly word: WordPrompt;
}
