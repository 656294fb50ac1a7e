import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import {
  bytes,
  duration,
  languages,
  nearestLanguage,
  nextStep,
  onLanguageChange,
  ownName,
  percent,
  t,
  useTexts,
} from './index.ts';

describe('texts', () => {
  it('have the usual next step of an error, unless it brings its own', () => {
    const error = { code: 'gpu-limit', who: 'gpu', message: 'too small' } as const;
    const usual = en['next-gpu-limit'];
    useTexts('de', { 'next-gpu-limit': 'Ein kleineres Modell wählen.' });
    const steps = [error, { ...error, next: usual }, { ...error, next: 'Reload.' }].map(nextStep);
    useTexts('en', en);
    expect(steps).toEqual(['Ein kleineres Modell wählen.', 'Ein kleineres Modell wählen.', 'Reload.']);
  });

  it('tell who listens that they are in another language, and not that they are in the same', () => {
    let times = 0;
    const stop = onLanguageChange(() => times++);
    for (const tag of ['de', 'de', 'fr', 'en', 'en']) useTexts(tag, en);
    stop();
    useTexts('de', en);
    useTexts('en', en);
    expect(times).toBe(3);
  });

  it('are filled in, with plural forms', () => {
    expect(t('import-rate', { rate: '2 MB' })).toBe('2 MB/s');
    expect(t('tokens', { n: 1 })).toBe('1 token');
    expect(t('tokens', { n: 1200 })).toBe('1,200 tokens');
  });

  it('format sizes, percentages and durations', () => {
    expect([bytes(0), bytes(999), bytes(1_234_567), bytes(5e9)]).toEqual([
      '0 bytes',
      '999 bytes',
      '1.2 MB',
      '5 GB',
    ]);
    expect(percent(0.384)).toBe('38%');
    expect([duration(40), duration(95), duration(7200)]).toEqual(['40 sec', '2 min', '2 hr']);
  });

  it('include the target languages, found by the nearest tag', () => {
    expect(['de-AT', 'zh-TW', 'zh', 'nn', '??'].map(nearestLanguage)).toEqual([
      'de',
      'zh-Hant',
      'zh-Hans',
      'en',
      'en',
    ]);
    expect(languages.map(ownName).every((name) => name.length > 1)).toBe(true);
    expect(ownName('de')).toBe('Deutsch');
  });
});
