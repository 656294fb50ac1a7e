/** The worker that tries the files of one model, started by the engine's worker and ended after the dry run. */
import { closeNetwork } from '../../app/worker/server/network-guard.ts';
import { type FromDryRun, serveDryRun, type ToDryRun } from '../../engine/index.ts';

closeNetwork(self);

const receive = serveDryRun((message: FromDryRun) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ToDryRun>) => receive(data);
