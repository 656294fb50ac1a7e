/**
 * The short text of our own that models are tried with, and its first two sentences in every language that texts are
 * translated into. Its words are plain, so that translations of it differ little.
 */
import { sameLanguage } from '../../text/language.ts';
import data from './passage.json' with { type: 'json' };

/** English, of about 75 words. */
export const passage: Readonly<Record<'title' | 'text', string>> = data;

/** By BCP 47: what {@link ENGLISH_SENTENCES} say. */
export const sentencesIn: Readonly<Record<string, string>> = data.sentences;

/** The beginning of {@link passage}. */
export const ENGLISH_SENTENCES: string = data.sentences.en;

/** The tag in {@link sentencesIn} of the same language, such as `de` for `de-AT`; undefined if there is none. */
export const knownTag = (tag: string): string | undefined =>
  Object.keys(sentencesIn).find((known) => sameLanguage(known, tag));
