/** Guesses which interface language in Latin script a text is in, by its commonest words. Pure. */

const COMMON: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    'the of and to in is are was were that for with on by from as it at has have be this'.split(' '),
  ),
  de: new Set(
    'der die das und ist nicht ein eine den dem mit auf für von zu im sich auch wird sind als'.split(' '),
  ),
  fr: new Set('le la les et est une dans du pour que qui sur par au aux pas plus ce sont avec il'.split(' ')),
  es: new Set('el la los las de y una en del para que por con se su al como más fue lo son'.split(' ')),
};
/** Characters that are enough. */
const SAMPLE = 20_000;

/** Undefined where no language has clearly the most words; "ar" by script. */
export function guessedLanguage(text: string): string | undefined {
  const sample = text.slice(0, SAMPLE);
  if (/\p{Script=Arabic}{3}/u.test(sample) && !/\p{Script=Latin}{3}/u.test(sample)) return 'ar';
  const counts = new Map(Object.keys(COMMON).map((language) => [language, 0]));
  for (const [word] of sample.toLowerCase().matchAll(/\p{L}+/gu))
    for (const [language, words] of Object.entries(COMMON))
      if (words.has(word)) counts.set(language, counts.get(language)! + 1);
  const [[best, most], [, second]] = [...counts].sort((a, b) => b[1] - a[1]) as [
    [string, number],
    [string, number],
  ];
  return most > 0 && most > second ? best : undefined;
}
