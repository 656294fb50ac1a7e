/** A worker of Node that tries sources; with data `hang` it computes for ever, with `die` it ends at once. */
import { parentPort, workerData } from 'node:worker_threads';

if (workerData === 'missing') throw new Error('no such program');
if (workerData === undefined) {
  const { serveDryRun } = await import('../session/dry-run/serve-dry-run.ts');
  const receive = serveDryRun((message) => parentPort.postMessage(message));
  parentPort.on('message', receive);
} else {
  parentPort.postMessage({ kind: 'ready' });
  parentPort.on('message', () => {
    if (workerData === 'die') process.exit(1);
    for (;;);
  });
}
