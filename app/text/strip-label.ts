/**
 * Removes labels that models put before an answer: "Summary:", "Titre :", 【要約】, or the word alone on the first line.
 * Covers the interface languages. Pure.
 */
const WORDS = [
  'tl;?dr|(?:short |brief )?summary|in summary|in short|in brief|overview|teaser|headline|title|key points|main points',
  '(?:kurze )?zusammenfassung|kurzfassung|kurz gesagt|in kürze|überblick|anreißer|überschrift|schlagzeile|titel',
  'kernpunkte|kernaussagen|wichtigste punkte|die wichtigsten punkte',
  'résumé|en résumé|en bref|aperçu|accroche|gros titre|titre|points clés|points essentiels|les points clés',
  'resumen|en resumen|en breve|avance|gancho|titular|título|puntos clave|puntos principales|los puntos clave',
  '要約|概要|まとめ|紹介文|予告|見出し|タイトル|題名|要点|ポイント|主なポイント|重要なポイント',
  '摘要|总结|總結|概述|简介|簡介|导语|導語|预告|標題|标题|要点|要點|关键点|關鍵點|关键要点|關鍵要點|一句话总结',
  '(?:ال)?ملخص|(?:ال)?خلاصة|باختصار|نبذة|مقدمة تشويقية|(?:ال)?عنوان(?: رئيسي)?|النقاط (?:الرئيسية|الأساسية)|أهم النقاط',
].join('|');
const BEFORE = new RegExp(`^(?:(?:${WORDS})\\s*[:：]|[【［\\[](?:${WORDS})[】］\\]][:：]?)\\s*`, 'iu');
const ALONE = new RegExp(`^(?:${WORDS})\\s*[:：]?$`, 'iu');

/** A line without its leading label. */
export const withoutLabel = (line: string): string => line.replace(BEFORE, '');

/** Whether a line consists of a label alone. */
export const isLabel = (line: string): boolean =>
  ALONE.test(line) || (line !== '' && withoutLabel(line) === '');
