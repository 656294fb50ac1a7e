import { describe, expect, it } from 'vitest';
import { otherLanguage, pageLanguage } from './page-language.ts';

const ENGLISH = 'The linnet is a small finch of the heath, and it sings from the top of a bush in spring.';
const GERMAN =
  'Der Hänfling ist ein kleiner Fink der Heide und singt im Frühling von der Spitze eines Buschs.';
const ARABIC = 'التفاحي طائر صغير يعيش في الأراضي العشبية ويغني في الربيع.';

describe('the language of a page', () => {
  it.each([
    ['declared English', 'en-GB', ENGLISH, undefined],
    ['English under a wrong label', 'de-DE', ENGLISH, undefined],
    ['declared German', 'de-AT', GERMAN, 'de'],
    ['Latin letters that nothing tells more of', undefined, GERMAN, undefined],
    ['Japanese by its script', 'en', 'ムネアカヒワは小さな鳥です。春に歌います。', 'ja'],
    ['Chinese as declared', 'zh-TW', '赤胸朱頂雀是一種小型雀鳥。', 'zh-Hant'],
    ['Chinese by its script', undefined, '赤胸朱顶雀是一种小型雀鸟。', 'zh'],
    ['declared Arabic', 'ar-EG', ARABIC, 'ar'],
    ['Arabic letters that nothing tells more of', undefined, ARABIC, 'und'],
    ['numbers alone', undefined, '1 2 3', undefined],
  ])('%s', async (_, lang, text, language) => {
    expect(await pageLanguage({ lang, text })).toBe(language);
  });
});

describe('a summary in another language than its page', () => {
  it.each([
    ['as the page is', undefined, 'en', ENGLISH, undefined],
    ['the same', 'en', 'en-GB', ENGLISH, undefined],
    ['English, under a wrong label', 'de', 'de-DE', ENGLISH, 'en'],
    ['declared German', 'en', 'de-AT', GERMAN, 'de'],
    ['nothing tells which', 'en', undefined, GERMAN, undefined],
    ['Japanese by its script', 'en', undefined, 'ムネアカヒワは小さな鳥です。春に歌います。', 'ja'],
  ])('%s', async (_, summary, lang, text, language) => {
    expect(await otherLanguage({ lang, text }, summary)).toBe(language);
  });
});
