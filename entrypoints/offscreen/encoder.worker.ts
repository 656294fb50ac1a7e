/** A worker that encodes weights of an import, started by the engine's worker and ended after the import. */
import { closeNetwork } from '../../app/worker/server/network-guard.ts';
import { type FromEncoder, serveEncoder, type ToEncoder } from '../../engine/index.ts';

closeNetwork(self);

const receive = serveEncoder((message: FromEncoder, transfer) => self.postMessage(message, { transfer }));
self.onmessage = ({ data }: MessageEvent<ToEncoder>) => receive(data);
