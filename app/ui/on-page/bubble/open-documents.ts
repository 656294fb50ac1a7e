/** The page and the frames in it that this script can read, as they come and go. */
import { isFrame, openFrames } from '../../../page/dom/frames.ts';
import { viewOf } from '../../../page/dom/pristine.ts';
import { listen } from '../../../page/dom/pristine-document.ts';

export interface OpenDocuments {
  /** Looks for frames that were not there before. */
  refresh(): void;
  stop(): void;
}

/** Calls `attach` once for each document, with its window; what it returns is called when the document is gone, or at the end. */
export function forEachDocument(attach: (doc: Document, view: Window) => () => void): OpenDocuments {
  const attached = new Map<Document, () => void>();
  const refresh = () => {
    const docs = new Set([document, ...openFrames(document).map(({ doc }) => doc)]);
    for (const [doc, stop] of attached) {
      if (docs.has(doc)) continue;
      attached.delete(doc);
      // A document that was replaced has no window any more, nor events.
      if (viewOf(doc) !== null) stop();
    }
    for (const doc of docs) {
      if (attached.has(doc)) continue;
      const view = viewOf(doc);
      if (view === null) continue;
      const stop = attach(doc, view);
      // A frame that was loaded has another document than before.
      const unlisten = listen(doc, 'load', ({ target }) => isLoadedFrame(target) && refresh(), {
        capture: true,
      });
      attached.set(doc, () => {
        stop();
        unlisten();
      });
    }
  };
  refresh();
  return {
    refresh,
    stop() {
      for (const stop of attached.values()) stop();
      attached.clear();
    },
  };
}

const isLoadedFrame = (target: EventTarget | null): boolean =>
  target !== null && 'nodeType' in target && isFrame(target as Node);
