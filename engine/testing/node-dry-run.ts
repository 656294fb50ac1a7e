/** Tries sources in a worker thread of Node, as a browser does in a `Worker`. */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromDryRun, ToDryRun } from '../session/dry-run/messages.ts';
import { serveDryRun } from '../session/dry-run/serve-dry-run.ts';
import type { DryRunWorker } from '../session/dry-run/dry-run.ts';

/** What the worker does instead of trying. */
export type Misbehaviour = 'hang' | 'die' | 'missing';

/** Starts a worker; `onEnd` is called once it has ended. */
export function nodeDryRunWorker(misbehaviour?: Misbehaviour, onEnd?: () => void): DryRunWorker {
  const thread = new Worker(new URL('dry-run-worker.mjs', import.meta.url), {
    workerData: misbehaviour,
    // Tests run in the root of the repository.
    execArgv: ['--import', pathToFileURL('scripts/raw-loader.mjs').href],
  });
  const worker: DryRunWorker = {
    postMessage: (message) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
    onmessage: null,
    onerror: null,
  };
  const failed = (message: string) => worker.onerror?.({ message } as ErrorEvent);
  thread.on('message', (data: FromDryRun) => worker.onmessage?.({ data } as MessageEvent<FromDryRun>));
  thread.on('error', (error) => failed(error.message));
  thread.on('exit', (code) => {
    failed(`exit ${code}`);
    onEnd?.();
  });
  return worker;
}

/** The same program on the thread of the test, which takes no second to start. Messages are cloned, and arrive later. */
export function dryRunWorkerHere(onEnd?: () => void): DryRunWorker {
  let receive: ((message: ToDryRun) => void) | undefined;
  const worker: DryRunWorker = {
    postMessage: (message) => {
      const clone = structuredClone(message);
      queueMicrotask(() => receive?.(clone));
    },
    terminate() {
      receive = undefined;
      onEnd?.();
    },
    onmessage: null,
    onerror: null,
  };
  const post = (message: FromDryRun) => {
    const data = structuredClone(message);
    queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent<FromDryRun>));
  };
  queueMicrotask(() => {
    receive = serveDryRun(post);
  });
  return worker;
}
