/** Tries sources in a worker thread of Node, as a browser does in a `Worker`. */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromTrial } from '../session/trial/messages.ts';
import type { TrialWorker } from '../session/trial/trial.ts';

/** What the worker does instead of trying. */
export type Misbehaviour = 'hang' | 'die' | 'missing';

/** Starts a worker; `onEnd` is called once it has ended. */
export function nodeTrialWorker(misbehaviour?: Misbehaviour, onEnd?: () => void): TrialWorker {
  const thread = new Worker(new URL('trial-worker.mjs', import.meta.url), {
    workerData: misbehaviour,
    // Tests run in the root of the repository.
    execArgv: ['--import', pathToFileURL('scripts/raw-loader.mjs').href],
  });
  const worker: TrialWorker = {
    postMessage: (message) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
    onmessage: null,
    onerror: null,
  };
  const failed = (message: string) => worker.onerror?.({ message } as ErrorEvent);
  thread.on('message', (data: FromTrial) => worker.onmessage?.({ data } as MessageEvent<FromTrial>));
  thread.on('error', (error) => failed(error.message));
  thread.on('exit', (code) => {
    failed(`exit ${code}`);
    onEnd?.();
  });
  return worker;
}
