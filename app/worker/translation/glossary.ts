/**
 * Applies a person's glossary to a translation: finds the terms that occur, names them in the prompt, and checks that
 * the answer uses them. If no term occurs, the prompt is the same as without a glossary.
 */
import type { GlossaryEntry, TermCheck } from '../../protocol/types.ts';
import { fillTemplate } from '../../text/fill-template.ts';
import { fence } from '../prompts/prompts.ts';

/** More terms would leave a small model too little room for the text. */
const MOST_TERMS = 20;
/** Scripts without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Khmer}\p{sc=Lao}\p{sc=Myanmar}]/u;

const base = (tag: string): string => tag.toLowerCase().split('-')[0]!;

/**
 * Entries for this pair of languages whose term occurs in `text`, longest first. An entry without a source language
 * applies to every source language. If the text's language is unknown, every entry into the target language applies.
 */
export function termsIn(
  text: string,
  glossary: readonly GlossaryEntry[],
  from: string | undefined,
  to: string,
): GlossaryEntry[] {
  return glossary
    .filter((entry) => base(entry.to) === base(to))
    .filter((entry) => entry.from === undefined || from === undefined || base(entry.from) === base(from))
    .filter(({ term }) => occurs(term, text, 'whole'))
    .sort((a, b) => b.term.length - a.term.length)
    .slice(0, MOST_TERMS);
}

/**
 * Text to append to the instructions, with a space before it; empty for no terms. `wording`: of the task profile; empty
 * for models that misread it.
 */
export function termsRequest(terms: readonly GlossaryEntry[], wording: string): string {
  if (terms.length === 0 || wording === '') return '';
  const pairs = terms.map(({ term, translation }) => `${fence(term)} = ${fence(translation)}`);
  return ` ${fillTemplate(wording, { terms: pairs.join('; ') })}`;
}

/** Checks each translation. It may be inflected, so a word that begins with it counts. */
export function checkTerms(terms: readonly GlossaryEntry[], answer: string): TermCheck[] {
  return terms.map(({ term, translation }) => ({
    term,
    kept: occurs(translation, answer, 'start'),
  }));
}

/** A lower-case term matches in any case, a term with capitals only exactly. */
function occurs(term: string, text: string, border: 'whole' | 'start'): boolean {
  const words = term.trim().split(/\s+/).map(escaped).join('\\s+');
  if (words === '') return false;
  const flags = border === 'start' || term === term.toLowerCase() ? 'iu' : 'u';
  if (UNSPACED.test(term)) return new RegExp(words, flags).test(text);
  const after = border === 'whole' ? '(?![\\p{L}\\p{N}])' : '';
  return new RegExp(`(?<![\\p{L}\\p{N}])${words}${after}`, flags).test(text);
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
