/**
 * Splits a text into sentences, in any language, by the platform's segmentation (Unicode UAX 29) with three corrections.
 * The platform ends a sentence after the point of "Dr. Smith" or "J. Smith", and after that of an ordinal ("3. Liga", "am
 * 3. Mai"). It misses the end before a sentence that begins with a number ("… closed. 240 people came.").
 */

export interface Sentence {
  readonly text: string;
  /** Characters from the start of the whole text; white space that follows belongs to the sentence. */
  readonly start: number;
  readonly end: number;
}

/** Abbreviations that do not end a sentence, although a capital letter or a number follows. */
const CONTINUES =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Sr|Jr|vs|e\.g|i\.e|cf|[Aa]pprox|[Aa]bt|No|Nos|Nr|Vol|Fig|Art|pp|Hr|Fr|Hrn|bzw|ca|Mme|Mlle|Sra?|\p{L}|\p{L}\.\p{L})\.\s*$/u;
/** A number alone is no sentence. The point of a number does not end a sentence before the words of `COUNTED`. */
const NUMBER_ALONE = /^\s*\p{N}{1,3}\.\s*$/u;
const NUMBER_LAST = /\s\p{N}{1,2}\.\s*$/u;
const COUNTED =
  /^(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert|Jahrestag|Geburtstag|Liga|Platz|Mal|Stock|Klasse|Runde|Auflage|Kapitel)/u;
const BEFORE_NUMBER = /(?<=[\p{L}\p{Pe}\p{Pf}"'][.!?…]["'\p{Pe}\p{Pf}]*\s+)(?=\p{N})/u;

/**
 * Characters at the end of a sentence that decide; the longest abbreviation is a third of it. The whole sentence would cost
 * the square of its length where each of its words is an abbreviation.
 */
const ENDING = 24;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** The sentences of `text`, in order; together they are the whole text. */
export function sentences(text: string): Sentence[] {
  const found: Sentence[] = [];
  let start = 0;
  let end = 0;
  for (const piece of pieces(text)) {
    const blank = start === end && found.length > 0 && piece.trim() === '';
    end += piece.length;
    const last = text.slice(Math.max(start, end - ENDING), end);
    if (continues(last, text.slice(end, end + 20)) && !/\n\s*$/.test(piece)) continue;
    if (blank) start = found.pop()!.start;
    found.push({ text: text.slice(start, end), start, end });
    start = end;
  }
  if (start < end) found.push({ text: text.slice(start, end), start, end });
  return found;
}

/** Whether a sentence with this ending goes on with `next`. A shorter sentence is its own ending. */
function continues(ending: string, next: string): boolean {
  return (
    CONTINUES.test(ending) || NUMBER_ALONE.test(ending) || (NUMBER_LAST.test(ending) && COUNTED.test(next))
  );
}

function pieces(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment }) => segment.split(BEFORE_NUMBER));
}
