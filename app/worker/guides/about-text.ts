/**
 * Tells by its first words whether a sentence talks about the text ("This article discusses …", "A key point is …")
 * instead of saying what it says, in the interface languages. Pure.
 */

const ALPHABETS: Readonly<Record<string, string>> = {
  en: [
    '(?:the|this|that) (?:text|article|page|passage|web ?page)(?: (?:also|then|further|mainly|primarily))? (?:\\p{L}+s|\\p{L}+ed)\\b',
    '(?:in|according to) (?:the|this) (?:text|article|page|passage)\\b',
    '(?:a|an|one|another|the)(?: (?:first|second|third|last|final|next|other|most))? (?:key|main|important|central) (?:point|fact|takeaway)s? (?:is|are|of|in|from)\\b',
  ].join('|'),
  de: [
    '(?:der|dieser|die|diese) (?:text|artikel|beitrag|webseite|seite|passage) \\p{L}+t\\b',
    '(?:in diesem|im|laut(?: dem)?) (?:text|artikel|beitrag)\\b',
    '(?:ein|der)(?: weiterer?)?(?: (?:wichtig|zentral|wesentlich)\\p{L}+)? (?:kernpunkt|hauptpunkt|(?<=(?:wichtig|zentral|wesentlich)\\p{L}+ )punkt) ist\\b',
  ].join('|'),
  fr: [
    "(?:(?:le|ce) (?:texte|passage)|(?:l['’]|cet )article|(?:la|cette) page) (?:est|a|parle|traite|décrit|présente|met|souligne|explique|indique|mentionne|évoque|porte|aborde|montre|discute)\\b",
    "(?:dans|selon) (?:(?:le|ce) texte|(?:l['’]|cet )article|cette page)\\b",
    '(?:un|le)(?: autre)? point (?:clé|essentiel|principal|important) (?:est|de)\\b',
  ].join('|'),
  es: [
    '(?:(?:el|este) (?:texto|artículo|pasaje)|(?:la|esta) página)(?: también)? (?:es|se|trata|habla|describe|presenta|destaca|explica|menciona|señala|indica|muestra|analiza|aborda|discute)\\b',
    '(?:en|según) (?:el|este) (?:texto|artículo)\\b',
    '(?:un|otro|el) punto (?:clave|principal|importante) (?:es|del?)\\b',
  ].join('|'),
  ar: [
    '(?:هذا |هذه )?(?:النص|المقال|المقالة|الصفحة|المقطع) [يت]\\p{L}{3,}',
    '[يت]\\p{L}{2,} (?:هذا |هذه )?(?:النص|المقال|المقالة|الصفحة|المقطع)(?=\\s)',
    '(?:(?:ال)?نقطة (?:ال)?(?:رئيسية|مهمة|اخرى|أخرى)) (?:هي|في)(?=\\s)',
  ].join('|'),
};
const OTHER_SCRIPTS: Readonly<Record<string, string>> = {
  ja: '(?:この|本)(?:記事|文章|ページ|テキスト|文)(?:は|では|で|が|に)|(?:記事|文章|テキスト|ページ)(?:では|によると|は)|(?:重要な|主な)?(?:ポイント|要点)は',
  zh: '本文(?=[\\p{sc=Han}])|(?:这|這|该|該|本|此)(?:篇|段|个|個)?(?:文章|文本|文字|页面|网页|頁面|網頁|段落)|文章(?:讲|講|介绍|介紹|主要|提到|指出|讨论|討論|强调|強調|还|還)|(?:另一个|另一個|一个|一個)?(?:关键点|關鍵點|要点|要點)(?:是|在于)',
};

const WORDS = [...Object.values(ALPHABETS), ...Object.values(OTHER_SCRIPTS)].join('|');
// The word after it shows that the last word of the phrase is whole.
const ABOUT = new RegExp(`^[^\\p{L}\\p{N}]*(?:${WORDS})`, 'u');

/** Whether a sentence, or its beginning, talks about the text. */
export const isAboutText = (sentence: string): boolean => ABOUT.test(sentence.normalize('NFC').toLowerCase());

/** A list without its points that talk about the text, if at least two others remain. */
export function leaveOutTalk(list: string): string {
  const lines = list.split('\n');
  const others = lines.filter((line) => !isAboutText(line));
  return others.filter((line) => /[\p{L}\p{N}]/u.test(line)).length >= 2 ? others.join('\n') : list;
}
