import { describe, expect, it } from 'vitest';
import { modelOffer } from '../../../testing/builders.ts';
import type { PageRules, Rule, RuleAbout } from '../../../protocol/page/page-rules.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { settled } from '../../../testing/render.ts';
import { ONE, showPage, type TestPage, TWO } from '../translation-bar/controller-for-tests.ts';
import { TranslationController } from '../translation-bar/translation-controller.ts';
import type { Translator } from '../translator.ts';
import { RuleKeeper } from './rule-keeper.ts';

/** Waits until all paragraphs of these small pages are translated. */
const done = () => settled(() => settled());

describe('a page that a rule translates', () => {
  const english: PageRules = { always: ['en'], never: [] };

  async function setUpRules(rules: PageRules, page: TestPage = {}, hasModel = true) {
    showPage(page);
    const translator = new FakeTranslator({ language: 'de' });
    const texts = () => translator.sent.map(({ text }) => text);
    const sets: unknown[] = [];
    const keeper = new RuleKeeper({
      site: 'example.org',
      ask: async () => rules,
      set: async (about: RuleAbout, rule: Rule | undefined) => void sets.push([about, rule]),
      allow: async () => false,
      languageOf: async ({ lang }) => lang,
    });
    if (hasModel) translator.offered = { model: 'Tiny', offer: modelOffer() };
    const options = { openModels() {}, keeper };
    const controller = new TranslationController(
      translator as unknown as Translator,
      page.detector,
      'en',
      options,
    );
    await keeper.load();
    await controller.startByRule();
    await done();
    return { translator, controller, keeper, texts, sets };
  }

  it('begins without a press, and the bar says why', async () => {
    const { controller, texts } = await setUpRules(english);
    expect(texts()).toEqual([ONE, TWO]);
    expect(controller.rules.value).toEqual({ site: 'example.org', languageRule: 'always', by: 'language' });
  });

  it.each([
    ['in a language without a rule', english, { lang: 'fr' }, true],
    ['on a site that is never translated', { ...english, site: 'never' }, {}, true],
    ['in a language that the person reads', { site: 'always', always: [], never: ['en'] }, {}, true],
    ['in the language of translations', { ...english, always: ['de'], site: 'always' }, { lang: 'de' }, true],
    ['without a model', english, {}, false],
    [
      'that asks not to be translated',
      english,
      { html: `<div translate="no"><p>${ONE}</p></div><p translate="no">${TWO}</p>` },
      true,
    ],
  ] as const)('does not begin %s', async (_, rules, page, hasModel) => {
    const { controller, texts } = await setUpRules(rules as PageRules, page, hasModel);
    expect([controller.shown.value, texts()]).toEqual([false, []]);
  });

  it('stays as it was once the person has ended it', async () => {
    const { controller, texts } = await setUpRules(english);
    controller.restore();
    await controller.startByRule();
    await done();
    expect([controller.shown.value, texts().length]).toEqual([false, 2]);
  });

  it('can lose its rule and get it back; a site that the browser has not allowed is said', async () => {
    const { controller, sets } = await setUpRules(english);
    await controller.setRule('language', null);
    expect(controller.rules.value).toEqual({ site: 'example.org', by: 'language' });
    await controller.setRule('language', 'always');
    await controller.setRule('site', 'always');
    expect(controller.rules.value).toMatchObject({ siteRule: 'always', lacksAccess: true });
    expect(sets).toEqual([
      [{ kind: 'language', language: 'en' }, undefined],
      [{ kind: 'language', language: 'en' }, 'always'],
      [{ kind: 'site' }, 'always'],
    ]);
  });

  it('takes a rule back that could not be stored', async () => {
    const { controller, keeper } = await setUpRules(english);
    Object.assign(keeper, { source: { set: async () => Promise.reject(new Error('gone')), site: 'x' } });
    await controller.setRule('language', 'never');
    expect(controller.rules.value.languageRule).toBe('always');
    expect(controller.failure.value).toBeDefined();
  });
});
