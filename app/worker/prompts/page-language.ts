/**
 * Finds the language that a prompt names when the answer should be in the page's language. Prompts are English, and
 * small models otherwise answer in English. Uses the language that the page declares and the script of its text. Pure.
 */
import { languageOf, sameLanguage, scriptOf } from '../../text/language.ts';
import type { PageText } from '../../protocol/types.ts';

/** BCP 47 for an unknown language. */
export const UNKNOWN = 'und';

/** Characters that are examined; the page's beginning is enough. */
const SAMPLE = 4000;
/** English words that no other language in Latin script has, and their least share of an English text. */
const ENGLISH = /^(?:the|and|of|that|with|from|this|which)$/iu;
const ENGLISH_SHARE = 0.08;

/** A page with the language that prompts name for it. */
export interface ReadPage extends PageText {
  /** {@link pageLanguage}; absent if prompts do not name it. */
  readonly promptLanguage?: string;
}

/**
 * BCP 47. Undefined if a prompt need not name it: for English, and for an unknown language in Latin script.
 * {@link UNKNOWN} for an unknown language in another script.
 */
export async function pageLanguage({
  text,
  lang,
}: Pick<PageText, 'text' | 'lang'>): Promise<string | undefined> {
  const found = await knownLanguage({ text, lang });
  if (found === undefined) return isLatin(text.slice(0, SAMPLE)) ? undefined : UNKNOWN;
  return sameLanguage(found, 'en') ? undefined : languageSubtag(found);
}

/** BCP 47; undefined if it cannot be determined. */
async function knownLanguage({ text, lang }: Pick<PageText, 'text' | 'lang'>): Promise<string | undefined> {
  const sample = text.slice(0, SAMPLE);
  // Many pages declare the language of their template instead of their text's.
  if (isLatin(sample) && looksEnglish(sample)) return 'en';
  return (await languageOf(sample, lang, undefined))?.language;
}

/** The page's language (BCP 47) if it is known and differs from the summary's; undefined otherwise. */
export async function otherLanguage(
  page: Pick<PageText, 'text' | 'lang'>,
  summary: string | undefined,
): Promise<string | undefined> {
  if (summary === undefined) return undefined;
  const found = await knownLanguage(page);
  return found === undefined || sameLanguage(found, summary) ? undefined : languageSubtag(found);
}

const isLatin = (sample: string): boolean => (scriptOf(sample)?.code ?? 'Latn') === 'Latn';

function looksEnglish(text: string): boolean {
  const words = text.match(/\p{L}+/gu) ?? [];
  return words.filter((word) => ENGLISH.test(word)).length > words.length * ENGLISH_SHARE;
}

/** Drops the region, which small models do not understand. Chinese keeps its script if script or region is declared. */
function languageSubtag(tag: string): string {
  const { language, script, region } = new Intl.Locale(tag);
  const chinese = language === 'zh' && (script !== undefined || region !== undefined);
  return chinese ? `zh-${new Intl.Locale(tag).maximize().script}` : language;
}
