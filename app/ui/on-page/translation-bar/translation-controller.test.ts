import { describe, expect, it, vi } from 'vitest';
import { settled } from '../../../testing/render.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import type { Translator } from '../translator.ts';
import { translationJob, wireError } from '../../../testing/builders.ts';
import { t } from '../../../i18n/index.ts';
import type { Detector } from '../../../text/language.ts';
import { mutate, ONE, showPage, type TestPage, translations, TWO } from './controller-for-tests.ts';
import { TranslationController } from './translation-controller.ts';

function setUp({ settings, detector, ...page }: TestPage = {}) {
  showPage(page);
  const translator = new FakeTranslator({ language: 'de', ...settings });
  const controller = new TranslationController(translator as unknown as Translator, detector, 'en');
  const texts = () => translator.sent.map(({ text }) => text);
  return { translator, controller, texts };
}

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
    mutate();
    await vi.advanceTimersByTimeAsync(300);
    expect(controller.from.value).toBe('fr');
    expect(translator.sent.at(-1)).toMatchObject({ text: 'Une phrase en français.', from: 'fr' });
  });
});
