/** The worker under the offscreen page: engine, jobs and stores live here, and nothing else does any work. */
import { nearestLanguage } from '../../app/i18n/index.ts';
import { Desk } from '../../app/worker/worker.ts';
import { realEngine } from '../../app/worker/models/worker-engine.ts';
import { bridgeInWorker, type Downward, type Upward } from '../../app/protocol/port-relay.ts';
import { receiveFiles } from '../../app/protocol/files.ts';
import type { ServerChannel } from '../../app/protocol/messages.ts';
import { memoryGlossary, openIdbGlossary } from '../../app/worker/store/glossary-store.ts';
import { openIdbStore, type Store } from '../../app/worker/store/store.ts';
import { memoryStore } from '../../app/worker/store/store-memory.ts';

const { gpu: provider } = navigator;
/** For translations, until a person chooses another. */
const language = nearestLanguage(navigator.language);

/** Ports may open before the stores have. */
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
