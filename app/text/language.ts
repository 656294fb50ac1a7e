/**
 * The language of a text: what the page says, then what its script says, then the browser's detector, and that only
 * when it calls itself reliable. Undefined means: ask. Short texts are what detectors get wrong.
 */
export interface Detection {
  /** BCP 47. */
  readonly language: string;
  readonly by: 'lang' | 'script' | 'detector';
}

/** The browser's own: `i18n.detectLanguage`. */
export type Detector = (text: string) => Promise<{
  readonly isReliable: boolean;
  readonly languages: readonly { readonly language: string; readonly percentage: number }[];
}>;

/** Percent of the text; below it a detector may be reliable about half of a mixed text. */
const MOSTLY = 70;
/** Letters of which most must be of one script. */
const MAJORITY = 0.5;

interface Script {
  readonly letters: RegExp;
  /** The one language written so, as far as people read it on the web. */
  readonly language?: string;
  /** ISO 15924. */
  readonly code: string;
}

/** Kana before Han: Japanese has both. */
const SCRIPTS: readonly Script[] = [
  { code: 'Kana', letters: /[\p{sc=Hiragana}\p{sc=Katakana}]/gu, language: 'ja' },
  { code: 'Hang', letters: /\p{sc=Hangul}/gu, language: 'ko' },
  { code: 'Hani', letters: /\p{sc=Han}/gu, language: 'zh' },
  { code: 'Thai', letters: /\p{sc=Thai}/gu, language: 'th' },
  { code: 'Grek', letters: /\p{sc=Greek}/gu, language: 'el' },
  { code: 'Hebr', letters: /\p{sc=Hebrew}/gu, language: 'he' },
  { code: 'Armn', letters: /\p{sc=Armenian}/gu, language: 'hy' },
  { code: 'Geor', letters: /\p{sc=Georgian}/gu, language: 'ka' },
  { code: 'Taml', letters: /\p{sc=Tamil}/gu, language: 'ta' },
  { code: 'Cyrl', letters: /\p{sc=Cyrillic}/gu },
  { code: 'Arab', letters: /\p{sc=Arabic}/gu },
  { code: 'Deva', letters: /\p{sc=Devanagari}/gu },
  { code: 'Latn', letters: /\p{sc=Latin}/gu },
];
/** A Japanese text is told by a few kana among many Chinese signs. */
const KANA_SHARE = 0.1;
const JAPANESE: readonly string[] = ['Kana', 'Hani'];

/** `declared` is what the page says of the language there; it may be absent, or wrong. */
export async function languageOf(
  text: string,
  declared: string | undefined,
  detector: Detector | undefined,
): Promise<Detection | undefined> {
  const script = scriptOf(text);
  const tag = declared === undefined ? undefined : canonical(declared);
  if (tag !== undefined && (script === undefined || writtenIn(tag, script))) {
    return { language: tag, by: 'lang' };
  }
  if (script?.language !== undefined) return { language: script.language, by: 'script' };
  const found = await detector?.(text).catch(() => undefined);
  const best = found?.languages[0];
  if (found?.isReliable !== true || best === undefined || best.percentage < MOSTLY) return undefined;
  const language = canonical(best.language);
  // Of names alone it may be "sure" that they are Persian, in Latin letters.
  const fits = language !== undefined && (script === undefined || writtenIn(language, script));
  return fits ? { language, by: 'detector' } : undefined;
}

/** The script of most of its letters; undefined for none. */
export function scriptOf(text: string): Script | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return undefined;
  const share = ({ letters: pattern }: Script) => (text.match(pattern)?.length ?? 0) / letters;
  const kana = share(SCRIPTS[0]!);
  if (kana >= KANA_SHARE && kana + share(SCRIPTS[2]!) > MAJORITY) return SCRIPTS[0];
  return SCRIPTS.find((script) => share(script) > MAJORITY);
}

function writtenIn(tag: string, { code }: Script): boolean {
  const expected = new Intl.Locale(tag).maximize().script ?? 'Latn';
  if (expected === 'Jpan') return JAPANESE.includes(code);
  if (expected === 'Kore') return code === 'Hang';
  if (expected === 'Hans' || expected === 'Hant') return code === 'Hani';
  return expected === code;
}

/** Undefined for what is no language: empty, `und`, `mul`, made up. */
function canonical(tag: string): string | undefined {
  try {
    const locale = new Intl.Locale(tag.trim().replaceAll('_', '-')).toString();
    return /^(und|mul|zxx)\b/.test(locale) ? undefined : locale;
  } catch {
    return undefined;
  }
}

/** `de` and `de-AT` are the same, Chinese in its two scripts is not; undefined is the same as none. */
export function sameLanguage(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [one, other].map((tag) => {
    const known = tag === undefined ? undefined : canonical(tag);
    if (known === undefined) return undefined;
    const { language, script } = new Intl.Locale(known).maximize();
    return language === 'zh' ? `zh-${script}` : language;
  });
  return a !== undefined && a === b;
}
