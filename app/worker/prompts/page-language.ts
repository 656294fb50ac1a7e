/**
 * The language that a model is told to write in where it is that of the page: instructions are English, and
 * small models answer in the language of those. Told by what the page declares and by its script. Pure.
 */
import { languageOf, sameLanguage, scriptOf } from '../../text/language.ts';
import type { PageText } from '../../protocol/types.ts';

/** BCP 47 for a language that is not known. */
export const UNKNOWN = 'und';

/** Characters that are looked at; a page's beginning tells as much as all of it. */
const SAMPLE = 4000;
/** Words of English that no other language with Latin letters has, and their share of an English text at least. */
const ENGLISH = /^(?:the|and|of|that|with|from|this|which)$/iu;
const ENGLISH_SHARE = 0.08;

/** A page as models are asked about it. */
export interface ReadPage extends PageText {
  /** {@link pageLanguage}; absent where it is not to be said. */
  readonly spoken?: string;
}

/**
 * BCP 47; undefined where a prompt need not name it: for English, and where Latin letters are all that is known.
 * {@link UNKNOWN} for another script whose language nothing tells.
 */
export async function pageLanguage({
  text,
  lang,
}: Pick<PageText, 'text' | 'lang'>): Promise<string | undefined> {
  const found = await knownLanguage({ text, lang });
  if (found === undefined) return isLatin(text.slice(0, SAMPLE)) ? undefined : UNKNOWN;
  return sameLanguage(found, 'en') ? undefined : plainly(found);
}

/** BCP 47, of a page; undefined where nothing tells. */
async function knownLanguage({ text, lang }: Pick<PageText, 'text' | 'lang'>): Promise<string | undefined> {
  const sample = text.slice(0, SAMPLE);
  // Many pages declare the language that their template came in.
  if (isLatin(sample) && readsEnglish(sample)) return 'en';
  return (await languageOf(sample, lang, undefined))?.language;
}

/** The page's language where that is known to be another one than a summary's, in which it was asked for. */
export async function otherLanguage(
  page: Pick<PageText, 'text' | 'lang'>,
  summary: string | undefined,
): Promise<string | undefined> {
  if (summary === undefined) return undefined;
  const found = await knownLanguage(page);
  return found === undefined || sameLanguage(found, summary) ? undefined : plainly(found);
}

const isLatin = (sample: string): boolean => (scriptOf(sample)?.code ?? 'Latn') === 'Latn';

function readsEnglish(text: string): boolean {
  const words = text.match(/\p{L}+/gu) ?? [];
  return words.filter((word) => ENGLISH.test(word)).length > words.length * ENGLISH_SHARE;
}

/** Without the region, which a small model makes nothing of; Chinese with its script, where that is declared. */
function plainly(tag: string): string {
  const { language, script, region } = new Intl.Locale(tag);
  const chinese = language === 'zh' && (script !== undefined || region !== undefined);
  return chinese ? `zh-${new Intl.Locale(tag).maximize().script}` : language;
}
