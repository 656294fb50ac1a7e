/**
 * The form of a dictionary entry: three lines, each after its label. The first has one of a few parts of speech, the second
 * a translation of a few words, the third a short meaning. The labels are written for the model. Pure but for the vocabulary.
 */
import type { GuidedAnswer, GuideStep, LoadedModel } from '../../../../engine/index.ts';
import { WORD_CLASSES, type WordClass, type WordEntry } from '../../../protocol/page/words.ts';
import { wordEnds } from '../../../text/extract/cuts.ts';
import { FormGuide } from '../form-guide.ts';

/** What the prompt begins the answer with; without a blank, as every beginning. */
export const ENTRY_BEGUN = 'Part of speech:';
const TRANSLATION = '\nTranslation:';
const MEANING = '\nMeaning:';

/** Most words of a translation and of a meaning, and most characters, for languages without blanks. */
const LIMITS = {
  translation: { words: 6, characters: 48 },
  meaning: { words: 16, characters: 120 },
} as const;
type Limit = (typeof LIMITS)[keyof typeof LIMITS];

/** Tokens of an entry; in some scripts a character is a token. */
export const ENTRY_TOKENS = 120;

const QUOTES = /^["“”„«»「」『』'‘’*_\s]+|["“”„«»「」『』'‘’*_\s]+$/gu;

export class EntryGuide extends FormGuide {
  private readonly classes: readonly (readonly number[])[];
  private readonly translation: readonly number[];
  private readonly meaning: readonly number[];
  /** Number of tokens after which these ids are written. */
  private pending: { readonly at: number; readonly ids: readonly number[] } | undefined;

  constructor(model: Pick<LoadedModel, 'encode'>) {
    super(ENTRY_TOKENS);
    this.classes = WORD_CLASSES.map((name) => model.encode(` ${name}`));
    this.translation = model.encode(TRANSLATION);
    this.meaning = model.encode(MEANING);
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    const { pending } = this;
    if (pending?.at === answer.ids.length) return { force: pending.ids };
    this.pending = undefined;
    const { text } = answer;
    const second = text.indexOf(TRANSLATION);
    if (second < 0) return this.wordClass(answer);
    const third = text.indexOf(MEANING, second + TRANSLATION.length);
    return third < 0
      ? this.line(answer, second + TRANSLATION.length, LIMITS.translation, this.meaning)
      : this.line(answer, third + MEANING.length, LIMITS.meaning, undefined);
  }

  /** One of the classes, by their ids; then the label of the next line. */
  private wordClass({ ids }: GuidedAnswer): GuideStep {
    const open = this.classes.filter((one) => ids.every((id, at) => one[at] === id));
    const longer = open.filter((one) => one.length > ids.length);
    if (longer.length === 0) return { force: this.translation };
    if (longer.length === 1) return { force: longer[0]!.slice(ids.length) };
    return { allow: [...new Set(longer.map((one) => one[ids.length]!))] };
  }

  /** The step within a line that begins at character `start`; `label`: of the next line, if there is one. */
  private line(
    answer: GuidedAnswer,
    start: number,
    { words, characters }: Limit,
    label: readonly number[] | undefined,
  ): GuideStep {
    const line = answer.text.slice(start);
    const end = line.indexOf('\n');
    if (end >= 0) {
      if (line.slice(0, end).trim() === '') return this.refuse(answer, this.tokensBefore(start + end));
      return this.endLine(answer, this.tokensBefore(start + end), label);
    }
    const ends = wordEnds(line);
    if (ends.length <= words && line.length <= characters) return 'free';
    const least = { start, least: 1, most: words, kinds: ['sentence', 'clause', 'phrase'] } as const;
    const whole = this.wholePart(answer, least);
    const most =
      ends
        .filter((at) => at <= characters)
        .slice(0, words)
        .at(-1) ?? characters;
    return this.endLine(answer, whole ?? this.tokensBefore(start + most), label);
  }

  private endLine(answer: GuidedAnswer, count: number, label: readonly number[] | undefined): GuideStep {
    if (label === undefined) return this.end(answer, count);
    this.pending = { at: count, ids: label };
    return this.back(answer, count, { force: label });
  }

  protected override endWhole(answer: GuidedAnswer): GuideStep {
    return this.end(answer, answer.ids.length);
  }
}

/** Reads an entry as far as it is written; undefined without a translation. `text`: without {@link ENTRY_BEGUN}. */
export function readEntry(text: string): WordEntry | undefined {
  const [first = '', rest] = text.split(TRANSLATION, 2);
  if (rest === undefined) return undefined;
  const [second = '', third] = rest.split(MEANING, 2);
  const translation = cleaned(second);
  if (translation === '') return undefined;
  const sense = third === undefined ? '' : cleaned(third);
  const wordClass = WORD_CLASSES.find((name): name is WordClass => name === first.trim());
  return {
    ...(wordClass === undefined ? {} : { wordClass }),
    translation,
    // One that only says the translation again says nothing.
    ...(sense === '' || sense.toLowerCase() === translation.toLowerCase() ? {} : { sense }),
  };
}

const cleaned = (line: string): string =>
  line
    .trim()
    .replace(/\s+/g, ' ')
    .replace(QUOTES, '')
    .replace(/(?<!\.)[.。]$/u, '')
    .replace(QUOTES, '');
