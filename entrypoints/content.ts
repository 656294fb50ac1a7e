/**
 * The content script. Linnet injects it into a web page only when a person uses Linnet there. It returns the page's
 * text and translates the selection, text in an editable field, or the whole page.
 */
import '../app/page/dom/own-globals.ts';
import { effect } from '@preact/signals';
import { defineContentScript } from 'wxt/utils/define-content-script';
import { browser } from 'wxt/browser';
import { AppError, toWire } from '../app/protocol/errors.ts';
import { useTexts } from '../app/i18n/index.ts';
import type { PageReader } from '../app/page/read/reader.ts';
import { refusePdf } from '../app/page/read/refuse-pdf.ts';
import { atRest } from '../app/page/dom/at-rest.ts';
import { frameAround } from '../app/page/dom/frames.ts';
import { bodyOf } from '../app/page/dom/pristine.ts';
import { listen } from '../app/page/dom/pristine-document.ts';
import { forbidsSelection } from '../app/page/dom/selectable.ts';
import { selectedElsewhere } from '../app/page/read/selection.ts';
import {
  selectionAnywhere,
  selectionIn,
  selectionInFrame,
  writtenAnywhere,
} from '../app/ui/on-page/bubble/selection-in-frames.ts';
import type { Selected } from '../app/page/read/selected.ts';
import { tabDistance, showPassage } from '../app/page/read/highlight.ts';
import { connectToEngine, connectToRunningEngine } from '../app/browser/connect.ts';
import { readPowerOfPage } from '../app/browser/device/power.ts';
import { browserDetector } from '../app/browser/language-detector.ts';
import { createTextLoader } from '../app/browser/messages/page-texts.ts';
import { reportHidingPage } from '../app/browser/messages/icon-error.ts';
import { requestModelsPage } from '../app/browser/open-models.ts';
import {
  requestPageRules,
  requestReader,
  requestSettingsPage,
  requestThisSite,
} from '../app/browser/rules/rule-reports.ts';
import { inPrivatePage } from '../app/browser/windows/private-page.ts';
import { answerPageRequests } from '../app/browser/messages/page-messages.ts';
import { mountBubble } from '../app/ui/on-page/bubble/mount-bubble.ts';
import { BubbleController } from '../app/ui/on-page/bubble/bubble-controller.ts';
import { OfferAhead } from '../app/ui/on-page/bubble/offer-ahead.ts';
import { mountTranslationBar } from '../app/ui/on-page/translation-bar/mount-translation-bar.ts';
import { TranslationController } from '../app/ui/on-page/translation-bar/translation-controller.ts';
import { HoverController } from '../app/ui/on-page/hover/hover-controller.ts';
import { mountHover } from '../app/ui/on-page/hover/mount-hover.ts';
import { watchHover } from '../app/ui/on-page/hover/watch-hover.ts';
import { ReadAtRest } from '../app/ui/on-page/rules/read-at-rest.ts';
import { RuleKeeper } from '../app/ui/on-page/rules/rule-keeper.ts';
import { Translator } from '../app/ui/on-page/translator.ts';
import { languageOf } from '../app/text/language.ts';
import { siteOf } from '../app/text/sites/sites.ts';
import { watchSelection } from '../app/ui/on-page/bubble/watch-selection.ts';

/** Stored in the page's isolated world. A second injection does nothing; one after an update replaces the first. */
interface Presence {
  alive(): boolean;
  leave(): void;
}
/** Milliseconds without a change, or anything loaded, after which a page is read ahead; and after which it is not waited for. */
const RESTS_MS = 3000;
const NEVER_RESTS_MS = 60_000;
const world = globalThis as typeof globalThis & { linnetPresence?: Presence; linnetReader?: PageReader };

export default defineContentScript({
  matches: [],
  registration: 'runtime',
  main() {
    if (world.linnetPresence?.alive() === true) return;
    world.linnetPresence?.leave();

    // A page on which nothing is selected or translated asks for its rules, and nothing else.
    const loadTexts = createTextLoader(({ language, texts }) => useTexts(language, texts));
    const detector = browserDetector();
    const { language } = navigator;
    const openModels = () => void requestModelsPage();
    const onLost = () => void reportHidingPage().catch(() => {});
    const [forBubble, forPage] = [new Translator(connectToEngine), new Translator(connectToEngine)];
    const keeper = new RuleKeeper({
      // A rule for the site of a private window would be stored.
      site: inPrivatePage() ? undefined : siteOf(location.href),
      ask: requestPageRules,
      set: (about, rule) => forPage.ask('set-rule', { about, ...(rule === undefined ? {} : { rule }) }),
      allow: requestThisSite,
      languageOf: async ({ text, lang }) => (await languageOf(text, lang, detector))?.language,
    });
    const openSettings = () => void requestSettingsPage();
    const page = new TranslationController(forPage, detector, language, { openModels, openSettings, keeper });
    const translatePage = () => void page.start();
    /** Looking at a whole page takes a while, and it is asked about with each selection in a field. */
    let asked: { readonly url: string; readonly language: Promise<string | undefined> } | undefined;
    const pageLanguage = async (): Promise<string | undefined> => {
      if (asked?.url !== location.href) asked = { url: location.href, language: page.pageLanguage() };
      const language = await asked.language;
      if (language === undefined) asked = undefined;
      return language;
    };
    const ahead = new OfferAhead({ connect: connectToRunningEngine, power: readPowerOfPage });
    const state = new BubbleController({
      translator: forBubble,
      detector,
      language,
      translatePage,
      openModels,
      mayOffer: (selected) => keeper.mayOffer(selected),
      pageLanguage,
      ownLanguage: () => keeper.rules.value.own,
      keepsWords: !inPrivatePage(),
      ...(inPrivatePage() ? {} : { ahead }),
    });
    const bubble = mountBubble(state, onLost);
    const removeControl = mountTranslationBar(page, onLost);
    // In a frame of the same origin, the script of the page around it watches, and has more room.
    const unwatch = frameAround(document) === undefined ? watchSelection(state, bubble.host) : () => {};
    const stopTexts = effect(() => {
      if (state.phase.value !== 'hidden') void loadTexts();
    });
    // Nobody points at a paragraph on most pages, so it is made when a key is held.
    let hover: { readonly controller: HoverController; remove(): void } | undefined;
    const forHover = new Translator(connectToEngine);
    const pointing = (): HoverController => {
      if (hover !== undefined) return hover.controller;
      void loadTexts();
      const controller = new HoverController({
        translator: forHover,
        detector,
        rules: () => keeper.rules.value,
        known: (source, to) => page.known(source, to),
      });
      hover = { controller, remove: mountHover(controller, onLost) };
      return controller;
    };
    const hoverKey = () => {
      const { site, hoverKey: key } = keeper.rules.value;
      return site === 'never' ? undefined : key;
    };
    const unhover = watchHover(document, hoverKey, pointing);
    // Rules may have changed while another page was in front.
    const unsee = listen(document, 'visibilitychange', () => {
      if (document.visibilityState === 'visible') void keeper.load().then(() => atRestAhead.start());
      else {
        ahead.drop();
        atRestAhead.stop();
      }
    });
    /** The reader is injected after this script, with the request. */
    const readThis = (selection: string) => {
      const asOriginal = page.shown.value ? <T>(work: () => T) => page.asOriginal(work) : undefined;
      return world.linnetReader!(document, location.href, { selection, asOriginal });
    };
    const atRestAhead = new ReadAtRest({
      isOften: () => window.top === window && !inPrivatePage() && keeper.rules.value.often === true,
      rests: () => atRest(document, { quietMs: RESTS_MS, mostMs: NEVER_RESTS_MS, loads: true }),
      connect: connectToRunningEngine,
      power: readPowerOfPage,
      read: async () => ((await requestReader()) ? readThis('') : undefined),
    });
    const byRule = async (): Promise<void> => {
      await keeper.load();
      atRestAhead.start();
      // A frame is translated with the page around it, or not at all.
      if (window.top !== window || !keeper.mayTranslate) return;
      await atRest(document);
      await loadTexts();
      await page.startByRule();
    };
    // What fails here was asked for by nobody.
    byRule().catch(() => {});
    const open = async (selected: Selected | undefined): Promise<null> => {
      if (selected === undefined)
        throw new AppError('text-none', {
          who: 'page',
          message: 'no readable text is selected or written',
        });
      await loadTexts();
      state.offer(selected, 'request');
      void state.translate();
      return null;
    };
    const openPage = async (): Promise<null> => {
      refusePdf(document);
      await loadTexts();
      translatePage();
      return null;
    };
    answerPageRequests(
      {
        async extract() {
          const selection = selectionAnywhere()?.text ?? '';
          const written = writtenAnywhere() !== undefined;
          const text = await readThis(selection);
          const body = bodyOf(document) as HTMLElement | null;
          const unselectable = selection === '' && body !== null && forbidsSelection(body);
          return { page: text, selection, written, unselectable };
        },
        'show-passage'({ url, text }) {
          const place = tabDistance(url, location.href);
          if (place === 'elsewhere') return place;
          // A translation that replaces the text does not contain the passage, so show the original too.
          if (page.shown.value) page.setView('both');
          if (showPassage(document, text, place === 'near')) return 'shown';
          return place === 'here' ? 'gone' : 'elsewhere';
        },
        'translate-selection': ({ text = '', inFrame = false }) =>
          open((inFrame ? selectionInFrame() : selectionIn(document)) ?? selectedElsewhere(document, text)),
        'translate-written': () => open(writtenAnywhere()),
        'translate-page': openPage,
        'translate-this': () => {
          const selected = selectionAnywhere() ?? writtenAnywhere();
          return selected === undefined ? openPage() : open(selected);
        },
      },
      (error) => toWire(error),
    );
    world.linnetPresence = {
      alive: () => browser.runtime?.id !== undefined,
      leave() {
        stopTexts();
        unsee();
        unhover();
        hover?.remove();
        forHover.close();
        unwatch();
        atRestAhead.stop();
        state.close();
        bubble.remove();
        page.restore();
        removeControl();
        forBubble.close();
        forPage.close();
      },
    };
  },
});
