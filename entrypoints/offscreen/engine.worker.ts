/** The worker of the offscreen page. It runs the engine, the jobs and the stores. */
import { nearestLanguage } from '../../app/i18n/index.ts';
import { Desk } from '../../app/jobs/desk.ts';
import { realEngine } from '../../app/jobs/engine-real.ts';
import { bridgeInWorker, type Downward, type Upward } from '../../app/protocol/bridge.ts';
import { receiveFiles } from '../../app/protocol/files.ts';
import type { ServerChannel } from '../../app/protocol/frames.ts';
import { memoryGlossary, openIdbGlossary } from '../../app/store/glossary.ts';
import { openIdbStore, type Store } from '../../app/store/store.ts';
import { memoryStore } from '../../app/store/store-memory.ts';

const { gpu: provider } = navigator;
/** The default target language of translations. */
const language = nearestLanguage(navigator.language);

/** A promise, since ports may open before the stores do. */
const desk = Promise.all([
  openIdbStore(language).catch((): Store => memoryStore(language)),
  openIdbGlossary().catch(memoryGlossary),
]).then(([store, glossary]) => {
  const demo = new URL('/demo/', self.location.origin).href;
  return new Desk({ engine: realEngine({ provider, demo }), store, glossary });
});

const accept = (channel: ServerChannel) => void desk.then(({ server }) => server.accept(channel));

const receive = bridgeInWorker((message: Upward) => self.postMessage(message), accept);
self.onmessage = ({ data }: MessageEvent<Downward>) => receive(data);
receiveFiles((message) => void desk.then((ready) => ready.importFiles(message)));
