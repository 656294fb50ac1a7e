/** Ten English sentences, with translations into German, Spanish and French, all written for this measurement. */
import data from './pairs.json' with { type: 'json' };

export interface SentencePair {
  readonly id: string;
  readonly source: string;
  /** BCP 47. */
  readonly language: 'de' | 'es' | 'fr';
  /** English name of the language. */
  readonly name: string;
  readonly target: string;
}

const NAMES = { de: 'German', es: 'Spanish', fr: 'French' } as const;

export const PAIRS: readonly SentencePair[] = data.flatMap((sentence, index) =>
  (['de', 'es', 'fr'] as const).map((language) => ({
    id: `${language}-${index + 1}`,
    source: sentence.en,
    language,
    name: NAMES[language],
    target: sentence[language],
  })),
);
