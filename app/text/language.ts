/**
 * Determines the language of a text: by the page's declaration, then by its script, then by the browser's detector, but
 * only if that reports a reliable result, since detectors are often wrong about short texts. If the language is
 * undefined, the person is asked.
 */
export interface Detection {
  /** BCP 47. */
  readonly language: string;
  readonly by: 'lang' | 'script' | 'detector';
}

/** The browser's `i18n.detectLanguage`. */
export type Detector = (text: string) => Promise<{
  readonly isReliable: boolean;
  readonly languages: readonly { readonly language: string; readonly percentage: number }[];
}>;

/** Least percentage of the text; below it a detector's reliable result may be about one half of a mixed text. */
const MOSTLY = 70;
/** Least share of the letters that must be of one script. */
const MAJORITY = 0.5;

interface Script {
  readonly letters: RegExp;
  /** The only language in this script that is common on the web. */
  readonly language?: string;
  /** ISO 15924. */
  readonly code: string;
}

/** Kana comes before Han, since Japanese has both. */
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
/** A text in Chinese characters with at least this share of kana is Japanese. */
const KANA_SHARE = 0.1;
const JAPANESE: readonly string[] = ['Kana', 'Hani'];

/** `declared`: the page's declaration for this text (BCP 47), which may be absent or wrong. */
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
  // A detector may report a list of names in Latin script as reliably Persian.
  const fits = language !== undefined && (script === undefined || writtenIn(language, script));
  return fits ? { language, by: 'detector' } : undefined;
}

/** The script of most letters; undefined if there is none. */
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

/** Undefined if the tag names no language: empty, `und`, `mul`, malformed. */
function canonical(tag: string): string | undefined {
  try {
    const locale = new Intl.Locale(tag.trim().replaceAll('_', '-')).toString();
    return /^(und|mul|zxx)\b/.test(locale) ? undefined : locale;
  } catch {
    return undefined;
  }
}

/** `de` and `de-AT` are the same language, Chinese in its two scripts is not. False if either is undefined. */
export function sameLanguage(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [one, other].map((tag) => {
    const known = tag === undefined ? undefined : canonical(tag);
    if (known === undefined) return undefined;
    const { language, script } = new Intl.Locale(known).maximize();
    return language === 'zh' ? `zh-${script}` : language;
  });
  return a !== undefined && a === b;
}
