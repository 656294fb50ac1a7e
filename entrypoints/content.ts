/**
 * The script that Linnet puts into a web page, when a person uses Linnet there and not before: it hands over the
 * page's text, and translates what is selected, what was written, or the page.
 */
import { defineContentScript } from 'wxt/utils/define-content-script';
import { browser } from 'wxt/browser';
import { toWire } from '../engine/index.ts';
import { useTexts } from '../app/i18n/index.ts';
import { extract } from '../app/pages/extract.ts';
import { writtenText } from '../app/pages/editing.ts';
import { currentSelection, type Selected } from '../app/pages/selection.ts';
import { showPassage } from '../app/pages/show-passage.ts';
import { connectToEngine } from '../app/protocol/browser-line.ts';
import { browserDetector } from '../app/protocol/detector.ts';
import { keptTexts } from '../app/protocol/language.ts';
import { answerPageRequests } from '../app/protocol/page-line.ts';
import { mountBubble } from '../app/ui/bubble-host.tsx';
import { BubbleState } from '../app/ui/bubble-state.ts';
import { mountPageControl } from '../app/ui/page-control-host.tsx';
import { PageState } from '../app/ui/page-state.ts';
import { Speech } from '../app/ui/speech.ts';
import { Translator } from '../app/ui/translator.ts';
import { watchSelection } from '../app/ui/watch-selection.ts';

/** Left on the page's isolated world, so that a second injection does nothing, and one after an update does. */
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

    // They are there long before somebody has selected anything.
    void keptTexts().then((kept) => kept && useTexts(kept.language, kept.texts));
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
    /** Gives whether there was something to translate. */
    const open = (selected: Selected | undefined): boolean => {
      if (selected === undefined) return false;
      state.offer(selected);
      void state.translate();
      return true;
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
          if (withoutPlace(url) !== withoutPlace(location.href)) return 'elsewhere';
          return showPassage(document, text) ? 'shown' : 'gone';
        },
        'translate-selection': () => {
          open(currentSelection(document));
          return null;
        },
        'translate-written': () => {
          open(writtenText(document));
          return null;
        },
        'translate-page': () => {
          translatePage();
          return null;
        },
        'translate-this': () => {
          if (!open(currentSelection(document) ?? writtenText(document))) translatePage();
          return null;
        },
      },
      (error) => toWire(error),
    );
    world.linnetPresence = {
      alive: () => browser.runtime?.id !== undefined,
      leave() {
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

/** Pages change the part after # while one reads. */
const withoutPlace = (url: string): string => url.replace(/#.*$/, '');
