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
import { frameAround } from '../app/page/dom/frames.ts';
import { bodyOf } from '../app/page/dom/pristine.ts';
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
import { connectToEngine } from '../app/browser/connect.ts';
import { browserDetector } from '../app/browser/language-detector.ts';
import { createTextLoader } from '../app/browser/messages/page-texts.ts';
import { reportHidingPage } from '../app/browser/messages/icon-error.ts';
import { requestModelsPage } from '../app/browser/open-models.ts';
import { answerPageRequests } from '../app/browser/messages/page-messages.ts';
import { mountBubble } from '../app/ui/on-page/bubble/mount-bubble.ts';
import { BubbleController } from '../app/ui/on-page/bubble/bubble-controller.ts';
import { mountTranslationBar } from '../app/ui/on-page/translation-bar/mount-translation-bar.ts';
import { TranslationController } from '../app/ui/on-page/translation-bar/translation-controller.ts';
import { Translator } from '../app/ui/on-page/translator.ts';
import { watchSelection } from '../app/ui/on-page/bubble/watch-selection.ts';

/** Stored in the page's isolated world. A second injection does nothing; one after an update replaces the first. */
interface Presence {
  alive(): boolean;
  leave(): void;
}
const world = globalThis as typeof globalThis & { linnetPresence?: Presence; linnetReader?: PageReader };

export default defineContentScript({
  matches: [],
  registration: 'runtime',
  main() {
    if (world.linnetPresence?.alive() === true) return;
    world.linnetPresence?.leave();

    // A page on which nothing is selected or translated asks for nothing.
    const loadTexts = createTextLoader(({ language, texts }) => useTexts(language, texts));
    const detector = browserDetector();
    const { language } = navigator;
    const openModels = () => void requestModelsPage();
    const onLost = () => void reportHidingPage().catch(() => {});
    const [forBubble, forPage] = [new Translator(connectToEngine), new Translator(connectToEngine)];
    const page = new TranslationController(forPage, detector, language, { openModels });
    const translatePage = () => void page.start();
    const state = new BubbleController({
      translator: forBubble,
      detector,
      language,
      translatePage,
      openModels,
    });
    const bubble = mountBubble(state, onLost);
    const removeControl = mountTranslationBar(page, onLost);
    // In a frame of the same origin, the script of the page around it watches, and has more room.
    const unwatch = frameAround(document) === undefined ? watchSelection(state, bubble.host) : () => {};
    const stopTexts = effect(() => {
      if (state.phase.value !== 'hidden') void loadTexts();
    });
    const open = async (selected: Selected | undefined): Promise<null> => {
      if (selected === undefined)
        throw new AppError('text-none', {
          who: 'page',
          message: 'no readable text is selected or written',
        });
      await loadTexts();
      state.offer(selected);
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
          // It is injected after this script, with the request.
          const asOriginal = page.shown.value ? <T>(work: () => T) => page.asOriginal(work) : undefined;
          const text = await world.linnetReader!(document, location.href, { selection, asOriginal });
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
        unwatch();
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
