import { describe, expect, it } from 'vitest';
import { type ModelAbilities, type ModelOffer, writesLanguage } from '../../protocol/abilities.ts';
import { packagedTraits } from '../../protocol/model-traits.ts';
import type { SummaryLength, SummaryType } from '../../protocol/types.ts';
import { storedModel } from '../../testing/builders.ts';
import { isTriable, offerOf, questionBy, summaryBy } from './offer.ts';
import { PROBE_VERSION } from './probe.ts';

const abilities = (change: Partial<ModelAbilities> = {}): ModelAbilities => ({
  version: PROBE_VERSION,
  probedAt: 1,
  lists: true,
  repeats: false,
  languages: [
    { tag: 'en', writes: true },
    { tag: 'de', writes: false },
  ],
  ...change,
});
const model = storedModel({ bytes: 300e6 });
const points = { style: { type: 'key-points', length: 'short' } } as const;

describe('an offer', () => {
  it('of a model that passed its trial has key points, and says which languages it writes', () => {
    const offer = offerOf(abilities(), model);
    expect(offer).toMatchObject({ keyPoints: 'model', chat: true, tried: true });
    expect(offer).not.toHaveProperty('reason');
    expect(['en', 'de', 'ja'].map((tag) => writesLanguage(offer, tag))).toEqual([true, false, true]);
  });

  it.each([
    ['lists', abilities({ lists: false, repeats: true })],
    ['repeats', abilities({ repeats: true })],
  ])('of a model that failed has the page’s own sentences: %s', (reason, failed) => {
    expect(offerOf(failed, model)).toMatchObject({ keyPoints: 'page', reason, chat: true });
  });

  it('of a model that was not tried, or by other trials, has all that its kind can do', () => {
    const earlier = abilities({ version: PROBE_VERSION - 1, lists: false });
    const ofAnother = abilities({ probedAt: model.importedAt - 1, lists: false });
    for (const known of [undefined, earlier, ofAnother]) {
      const offer = offerOf(known, model);
      expect(offer).toMatchObject({ keyPoints: 'model', chat: true, tried: false });
      expect(writesLanguage(offer, 'de')).toBe(true);
    }
  });

  it('of a very small model has the page’s own sentences, whatever its trial says', () => {
    // The bytes of SmolLM2-135M-Instruct.
    expect(offerOf(abilities(), storedModel({ bytes: 86e6 }))).toMatchObject({
      keyPoints: 'page',
      reason: 'small',
    });
    // It writes the languages that it was seen to write, and no others.
    const offer = offerOf(abilities(), storedModel({ bytes: 86e6 }));
    expect(['en', 'de', 'ja'].map((tag) => writesLanguage(offer, tag))).toEqual([true, false, false]);
    // The bytes of SmolLM2-360M-Instruct: there the trial decides.
    expect(offerOf(abilities(), storedModel({ bytes: 228e6 })).keyPoints).toBe('model');
  });

  it('of a model without instructions has no chats and no translations', () => {
    const offer = offerOf(undefined, storedModel({ bytes: 900e6, hasChatTemplate: false }));
    expect(offer).toMatchObject({ keyPoints: 'page', reason: 'base', chat: false });
    expect(writesLanguage(offer, 'en')).toBe(false);
  });

  it('of a model that only translates has nothing else', () => {
    const offer = offerOf(abilities(), storedModel({ name: 'TranslateGemma 4B', bytes: 2e9 }));
    expect(offer).toMatchObject({ keyPoints: 'page', reason: 'translation', chat: false });
    expect(writesLanguage(offer, 'ja')).toBe(true);
  });

  it('of the demo model is known', () => {
    const demo = storedModel({ traits: packagedTraits });
    const offer = offerOf(undefined, demo);
    expect([offer.keyPoints, offer.chat]).toEqual(['model', true]);
    expect(['en', 'de', 'fr', 'es'].map((tag) => writesLanguage(offer, tag))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([isTriable({ model: demo }), isTriable({ model })]).toEqual([false, true]);
    expect(isTriable({ model, thinks: true })).toBe(false);
  });
});

const failed = offerOf(abilities({ lists: false }), model);
/** Of the bytes of SmolLM2-135M-Instruct. */
const untried = offerOf(undefined, storedModel({ bytes: 86e6 }));
const passed = offerOf(abilities(), storedModel({ bytes: 86e6 }));

describe('a summary', () => {
  it('of points or of one sentence is by the page if the model is not offered for it, or does not write the language', () => {
    const able = offerOf(abilities(), model);
    expect([undefined, 'en', 'de-AT', 'ja', 'tlh'].map((tag) => summaryBy(able, points, tag))).toEqual([
      'model',
      'model',
      'page',
      'model',
      'model',
    ]);
    expect(summaryBy(offerOf(abilities({ lists: false }), model), points, 'en')).toBe('page');
  });

  it('of one line is by the page too, and a longer one unless a small model passed its trial', () => {
    const by = (offer: ModelOffer, type: SummaryType, length: SummaryLength) =>
      summaryBy(offer, { style: { type, length } }, 'en');
    for (const offer of [failed, untried, passed])
      expect([by(offer, 'tldr', 'short'), by(offer, 'headline', 'long')]).toEqual(['page', 'page']);
    const long = (offer: ModelOffer) => [by(offer, 'tldr', 'medium'), by(offer, 'teaser', 'short')];
    expect(long(failed)).toEqual(['page', 'page']);
    expect(long(untried)).toEqual(['page', 'page']);
    expect(long(passed)).toEqual(['model', 'model']);
    expect(by(offerOf(abilities(), model), 'headline', 'short')).toBe('model');
  });
});

it('a question is answered by the page for such models, unless the person insists', () => {
  const base = offerOf(undefined, storedModel({ bytes: 900e6, hasChatTemplate: false }));
  const offers = [offerOf(abilities(), model), passed, failed, untried, base];
  expect(offers.map(questionBy)).toEqual(['model', 'model', 'page', 'page', 'model']);
});

describe('a model that was made for some languages', () => {
  const model = storedModel({ name: 'Hy-MT2 1.8B', family: 'hunyuan_v1_dense', bytes: 1.25e9 });
  const writes = (tag: string, known?: ModelAbilities) => writesLanguage(offerOf(known, model), tag);

  it('is not offered for others, whatever its trial found', () => {
    expect(writes('de')).toBe(true);
    expect(writes('sv')).toBe(false);
    const known = { version: PROBE_VERSION, probedAt: 2, lists: true, repeats: false };
    const languages = [
      { tag: 'sv', writes: true },
      { tag: 'de', writes: false },
    ];
    expect(writes('sv', { ...known, languages })).toBe(false);
    expect(writes('de', { ...known, languages })).toBe(false);
  });
});
