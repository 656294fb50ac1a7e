import { describe, expect, it } from 'vitest';
import { type Detector, languageOf, sameLanguage, scriptOf } from './language.ts';

const says =
  (language: string, isReliable = true, percentage = 98): Detector =>
  async () => ({ isReliable, languages: [{ language, percentage }] });

describe('the language of a text', () => {
  it.each([
    ['The dog ran.', 'en-GB', 'en-GB', 'lang'],
    ['The dog ran.', 'en_US', 'en-US', 'lang'],
    ['犬が走った。', 'ja', 'ja', 'lang'],
    ['狗跑了。', 'zh-TW', 'zh-TW', 'lang'],
    ['12 + 3', 'fr', 'fr', 'lang'],
    // The template declares English, the text is in another language.
    ['犬が走った。', 'en', 'ja', 'script'],
    ['Ο σκύλος έτρεξε.', 'en', 'el', 'script'],
    ['강아지가 달렸다.', '', 'ko', 'script'],
  ])('%s, declared %j: %s by %s', async (text, declared, language, by) => {
    expect(await languageOf(text, declared, undefined)).toEqual({ language, by });
  });

  it('uses the detector only if declaration and script do not decide, and only a reliable result', async () => {
    const text = 'Der Hund lief weg.';
    expect(await languageOf(text, '', says('de'))).toEqual({ language: 'de', by: 'detector' });
    expect(await languageOf(text, 'de', says('nl'))).toEqual({ language: 'de', by: 'lang' });
    expect(await languageOf('Собака убежала.', 'en', says('ru'))).toEqual({ language: 'ru', by: 'detector' });
    for (const unsure of [says('nl', false), says('nl', true, 55), says('und')])
      expect(await languageOf(text, '', unsure)).toBeUndefined();
    // Chromium 156 reports this for these names.
    expect(await languageOf('Iris Max Emma. '.repeat(8), '', says('fa'))).toBeUndefined();
  });

  it('is unknown if nothing decides, or the detector fails', async () => {
    expect(await languageOf('Hm.', 'und', undefined)).toBeUndefined();
    expect(await languageOf('Hm.', 'no tag!', () => Promise.reject(new Error('gone')))).toBeUndefined();
  });

  it('has a script by most of its letters', () => {
    expect(scriptOf('Собака (dog)')?.code).toBe('Cyrl');
    expect(scriptOf('123')).toBeUndefined();
  });

  it('is the same across regions, but not across Chinese scripts', () => {
    expect(sameLanguage('de', 'de-AT')).toBe(true);
    expect(sameLanguage('zh-Hans', 'zh-CN')).toBe(true);
    expect(sameLanguage('zh-Hans', 'zh-TW')).toBe(false);
    expect(sameLanguage('en', 'fr')).toBe(false);
    expect(sameLanguage('', '')).toBe(false);
  });
});
