import { describe, expect, it } from 'vitest';
import { reasonOf, ruleOfLanguage, rulesOfPage, withRule } from './rules.ts';

const settings = {
  siteRules: { 'example.org': 'always', 'other.org': 'never' },
  languageRules: { nl: 'always', de: 'never' },
  hoverKey: 'alt',
} as const;

describe('what a page may know', () => {
  it('is the rule for its own site, with or without www, and those for languages', () => {
    expect(rulesOfPage(settings, 'https://www.example.org/a')).toEqual({
      site: 'always',
      always: ['nl'],
      never: ['de'],
      hoverKey: 'alt',
    });
    expect(JSON.stringify(rulesOfPage(settings, 'https://third.org/'))).not.toContain('org');
    expect(rulesOfPage({}, 'file:///a.txt')).toEqual({ always: [], never: [] });
  });

  it('has no rule for a site below it, which the browser has not allowed either', () => {
    expect(rulesOfPage(settings, 'https://news.example.org/').site).toBeUndefined();
    expect(
      rulesOfPage(
        { siteRules: Object.fromEntries([['constructor', 'always']]) as Record<string, 'always'> },
        'https://tostring/',
      ).site,
    ).toBeUndefined();
  });
});

describe('what translates a page by itself', () => {
  const at = (url: string) => rulesOfPage(settings, url);

  it.each([
    ['https://example.org/', 'fr', 'site'],
    ['https://example.org/', undefined, 'site'],
    // A language that the person reads.
    ['https://example.org/', 'de-AT', undefined],
    ['https://third.org/', 'nl-BE', 'language'],
    ['https://third.org/', undefined, undefined],
    ['https://other.org/', 'nl', undefined],
  ] as const)('%s in %s: %s', (url, language, reason) => {
    expect(reasonOf(at(url), language)).toBe(reason);
  });

  it('tells languages apart as everywhere else', () => {
    expect(ruleOfLanguage({ always: ['zh-Hans'], never: [] }, 'zh-TW')).toBeUndefined();
    expect(ruleOfLanguage({ always: ['zh-Hans'], never: [] }, 'zh-CN')).toBe('always');
  });
});

describe('a rule that is changed', () => {
  it('takes the place of the one for the same site or language, and says which it was', () => {
    expect(withRule(settings, { kind: 'site', url: 'http://WWW.example.org:8080/x' }, 'never')).toEqual({
      settings: { siteRules: { 'other.org': 'never', 'example.org': 'never' } },
      before: 'always',
    });
    expect(withRule(settings, { kind: 'language', language: 'nl-NL' }, 'never')).toEqual({
      settings: { languageRules: { de: 'never', nl: 'never' } },
      before: 'always',
    });
  });

  it('is gone without a value, and the last one takes its setting along', () => {
    const one = { languageRules: { nl: 'always' } } as const;
    expect(withRule(one, { kind: 'language', language: 'nl' }, undefined)).toEqual({
      settings: { languageRules: undefined },
      before: 'always',
    });
  });

  it('needs an address with a site', () => {
    expect(withRule(settings, { kind: 'site', url: 'file:///a' }, 'always')).toBeUndefined();
    expect(withRule(settings, { kind: 'site' }, 'always')).toBeUndefined();
  });
});
