import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settled } from '../../../testing/render.ts';
import { translationJob, wireError } from '../../../testing/builders.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { t } from '../../../i18n/index.ts';
import { layoutByName } from '../../../page/dom/paragraphs.ts';
import type { Settings } from '../../../protocol/types.ts';
import type { Detector } from '../../../text/language.ts';
import type { Translator } from '../translator.ts';
import { modelOffer } from '../../../testing/builders.ts';
import type { PageRules, RuleAbout, Rule } from '../../../protocol/page/page-rules.ts';
import { RuleKeeper } from '../rules/rule-keeper.ts';
import { TranslationController } from './translation-controller.ts';

/** Stands in for the layout and the observers of a browser: everything is displayed and visible. */
let reportMutation = () => {};
const visible = { top: 0, bottom: 10, width: 10, height: 10 };

beforeEach(() => {
  vi.stubGlobal('getComputedStyle', (element: Element) => ({
    display: layoutByName(element),
    direction: 'ltr',
  }));
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      private readonly report: (entries: object[]) => void;
      constructor(report: (entries: object[]) => void) {
        this.report = report;
      }
      observe(target: Element) {
        queueMicrotask(() => this.report([{ target, isIntersecting: true }]));
      }
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    'MutationObserver',
    class {
      constructor(report: (records: object[]) => void) {
        reportMutation = () => report([{ target: document.body, addedNodes: [] }]);
      }
      observe() {}
      takeRecords = () => [];
      disconnect() {}
    },
  );
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.spyOn(Object.getPrototypeOf(document) as Document, 'createRange').mockImplementation(
    () =>
      ({ setStartBefore() {}, setEndAfter() {}, getBoundingClientRect: () => visible }) as unknown as Range,
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.innerHTML = '';
  document.documentElement.removeAttribute('lang');
});

const ONE = 'A linnet is a small finch of the heath.';
const TWO = 'It sings from the highest twig of a bush.';

interface Page {
  readonly html?: string;
  readonly lang?: string;
  readonly settings?: Partial<Settings>;
  readonly detector?: Detector;
}

function setUp({ html = `<p>${ONE}</p><p>${TWO}</p>`, lang = 'en', settings, detector }: Page = {}) {
  if (lang !== '') document.documentElement.setAttribute('lang', lang);
  document.body.innerHTML = html;
  const translator = new FakeTranslator({ language: 'de', ...settings });
  const controller = new TranslationController(translator as unknown as Translator, detector, 'en');
  const texts = () => translator.sent.map(({ text }) => text);
  return { translator, controller, texts };
}

const translations = () =>
  [...document.querySelectorAll('linnet-translation')].map(({ textContent }) => textContent);

/** Waits until all paragraphs of these small pages are translated. */
const done = () => settled(() => settled());

describe('TranslationController', () => {
  it('translates the page into the language of the settings', async () => {
    const { translator, controller, texts } = setUp();
    await controller.start();
    await done();
    expect(texts()).toEqual([ONE, TWO]);
    expect(translator.sent[0]).toMatchObject({ language: 'de', from: 'en' });
    expect(translations()).toEqual([`[${ONE}]`, `[${TWO}]`]);
    expect(controller.progress.value).toEqual({ done: 2, total: 2, running: false, stopped: false });
    expect([controller.shown.value, controller.unsure.value, controller.from.value]).toEqual([
      true,
      false,
      'en',
    ]);
  });

  it('starts once, whatever the number of clicks', async () => {
    const { controller, texts } = setUp();
    await Promise.all([controller.start(), controller.start()]);
    await done();
    expect(texts()).toEqual([ONE, TWO]);
  });

  it('skips a part that is declared in the target language', async () => {
    const { controller, texts } = setUp({ html: `<p>${ONE}</p><p lang="de-AT">Ein Satz auf Deutsch.</p>` });
    await controller.start();
    await done();
    expect(texts()).toEqual([ONE]);
    expect(controller.progress.value?.total).toBe(1);
  });

  it('translates a part that is declared in another language than the page', async () => {
    const { controller, texts } = setUp({ html: '<p lang="fr">Une phrase en français.</p>' });
    await controller.start();
    await done();
    expect(texts()).toEqual(['Une phrase en français.']);
  });

  it('skips a part that is written in the script of the target language', async () => {
    const japanese = '春になると、低い木の上でよく歌います。';
    const { controller, texts } = setUp({
      html: `<p>${ONE}</p><p>${japanese}</p>`,
      settings: { language: 'ja' },
    });
    await controller.start();
    await done();
    expect(texts()).toEqual([ONE]);
  });

  it('takes the second language for a page in the first one', async () => {
    const { translator, controller } = setUp({ settings: { language: 'en', secondLanguage: 'fr' } });
    await controller.start();
    await done();
    expect([controller.language.value, translator.sent[0]?.language]).toEqual(['fr', 'fr']);
  });

  it('asks for a language if the page is in every known one', async () => {
    const { translator, controller, texts } = setUp({ settings: { language: 'en' } });
    await controller.start();
    expect([controller.needsLanguage.value, controller.unsure.value, texts()]).toEqual([true, true, []]);
    await controller.setLanguage('fr');
    await done();
    expect([controller.needsLanguage.value, texts()]).toEqual([false, [ONE, TWO]]);
    expect(translator.current).toMatchObject({ language: 'fr', secondLanguage: 'en' });
  });

  it('translates again after another target was chosen', async () => {
    const { translator, controller } = setUp();
    await controller.start();
    await done();
    await controller.setLanguage('ar');
    await done();
    expect(translator.sent.map(({ language }) => language)).toEqual(['de', 'de', 'ar', 'ar']);
    expect(document.querySelector('linnet-translation')!.getAttribute('dir')).toBe('rtl');
  });

  it('is unsure of a page without a known language, until the person names it', async () => {
    const { translator, controller } = setUp({ lang: '' });
    await controller.start();
    await done();
    expect([controller.unsure.value, controller.from.value]).toEqual([true, undefined]);
    expect(translator.sent[0]).not.toHaveProperty('from', expect.any(String));
    await controller.setFrom('nl');
    await done();
    expect(translator.sent.at(-1)).toMatchObject({ from: 'nl', language: 'de' });
  });

  it('takes what the detector finds', async () => {
    const languages = [{ language: 'nl', percentage: 99 }];
    const detector: Detector = async () => ({ isReliable: true, languages });
    const { controller } = setUp({ lang: '', detector });
    await controller.start();
    expect([controller.from.value, controller.unsure.value]).toEqual(['nl', false]);
  });

  it('ends the translation if the person names the target as the language of the page', async () => {
    const { controller } = setUp();
    await controller.start();
    await done();
    await controller.setFrom('de');
    expect([controller.needsLanguage.value, controller.unsure.value]).toEqual([true, true]);
    expect([translations(), controller.progress.value]).toEqual([[], undefined]);
  });

  it('stops and resumes', async () => {
    const { translator, controller, texts } = setUp();
    translator.answer = () => new Promise(() => {});
    await controller.start();
    await done();
    controller.stop();
    expect([controller.progress.value?.stopped, translator.stops]).toEqual([true, 1]);
    translator.answer = ({ text }) => translationJob({ text });
    controller.resume();
    await done();
    expect(texts()).toEqual([ONE, ONE, TWO]);
    expect(controller.progress.value).toMatchObject({ done: 2, stopped: false });
  });

  it('stops at a failed job and shows its error, until it is resumed', async () => {
    const { translator, controller } = setUp();
    translator.answer = () =>
      translationJob({ progress: { phase: 'failed', error: wireError({ code: 'gpu-lost' }) } });
    await controller.start();
    await done();
    expect([controller.failure.value?.code, controller.progress.value?.stopped]).toEqual(['gpu-lost', true]);
    translator.answer = ({ text }) => translationJob({ text });
    controller.resume();
    await done();
    expect([controller.failure.value, controller.progress.value?.done]).toEqual([undefined, 2]);
  });

  it('reports an engine that cannot be reached, and starts again on resume', async () => {
    const { translator, controller } = setUp();
    translator.languages = () => Promise.reject(new Error('Extension context invalidated.'));
    await controller.start();
    expect(controller.failure.value?.code).toBe('engine-unreachable');
    translator.languages = async () => translator.current;
    controller.resume();
    await done();
    expect([controller.failure.value, controller.progress.value?.done]).toEqual([undefined, 2]);
  });

  it('does not report the failure of a start that was closed meanwhile', async () => {
    const { translator, controller } = setUp();
    let fail = () => {};
    translator.languages = () => new Promise((_, reject) => (fail = () => reject(new Error('gone'))));
    const first = controller.start();
    controller.restore();
    translator.languages = async () => translator.current;
    await controller.start();
    // Until the page is translated, its progress would take the report back.
    await done();
    fail();
    await first;
    expect(controller.failure.value).toBeUndefined();
  });

  it('keeps glossary terms that a translation missed out of the page, and names them in the bar', async () => {
    const { translator, controller } = setUp();
    const terms = [
      { term: 'linnet', kept: false },
      { term: 'heath', kept: true },
    ];
    translator.answer = () => translationJob({ text: 'Ein Fink.', terms });
    await controller.start();
    await done();
    expect(controller.notes.value.map(({ text, note }) => [text, note])).toEqual([
      [ONE, t('terms-missed-list', { terms: 'linnet' })],
      [TWO, t('terms-missed-list', { terms: 'linnet' })],
    ]);
    // The page reads everything that is written into it.
    expect(document.documentElement.outerHTML).not.toMatch(/glossary|⚠/);
    const scrolled = vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(() => {});
    controller.reveal(controller.notes.value[1]!.id);
    expect(scrolled.mock.contexts).toEqual([document.querySelectorAll('p')[1]]);
    controller.restore();
    expect(controller.notes.value).toEqual([]);
  });

  it('restores the page, and drops an answer that arrives later', async () => {
    const { translator, controller } = setUp();
    const before = document.body.innerHTML;
    let arrive = (_: ReturnType<typeof translationJob>) => {};
    translator.answer = () => new Promise((resolve) => (arrive = resolve));
    await controller.start();
    await done();
    controller.restore();
    arrive(translationJob({ text: 'late' }));
    await done();
    expect([document.body.innerHTML, controller.shown.value, controller.progress.value]).toEqual([
      before,
      false,
      undefined,
    ]);
  });

  it('requests nothing if it was closed before the settings arrived', async () => {
    const { translator, controller, texts } = setUp();
    let arrive = () => {};
    translator.languages = () => new Promise((resolve) => (arrive = () => resolve(translator.current)));
    const started = controller.start();
    controller.restore();
    arrive();
    await started;
    await done();
    expect([texts(), controller.shown.value]).toEqual([[], false]);
  });

  it('shows translations alone and the whole page', async () => {
    const navigation = '<nav><p>Back to the home page</p></nav>';
    const article = `<article><p>${ONE.repeat(3)}</p><p>${TWO.repeat(3)}</p></article>`;
    const { controller, texts } = setUp({ html: navigation + article });
    controller.setView('translation');
    await controller.start();
    await done();
    expect(document.querySelector('article')!.textContent).not.toContain(`${TWO}${TWO}${TWO}[`);
    expect(texts()).toHaveLength(2);
    controller.setScope('page');
    await done();
    expect(texts().at(-1)).toBe('Back to the home page');
    controller.setView('both');
    expect(document.querySelector('article')!.textContent).toContain(`${TWO}[`);
  });

  it('shows the original to asOriginal, and keeps the scroll position', async () => {
    const { controller } = setUp();
    const scrollTo = vi.fn();
    vi.stubGlobal('scrollX', 0);
    vi.stubGlobal('scrollY', 700);
    vi.stubGlobal('scrollTo', scrollTo);
    expect(controller.asOriginal(() => 'not started')).toBe('not started');
    await controller.start();
    await done();
    const shown = controller.asOriginal(() => {
      vi.stubGlobal('scrollY', 300);
      return translations();
    });
    expect([shown, translations().length]).toEqual([[], 2]);
    expect(scrollTo.mock.calls).toEqual([[{ left: 0, top: 700, behavior: 'instant' }]]);
  });

  it('detects the language again when the site replaces its content', async () => {
    const { translator, controller } = setUp();
    await controller.start();
    await done();
    vi.useFakeTimers();
    document.documentElement.setAttribute('lang', 'fr');
    const body = document.createElement('body');
    body.innerHTML = '<p>Une phrase en français.</p>';
    document.body.replaceWith(body);
    reportMutation();
    await vi.advanceTimersByTimeAsync(300);
    expect(controller.from.value).toBe('fr');
    expect(translator.sent.at(-1)).toMatchObject({ text: 'Une phrase en français.', from: 'fr' });
  });
});

describe('a page that a rule translates', () => {
  const english: PageRules = { always: ['en'], never: [] };

  async function setUpRules(rules: PageRules, page: Page = {}, hasModel = true) {
    const { translator, texts } = setUp(page);
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
