/**
 * The content script. Linnet injects it into a web page only when a person uses Linnet there. It returns the page's
 * text and translates the selection, text in an editable field, or the whole page.
 */
import { defineContentScript } from 'wxt/utils/define-content-script';
import { browser } from 'wxt/browser';
import { fail, toWire } from '../engine/index.ts';
import { useTexts } from '../app/i18n/index.ts';
import { extract, refusePdf } from '../app/pages/extract.ts';
import { writtenText } from '../app/pages/editing.ts';
import { currentSelection, type Selected, selectedElsewhere } from '../app/pages/selection.ts';
import { placeOf, showPassage } from '../app/pages/show-passage.ts';
import { connectToEngine } from '../app/protocol/browser-line.ts';
import { browserDetector } from '../app/protocol/detector.ts';
import { keptTexts, onTextsKept } from '../app/protocol/language.ts';
import { answerPageRequests } from '../app/protocol/page-line.ts';
import { mountBubble } from '../app/ui/bubble-host.tsx';
import { BubbleState } from '../app/ui/bubble-state.ts';
import { mountPageControl } from '../app/ui/page-control-host.tsx';
import { PageState } from '../app/ui/page-state.ts';
import { Speech } from '../app/ui/speech.ts';
import { Translator } from '../app/ui/translator.ts';
import { watchSelection } from '../app/ui/watch-selection.ts';

/** Stored in the page's isolated world. A second injection does nothing; one after an update replaces the first. */
interface Presence {
  alive(): boolean;
  leave(): void;
}
const world = globalThis as typeof globalThis & { linnetPresence?: Presence };

export default defineContentScript({
  matches: [],
  registration: 'runtime',
  main() {
    if (world.linnetPresence?.alive() === true) return;
    world.linnetPresence?.leave();

    // The texts load long before a person can select anything.
    const speak = () => void keptTexts().then((kept) => kept && useTexts(kept.language, kept.texts));
    speak();
    const unheard = onTextsKept(speak);
    const detector = browserDetector();
    const { language } = navigator;
    const speech = new Speech();
    const [forBubble, forPage] = [new Translator(connectToEngine), new Translator(connectToEngine)];
    const page = new PageState(forPage, detector, language);
    const translatePage = () => void page.start();
    const state = new BubbleState({ translator: forBubble, detector, speech, language, translatePage });
    const bubble = mountBubble(state);
    const removeControl = mountPageControl(page);
    const unwatch = watchSelection(state, bubble.host);
    const open = (selected: Selected | undefined): null => {
      if (selected === undefined)
        fail('text-none', { who: 'page', message: 'nothing that can be read is selected or written' });
      state.offer(selected);
      void state.translate();
      return null;
    };
    const openPage = (): null => {
      refusePdf(document);
      translatePage();
      return null;
    };
    answerPageRequests(
      {
        extract() {
          const selection = currentSelection(document)?.text ?? '';
          const written = writtenText(document) !== undefined;
          const text = page.asOriginal(() => extract(document, location.href, selection));
          return { page: text, selection, written };
        },
        'show-passage'({ url, text }) {
          const place = placeOf(url, location.href);
          if (place === 'elsewhere') return place;
          // A translation that replaces the text does not contain the passage, so show the original too.
          if (page.shown.value) page.setView('both');
          if (showPassage(document, text, place === 'near')) return 'shown';
          return place === 'here' ? 'gone' : 'elsewhere';
        },
        'translate-selection': ({ text = '', inFrame = false }) =>
          open((inFrame ? undefined : currentSelection(document)) ?? selectedElsewhere(document, text)),
        'translate-written': () => open(writtenText(document)),
        'translate-page': openPage,
        'translate-this': () => {
          const selected = currentSelection(document) ?? writtenText(document);
          return selected === undefined ? openPage() : open(selected);
        },
      },
      (error) => toWire(error),
    );
    world.linnetPresence = {
      alive: () => browser.runtime?.id !== undefined,
      leave() {
        unheard();
        unwatch();
        state.close();
        bubble.remove();
        page.restore();
        removeControl();
        speech.dispose();
        forBubble.close();
        forPage.close();
      },
    };
  },
});
