import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { en, type Text } from './en.ts';
import { directionOf, t, useTexts } from './index.ts';
import { type Locale, locales, nearestLocale, activateLocale, textsOf } from './locales.ts';

/** The names of all `{name}` in a text, sorted. */
function placeholders(text: Text): string[] {
  const forms = typeof text === 'string' ? [text] : Object.values(text);
  const found = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
  return [...new Set(found)].sort();
}

const others = locales.filter((locale) => locale !== 'en');

describe.each(others)('%s', (locale: Locale) => {
  it('has exactly the texts of English, with the same placeholders', async () => {
    const texts = (await textsOf(locale)) as Record<string, Text>;
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(texts)) {
      expect(placeholders(text), key).toEqual(placeholders(en[key as keyof typeof en]));
    }
  });

  it('has every plural form of its language', async () => {
    const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions();
    const texts = (await textsOf(locale)) as Record<string, Text>;
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text !== 'string')
        expect(Object.keys(text).sort(), key).toEqual([...pluralCategories].sort());
    }
  });
});

/** The messages that the browser shows in its own language: name, shortcuts, menu. */
const messagesOf = (locale: Locale): Record<string, { message: string }> =>
  JSON.parse(
    readFileSync(at(`assets/public/_locales/${locale === 'zh' ? 'zh_CN' : locale}/messages.json`), 'utf8'),
  );

describe.each(locales)('messages of the browser in %s', (locale: Locale) => {
  it('are those of English, with the same wording as the texts', async () => {
    const messages = messagesOf(locale);
    expect(Object.keys(messages)).toEqual(Object.keys(messagesOf('en')));
    const texts = { ...en, ...(await textsOf(locale)) };
    const byName = Object.entries(messages).map(([name, { message }]) => [name, message]);
    expect(Object.fromEntries(byName)).toMatchObject({
      summarise_page: texts.summarise,
      summarise_selection: texts['summarise-selection'],
      translate_selection: texts['translate-selection'],
      translate_written: texts['translate-written'],
      translate_page: texts['translate-page'],
    });
    // Stores truncate longer descriptions.
    expect(messages.extensionDescription!.message.length).toBeLessThanOrEqual(132);
  });
});

describe('the language of the texts', () => {
  it('is the first supported one', () => {
    expect(nearestLocale(['de-AT', 'fr'])).toBe('de');
    expect(nearestLocale(['tlh', 'zh_TW'])).toBe('zh');
    expect(nearestLocale(['sv'])).toBe('en');
  });

  it('determines plural forms, number formats and the writing direction', async () => {
    try {
      expect((await activateLocale('ar')).dir).toBe('rtl');
      expect([1, 2, 3, 11, 100].map((n) => t('conversations-found', { n }))).toEqual([
        'محادثة واحدة',
        'محادثتان',
        expect.stringContaining('محادثات'),
        expect.stringContaining('محادثة'),
        expect.stringContaining('محادثة'),
      ]);
      await activateLocale('de');
      expect(t('tokens', { n: 1200 })).toBe('1.200 Tokens');
    } finally {
      useTexts('en', en);
    }
    expect(t('tokens', { n: 1 })).toBe('1 token');
    expect([directionOf('ar'), directionOf('de')]).toEqual(['rtl', 'ltr']);
  });
});
