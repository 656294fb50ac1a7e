/** Makes a headline of a sentence or a title of the page: one line of so many words, cut where nothing half is left. Pure. */
import { type Cut, cuts, partEnds } from './cuts.ts';

export interface Headline {
  /** A part of the given text, from its beginning on; without the dateline. */
  readonly text: string;
  /** What the text ends with: all that it says, a clause, a phrase, or the last word that fits. */
  readonly kind: 'whole' | 'clause' | 'phrase' | 'word';
}

/** Fewest words before a cut: less says little, and a subject without its verb is most often short. */
const LEAST = { strong: 4, sentence: 4, clause: 6, phrase: 7 } as const;
/** `LONDON — `: where an article was written. */
const DATELINE = /^\p{Lu}[\p{Lu} ,.]{2,40}\s[—–-]+\s+(?=\S)/u;
/** The sign of a statement and blanks; that of a question or an exclamation stays. */
const LAST_SIGNS = /(?:(?<!\p{Lu})[.。．]|[\s,;:，、；：–—|-])+$/u;
/** A sentence that begins with one of these says its main thing after its first comma. */
const INTRODUCES =
  /^(?:aside|in|on|at|after|before|when|while|if|as|although|though|since|despite|with|during|by|for|from|because|to|im|am|nach|vor|wenn|als|w[äa]hrend|mit|bei|seit|trotz|obwohl|weil|dans|en|apr[èe]s|avant|quand|lorsque|si|depuis|avec|pour|selon|malgr[ée]|tras|despu[ée]s|antes|cuando|desde|con|para|seg[úu]n|aunque)\s/iu;
/** Words after which a line cannot end: "to", "the", "und". */
const LITTLE_LAST = /(?<!\p{L})(?:\p{Ll}{1,3}|that|dass|than|with|from|have|about)$/u;
const PAIRS = ['()', '[]', '“”', '«»', '「」', '„“'] as const;

export function headline(given: string, words: number): Headline {
  const line = given.replace(/\s+/g, ' ').trim().replace(DATELINE, '');
  const ends = partEnds(line);
  if (ends.length <= words) return { text: withoutSigns(line), kind: 'whole' };
  const introduced = INTRODUCES.test(line);
  for (const { from, after, strength } of strongFirst(line)) {
    const count = ends.filter((end) => end <= from).length;
    const part = line.slice(0, from);
    if (count < Math.min(LEAST[strength], words) || count > words || !isClosed(part)) continue;
    const kind = introduced ? 'word' : after === 'sentence' ? 'whole' : after;
    return { text: withoutSigns(part), kind };
  }
  const fitting = ends.slice(0, words);
  const whole = fitting.findLast(
    (end) => isClosed(line.slice(0, end)) && !LITTLE_LAST.test(line.slice(0, end)),
  );
  return { text: withoutSigns(line.slice(0, whole ?? fitting.at(-1))), kind: 'word' };
}

/** A colon or a dash parts more than a comma, which may stand in an enumeration. */
const STRONG = /[:;：；—–|]/u;

function strongFirst(line: string): (Cut & { readonly strength: keyof typeof LEAST })[] {
  const all = cuts(line).map((cut) => {
    const isStrong = cut.after === 'clause' && STRONG.test(line.slice(cut.from, cut.to));
    return { ...cut, strength: isStrong ? ('strong' as const) : cut.after };
  });
  const first = ({ strength }: (typeof all)[number]) => (strength === 'strong' ? 0 : 1);
  return all.sort((one, other) => first(one) - first(other));
}

const withoutSigns = (line: string): string => line.replace(LAST_SIGNS, '');

/** Whether a part of a text leaves no bracket or quotation open. */
function isClosed(part: string): boolean {
  const count = (sign: string) => part.split(sign).length;
  return PAIRS.every(([open, close]) => count(open!) <= count(close!)) && count('"') % 2 === 1;
}
