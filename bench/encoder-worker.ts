/** The worker of `bench/import.ts` that encodes weights. */
import { parentPort } from 'node:worker_threads';
import { serveEncoder } from '../engine/index.ts';

const receive = serveEncoder((message, transfer) =>
  parentPort?.postMessage(message, transfer as ArrayBuffer[]),
);
parentPort?.on('message', receive);
