/** The worker of the offscreen page. It runs the engine, the jobs and the stores. */
import { consoleLog, encodersIn, setLog, dryRunIn } from '../../engine/index.ts';
import { nearestLanguage } from '../../app/i18n/index.ts';
import { AppWorker } from '../../app/worker/worker.ts';
import { guardNetwork } from '../../app/worker/server/network-guard.ts';
import { ownPolicy } from '../../app/worker/models/access/own-policy.ts';
import { createWorkerEngine } from '../../app/worker/models/worker-engine.ts';
import {
  relayInWorker,
  type ToWorkerMessage,
  type FromWorkerMessage,
} from '../../app/protocol/port-relay.ts';
import { receiveFiles } from '../../app/protocol/files.ts';
import type { ServerChannel } from '../../app/protocol/messages.ts';
import { openStores } from '../../app/worker/start/open-stores.ts';

/** The version of the package (wxt.config.ts). */
declare const LINNET_VERSION: string;

setLog('warn', consoleLog('linnet'));

/** The only function here that reaches other hosts than those of models. */
const serverFetch = guardNetwork(self, ownPolicy(self.location.href));

const { gpu: provider, deviceMemory: memoryGiB } = navigator as Navigator & {
  readonly deviceMemory?: number;
};
/** The default target language of translations. */
const language = nearestLanguage(navigator.language);

/** What people import is tried in a worker of its own, which may hang or die without harm to this one. */
const dryRun = dryRunIn(
  () =>
    new Worker(new URL('./dry-run.worker.ts', import.meta.url), { type: 'module', name: 'linnet-dry-run' }),
  { version: LINNET_VERSION },
);

const cores = navigator.hardwareConcurrency ?? 2;

/**
 * One core is left to this worker, which reads and writes; more than three encode faster than networks bring. With five
 * cores there is one for the hash too.
 */
const encoders = encodersIn(
  () =>
    new Worker(new URL('./encoder.worker.ts', import.meta.url), { type: 'module', name: 'linnet-encoder' }),
  Math.max(1, Math.min(3, cores - 1)),
  { hashes: cores >= 5 },
);

const post = (message: FromWorkerMessage) => self.postMessage(message);

/** A promise, since ports may open before the stores do. */
const worker = openStores(language).then((opened) => {
  const demo = new URL('/demo/', self.location.origin).href;
  return new AppWorker({
    engine: createWorkerEngine({ provider, demo, memoryGiB, dryRun, encoders }),
    connection: { fetch: serverFetch },
    ...opened,
    onRules: (rules) => post({ kind: 'rules', rules }),
  });
});

const accept = (channel: ServerChannel) => void worker.then(({ server }) => server.accept(channel));

const receive = relayInWorker(post, accept);
self.onmessage = ({ data }: MessageEvent<ToWorkerMessage>) => receive(data);
receiveFiles((message) => void worker.then((ready) => ready.importFiles(message)));
