/**
 * The script that Linnet puts into a web page, when a person uses Linnet there and not before: it hands over the
 * page's text, and offers to translate what is selected.
 */
import { defineContentScript } from 'wxt/utils/define-content-script';
import { browser } from 'wxt/browser';
import { toWire } from '../engine/index.ts';
import { useTexts } from '../app/i18n/index.ts';
import { extract } from '../app/pages/extract.ts';
import { currentSelection } from '../app/pages/selection.ts';
import { showPassage } from '../app/pages/show-passage.ts';
import { connectToEngine } from '../app/protocol/browser-line.ts';
import { keptTexts } from '../app/protocol/language.ts';
import { answerPageRequests } from '../app/protocol/page-line.ts';
import { mountBubble } from '../app/ui/bubble-host.tsx';
import { BubbleState } from '../app/ui/bubble-state.ts';
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
    const state = new BubbleState(connectToEngine, navigator.language);
    const bubble = mountBubble(state);
    const unwatch = watchSelection(state, bubble.host);
    answerPageRequests(
      {
        extract() {
          const selection = currentSelection(document)?.text ?? '';
          return { page: extract(document, location.href, selection), selection };
        },
        'show-passage'({ url, text }) {
          if (withoutPlace(url) !== withoutPlace(location.href)) return 'elsewhere';
          return showPassage(document, text) ? 'shown' : 'gone';
        },
        'translate-selection': () => {
          const selected = currentSelection(document);
          if (selected !== undefined) {
            state.offer(selected);
            void state.translate();
          }
          return null;
        },
      },
      (error) => toWire(error),
    );
    world.linnetPresence = {
      alive: () => browser.runtime?.id !== undefined,
      leave() {
        unwatch();
        bubble.remove();
        state.dispose();
      },
    };
  },
});

/** Pages change the part after # while one reads. */
const withoutPlace = (url: string): string => url.replace(/#.*$/, '');
