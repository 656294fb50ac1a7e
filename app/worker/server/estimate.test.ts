/** Estimates against what real vocabularies count: SmolLM2's (English) and Gemma 3's (many languages). */
import { expect, test } from 'vitest';
import { estimatedTokens } from './estimate.ts';

/** Tokens by `AutoTokenizer` of SmolLM2-135M-Instruct and of Gemma 3 270M, without special ones. */
const COUNTED: readonly (readonly [tag: string, smollm: number, gemma: number, text: string])[] = [
  [
    'en',
    103,
    103,
    'Until 1998, people crossed the river by ferry. Today, 3,000 people use the new bridge every day, most of them on foot or by bicycle. It is 240 metres long and was paid for by the town and its citizens. The mayor, Anna Berg, wants to close it to cars next year. Shop owners fear that they will lose customers. Schools and doctors support the plan, because the air would be cleaner. The council will vote in May.',
  ],
  [
    'de',
    52,
    34,
    'Bis 1998 überquerten die Menschen den Fluss mit der Fähre. Heute benutzen jeden Tag 3.000 Menschen die neue Brücke.',
  ],
  [
    'fi',
    59,
    40,
    'Vuoteen 1998 asti ihmiset ylittivät joen lautalla. Nykyään uutta siltaa käyttää joka päivä 3 000 ihmistä.',
  ],
  [
    'el',
    102,
    48,
    'Μέχρι το 1998 οι άνθρωποι διέσχιζαν το ποτάμι με φέρι. Σήμερα 3.000 άνθρωποι χρησιμοποιούν τη νέα γέφυρα κάθε μέρα.',
  ],
  [
    'ru',
    88,
    33,
    'До 1998 года люди переправлялись через реку на пароме. Сегодня новым мостом каждый день пользуются 3000 человек.',
  ],
  ['ar', 82, 36, 'حتى عام 1998 كان الناس يعبرون النهر بالعبّارة. واليوم يستخدم 3000 شخص الجسر الجديد كل يوم.'],
  ['he', 79, 40, 'עד 1998 אנשים חצו את הנהר במעבורת. היום 3,000 אנשים משתמשים בגשר החדש מדי יום.'],
  ['hi', 89, 31, '1998 तक लोग नौका से नदी पार करते थे। आज हर दिन 3,000 लोग नए पुल का उपयोग करते हैं।'],
  ['th', 153, 40, 'จนถึงปี 1998 ผู้คนข้ามแม่น้ำด้วยเรือข้ามฟาก ปัจจุบันมีผู้คน 3,000 คนใช้สะพานใหม่ทุกวัน'],
  [
    'vi',
    82,
    36,
    'Cho đến năm 1998, người dân qua sông bằng phà. Ngày nay, mỗi ngày có 3.000 người sử dụng cây cầu mới.',
  ],
  [
    'ja',
    78,
    30,
    '1998年まで、人々はフェリーで川を渡っていました。現在は毎日3,000人が新しい橋を利用しています。',
  ],
  [
    'ko',
    106,
    36,
    '1998년까지 사람들은 페리를 타고 강을 건넜습니다. 오늘날 매일 3,000명이 새 다리를 이용합니다.',
  ],
  ['zh-Hans', 50, 28, '1998年以前，人们乘渡轮过河。如今，每天有3000人使用这座新桥。'],
];

test.each(COUNTED)('%s: no fewer than a vocabulary of many languages counts', (_, __, gemma, text) => {
  expect(estimatedTokens(text)).toBeGreaterThanOrEqual(gemma);
});

/** More is found out by the first answer, where the server says what it counted (server-service.ts). */
test.each(COUNTED)('%s: at least half of what a vocabulary of English counts', (_, smollm, __, text) => {
  expect(2 * estimatedTokens(text)).toBeGreaterThanOrEqual(smollm);
});

test('a long context is not wasted on English', () => {
  const [, , gemma, text] = COUNTED[0]!;
  expect(estimatedTokens(text)).toBeLessThan(1.5 * gemma);
});

test('texts that are joined have the sum', () => {
  const [a, b] = ['A wren sings. '.repeat(50), 'Ein Zaunkönig singt. '.repeat(50)];
  expect(Math.abs(estimatedTokens(a + b) - estimatedTokens(a) - estimatedTokens(b))).toBeLessThanOrEqual(1);
  expect(estimatedTokens('')).toBe(0);
});
