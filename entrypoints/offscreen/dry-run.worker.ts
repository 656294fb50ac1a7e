/** The worker that tries the files of one model, started by the engine's worker and ended after the dry run. */
import { type FromDryRun, serveDryRun, type ToDryRun } from '../../engine/index.ts';

const receive = serveDryRun((message: FromDryRun) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ToDryRun>) => receive(data);
