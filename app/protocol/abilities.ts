/**
 * What a model can do, as found out by trying it, and what pages offer because of it. Plain data; trying is for
 * app/worker/abilities.
 */

import type { SentTo } from './server/own-server.ts';

/** What short trials of a model showed; kept by the model's id. */
export interface ModelAbilities {
  /** Of the trials; results of other versions are made again. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly probedAt: number;
  /** Its key points were a list of at least two points, in the language of the text. */
  readonly lists: boolean;
  /** An answer said the same again and again. */
  readonly repeats: boolean;
  /** The languages that were tried. */
  readonly languages: readonly LanguageAbility[];
}

export interface LanguageAbility {
  /** BCP 47, without a region: one of the languages that texts are translated into. */
  readonly tag: string;
  /** A translation into it was in this language and said what the text says. */
  readonly writes: boolean;
}

/** Why key points are sentences of the page. */
export type KeyPointsReason = 'small' | 'base' | 'translation' | 'lists' | 'repeats';

/** What a model is offered for. */
export interface ModelOffer {
  /** Who writes key points: the model, or the page by its own sentences. */
  readonly keyPoints: 'model' | 'page';
  /**
   * Who writes longer summaries, and answers questions about a page: the page also for a model that failed its trial, or
   * is very small and has not passed it.
   */
  readonly prose: 'model' | 'page';
  /** Present if the page writes key points. */
  readonly reason?: KeyPointsReason;
  /** Whether it can be asked questions. */
  readonly chat: boolean;
  /** The languages that it is known to write, or not to write. */
  readonly languages: readonly LanguageAbility[];
  /** Whether it is offered for languages that are not among {@link languages}. */
  readonly otherLanguages: boolean;
  /** Whether the offer rests on trials of this model. */
  readonly tried: boolean;
}

/** A trial under way. `done` of `total`: tokens of its answers. */
export interface ProbeProgress {
  /** Id of the model. */
  readonly model: string;
  readonly done: number;
  readonly total: number;
}

/** The offer of the model that is used for a task. */
export interface TaskOffer {
  /** Name of the model. */
  readonly model: string;
  readonly offer: ModelOffer;
  /** Text is sent to the person's own server. */
  readonly server?: SentTo;
}

/** Whether the model is offered for texts in a language; `tag` as in {@link LanguageAbility}. */
export function writesLanguage({ languages, otherLanguages }: ModelOffer, tag: string): boolean {
  return languages.find((known) => known.tag === tag)?.writes ?? otherLanguages;
}

/** BCP 47 tags of the languages that were found to be written, or not to be. */
export const languagesOf = ({ languages }: ModelOffer, writes: boolean): readonly string[] =>
  languages.filter((known) => known.writes === writes).map(({ tag }) => tag);
