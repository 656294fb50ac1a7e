/** The worker that tries the files of one model, started by the engine's worker and ended after the trial. */
import { type FromTrial, serveTrials, type ToTrial } from '../../engine/index.ts';

const receive = serveTrials((message: FromTrial) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ToTrial>) => receive(data);
