import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { en, type Text } from './en.ts';
import { directionOf, t, useTexts } from './index.ts';
import { type Locale, locales, nearestLocale, activateLocale, textsOf } from './locales.ts';

/** `{name}` of all forms of a text, in a fixed order. */
function holes(text: Text): string[] {
  const forms = typeof text === 'string' ? [text] : Object.values(text);
  const found = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
  return [...new Set(found)].sort();
}

const others = locales.filter((locale) => locale !== 'en');

describe.each(others)('%s', (locale: Locale) => {
  it('has the texts of English, no more and no less, with the same places to fill in', async () => {
    const texts = (await textsOf(locale)) as Record<string, Text>;
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(texts)) {
      expect(holes(text), key).toEqual(holes(en[key as keyof typeof en]));
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

/** What the browser itself says of Linnet, in its own language: name, shortcuts, menu. */
const messagesOf = (locale: Locale): Record<string, { message: string }> =>
  JSON.parse(
    readFileSync(at(`assets/public/_locales/${locale === 'zh' ? 'zh_CN' : locale}/messages.json`), 'utf8'),
  );

describe.each(locales)('what the browser says in %s', (locale: Locale) => {
  it('has the messages of English, and the words of Linnet’s own texts', async () => {
    const messages = messagesOf(locale);
    expect(Object.keys(messages)).toEqual(Object.keys(messagesOf('en')));
    const texts = { ...en, ...(await textsOf(locale)) };
    const said = Object.entries(messages).map(([name, { message }]) => [name, message]);
    expect(Object.fromEntries(said)).toMatchObject({
      summarise_page: texts.summarise,
      summarise_selection: texts['summarise-selection'],
      translate_selection: texts['translate-selection'],
      translate_written: texts['translate-written'],
      translate_page: texts['translate-page'],
    });
    // The stores cut what is longer.
    expect(messages.extensionDescription!.message.length).toBeLessThanOrEqual(132);
  });
});

describe('the language of the texts', () => {
  it('is the first one that Linnet speaks', () => {
    expect(nearestLocale(['de-AT', 'fr'])).toBe('de');
    expect(nearestLocale(['tlh', 'zh_TW'])).toBe('zh');
    expect(nearestLocale(['sv'])).toBe('en');
  });

  it('brings plural forms, numbers and a direction', async () => {
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
      useTexts('en', {});
    }
    expect(t('tokens', { n: 1 })).toBe('1 token');
    expect([directionOf('ar'), directionOf('de')]).toEqual(['rtl', 'ltr']);
  });
});
