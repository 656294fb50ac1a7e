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
    // A template said English, the text is something else.
    ['犬が走った。', 'en', 'ja', 'script'],
    ['Ο σκύλος έτρεξε.', 'en', 'el', 'script'],
    ['강아지가 달렸다.', '', 'ko', 'script'],
  ])('%s, declared %j: %s by %s', async (text, declared, language, by) => {
    expect(await languageOf(text, declared, undefined)).toEqual({ language, by });
  });

  it('is asked of the browser only where page and script do not tell, and believed only if it is sure', async () => {
    const text = 'Der Hund lief weg.';
    expect(await languageOf(text, '', says('de'))).toEqual({ language: 'de', by: 'detector' });
    expect(await languageOf(text, 'de', says('nl'))).toEqual({ language: 'de', by: 'lang' });
    expect(await languageOf('Собака убежала.', 'en', says('ru'))).toEqual({ language: 'ru', by: 'detector' });
    for (const unsure of [says('nl', false), says('nl', true, 55), says('und')])
      expect(await languageOf(text, '', unsure)).toBeUndefined();
    // Chromium 156 says so of these names.
    expect(await languageOf('Iris Max Emma. '.repeat(8), '', says('fa'))).toBeUndefined();
  });

  it('is unknown where nobody knows, or the detector fails', async () => {
    expect(await languageOf('Hm.', 'und', undefined)).toBeUndefined();
    expect(await languageOf('Hm.', 'no tag!', () => Promise.reject(new Error('gone')))).toBeUndefined();
  });

  it('has a script by most of its letters', () => {
    expect(scriptOf('Собака (dog)')?.code).toBe('Cyrl');
    expect(scriptOf('123')).toBeUndefined();
  });

  it('is the same across regions, not across scripts of Chinese', () => {
    expect(sameLanguage('de', 'de-AT')).toBe(true);
    expect(sameLanguage('zh-Hans', 'zh-CN')).toBe(true);
    expect(sameLanguage('zh-Hans', 'zh-TW')).toBe(false);
    expect(sameLanguage('en', 'fr')).toBe(false);
    expect(sameLanguage('', '')).toBe(false);
  });
});
