import { describe, expect, it } from 'vitest';
import { languages } from '../../i18n/index.ts';
import { ENGLISH_SENTENCES, knownTag, sentencesIn } from './passage.ts';
import { isTranslation } from './probe.ts';
import { nearestWording, wordingShare } from './wording.ts';

/** Translations in other words than ours, as a good model may make them. */
const others: readonly (readonly [tag: string, text: string])[] = [
  [
    'de',
    'Vor 1998 wurde der Fluss per Fähre gekreuzt. Jetzt gehen 3.000 Leute täglich über die neue Brücke.',
  ],
  [
    'fr',
    'Avant 1998, on passait le fleuve en bac. De nos jours, 3000 personnes empruntent quotidiennement le nouveau pont.',
  ],
  [
    'es',
    'Hasta 1998 las personas atravesaban el río en transbordador. Hoy en día 3000 personas usan el puente nuevo cada día.',
  ],
  [
    'pt',
    'Até 1998, as pessoas cruzavam o rio de ferry. Hoje, 3.000 pessoas utilizam a nova ponte diariamente.',
  ],
  ['nb', 'Inntil 1998 krysset folk elva med ferje. I dag bruker 3 000 personer den nye brua hver dag.'],
  ['da', 'Indtil 1998 tog man færgen over floden. Nu benytter 3.000 personer broen dagligt.'],
  [
    'pl',
    'Do 1998 roku ludzie przekraczali rzekę promem. Dzisiaj 3000 ludzi używa nowego mostu każdego dnia.',
  ],
  ['uk', 'До 1998 люди перетинали річку поромом. Сьогодні 3000 людей використовують новий міст кожен день.'],
  ['ru', 'До 1998 люди пересекали реку на пароме. Сегодня 3000 людей используют новый мост каждый день.'],
  ['ar', 'حتى 1998، عبر الناس النهر بالعبارة. اليوم، 3000 شخص يستخدمون الجسر الجديد يومياً.'],
  ['hi', '1998 तक, लोग फेरी द्वारा नदी पार करते थे। आज, 3,000 लोग प्रतिदिन नए पुल का इस्तेमाल करते हैं।'],
  ['th', 'จนกระทั่งปี 1998 ผู้คนข้ามแม่น้ำโดยเรือเฟอร์รี่ วันนี้ 3,000 คนใช้สะพานใหม่ทุกวัน'],
  ['ja', '1998年までは、人々はフェリーで川を渡った。今日では、3,000人が毎日新しい橋を使っている。'],
  ['ko', '1998년까지 사람들은 나룻배로 강을 건넜다. 오늘날 3,000명이 매일 새로운 다리를 사용한다.'],
  ['zh-Hans', '直到1998年，人们都坐渡船过河。今天，每天有3000人使用新桥。'],
  ['zh-Hant', '直到1998年，人們都坐渡船過河。今天，每天有3000人使用新橋。'],
];

describe('the sentences that translations are compared with', () => {
  it('are there for every language that texts are translated into, with the same numbers', () => {
    expect(Object.keys(sentencesIn).toSorted()).toEqual([...languages].toSorted());
    const digits = (text: string) => text.normalize('NFKC').replace(/[^\d۰-۹]/g, '').length;
    for (const [tag, text] of Object.entries(sentencesIn)) expect(digits(text), tag).toBe(8);
  });

  it('are found by tags of all kinds', () => {
    expect(['de-AT', 'zh-TW', 'zh', 'tlh'].map(knownTag)).toEqual(['de', 'zh-Hant', 'zh-Hans', undefined]);
  });
});

describe('the wording of a translation', () => {
  it.each(others)('is recognised in %s, in other words than ours', (tag, text) => {
    expect(wordingShare(text, sentencesIn[tag]!)).toBeGreaterThanOrEqual(0.4);
    expect(nearestWording(text, sentencesIn)).toBe(tag);
    expect(isTranslation(text, tag)).toBe(true);
  });

  it('is not that of the English sentences, nor of another language', () => {
    for (const [tag, text] of Object.entries(sentencesIn)) {
      if (tag === 'en') continue;
      expect(wordingShare(ENGLISH_SENTENCES, text), tag).toBeLessThanOrEqual(0.17);
      for (const other of Object.keys(sentencesIn)) {
        if (other !== tag) expect(isTranslation(text, other), `${tag} for ${other}`).toBe(false);
      }
    }
  });

  it('is not that of other sentences in the language', () => {
    // What SmolLM2-135M-Instruct wrote for German and French, and a sentence about something else.
    const written = 'Das ist eine herausfragen, wenn es können die Bücher auf der Bücherbahnen nach 1998 kö';
    expect(isTranslation(written, 'de')).toBe(false);
    const french = 'La ville est toujine par fer. Il y a été 1998 que le marché ait été de fer.';
    expect(isTranslation(french, 'fr')).toBe(false);
    expect(isTranslation('Der Hänfling ist ein kleiner Fink, der im Frühling auf Büschen singt.', 'de')).toBe(
      false,
    );
  });

  it('is nothing in an answer without letters', () => {
    expect([wordingShare('1998.', 'Until 1998'), nearestWording('…', sentencesIn)]).toEqual([0, undefined]);
  });
});
