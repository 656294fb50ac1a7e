/**
 * The words of a text as names see them: with capitals or without, at the beginning of a sentence or inside. Pure.
 */
import { fold } from '../fold.ts';

export interface TextWord {
  /** As written, without an elided article ("l’") and a possessive ending ("’s"). */
  readonly text: string;
  /** Folded, without points and hyphens. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Its first letter is upper-case, or a later one ("iPhone"), or it has letters and digits ("G20"). */
  readonly capital: boolean;
  /** An acronym, a word with a capital inside or with digits: a name anywhere in a sentence. */
  readonly marked: boolean;
  /** First of its sentence, line, quotation, or after a colon: its capital says nothing. */
  readonly initial: boolean;
}

/** Letters of scripts with case; others have no capitals that would tell names. */
const WORD =
  /[\p{LC}\p{N}][\p{LC}\p{M}\p{N}\u00ad\u200b]*(?:['’.·&‐‑-][\p{LC}\p{M}\p{N}\u00ad\u200b]+)*\.?/gu;
/** `l’Europe`, `qu’Obama`, `dell’Arte`. */
const ELIDED = /^(?:[cdjlmnst]|qu|dell?|nell?|all?|sull?)['’](?=\p{L})/iu;
/** Possessive endings, and short forms of verbs ("I’ve"). */
const POSSESSIVE = /['’](?:s|ve|m|d|ll|re)?$/iu;
const LETTER_POINTS = /^(?:\p{L}\.)+\p{L}?\.?$/u;
/** Abbreviations whose point ends no sentence. */
const SHORT =
  /(?:^|[\s(])(?:Mrs?|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|Gen|Col|Lt|Sgt|Sen|Rep|Gov|Mme|Mlle|Sra?|bzw|ca|\p{Lu}|(?:\p{L}\.)+\p{L})\.$/u;
const OPENS = /(?:^|[\n.!?…:。！？：؟]["'“”‘’»«„)\]]*)[\s]*[-*•–—#>¿¡"'“”‘’»«„([\d.)\s]*$/u;

/** Characters before a word that tell whether it begins a sentence. */
const BEFORE = 24;

export function wordsOf(text: string): TextWord[] {
  const found: TextWord[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const points = LETTER_POINTS.test(raw);
    const whole = raw.endsWith('.') && !points ? raw.slice(0, -1) : raw;
    const elided = ELIDED.exec(whole)?.[0].length ?? 0;
    const bare = whole.slice(elided).replace(POSSESSIVE, '');
    const before = text.slice(Math.max(0, match.index - BEFORE), match.index);
    const start = match.index + elided;
    found.push({
      text: bare,
      key: keyOf(bare),
      start,
      end: start + bare.length,
      capital: /^\p{Lu}/u.test(bare) || isMarked(bare),
      marked: isMarked(bare),
      initial: elided === 0 && opensSentence(before, found.length === 0),
    });
  }
  return found;
}

function opensSentence(before: string, first: boolean): boolean {
  if (first) return true;
  const near = before.slice(-4);
  if (/["“„«「『][\s]*$/u.test(near)) return true;
  return OPENS.test(before) && (/[\n!?…:。！？：؟]/u.test(near) || !SHORT.test(before.trimEnd()));
}

function isMarked(word: string): boolean {
  const letters = word.replace(/[^\p{L}]/gu, '');
  if (/^\p{Lu}{2,}s?$/u.test(letters)) return true;
  if (/\p{L}/u.test(word) && /\p{N}/u.test(word)) return /^\p{L}*\p{Lu}/u.test(word);
  return /\p{Ll}\p{Lu}/u.test(word) && !/[-‐‑'’]/.test(word);
}

export const keyOf = (word: string): string => fold(word).replace(/[.'’·‐‑\u00ad\u200b-]/g, '');
