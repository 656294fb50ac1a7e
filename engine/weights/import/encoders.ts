/**
 * Encodes rows in several workers at once, since one processor core converts some 40 MB/s and a network may bring more.
 * Results are those of encoding them here, in the order that the caller awaits them in.
 *
 * A worker that fails, or does not answer for long (a system that is short of memory ends workers without a word), is used no
 * more: its rows are encoded here, where an error of the rows themselves is thrown too.
 */
import { log } from '../../base/log.ts';
import { encodeTask, type RowTask } from './encode.ts';

export interface ToEncoder {
  readonly id: number;
  readonly task: RowTask;
}

/** `parts` is absent where encoding threw. */
export interface FromEncoder {
  readonly id: number;
  readonly parts?: Uint8Array[];
}

/** The part of a `Worker` that is used. It runs {@link serveEncoder}. */
export interface EncoderWorker {
  postMessage(message: ToEncoder): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromEncoder>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Encoders for one import. */
export interface Encoders {
  /** Tasks that should be under way at once. */
  readonly ahead: number;
  /** The task's block must not change until this resolves. */
  encode(task: RowTask): Promise<Uint8Array[]>;
  close(): void;
}

export type OpenEncoders = () => Encoders;

/** Milliseconds after which a worker counts as gone; a block takes some hundredths of a second. */
const PATIENCE_MS = 20_000;

/** Starts up to `count` workers when rows need them; `start` may throw. */
export function encodersIn(
  start: () => EncoderWorker,
  count: number,
  patience: number = PATIENCE_MS,
): OpenEncoders {
  return () => {
    const workers: RunningEncoder[] = [];
    let next = 0;
    let isClosed = false;
    return {
      ahead: 2 * count,
      async encode(task) {
        if (workers.length < count) workers.push(running(start, patience));
        const usable = workers.filter((worker) => worker.isUsable());
        const chosen = usable[next++ % Math.max(1, usable.length)];
        const parts = await chosen?.encode(task);
        // Nobody awaits it after the end.
        return isClosed ? [] : (parts ?? encodeTask(task));
      },
      close() {
        isClosed = true;
        for (const worker of workers) worker.end();
      },
    };
  };
}

interface RunningEncoder {
  isUsable(): boolean;
  /** Undefined where it did not succeed. */
  encode(task: RowTask): Promise<Uint8Array[] | undefined>;
  end(): void;
}

function running(start: () => EncoderWorker, patience: number): RunningEncoder {
  const waiting = new Map<number, (parts: Uint8Array[] | undefined) => void>();
  let worker: EncoderWorker | undefined;
  let last = 0;
  const end = () => {
    worker?.terminate();
    worker = undefined;
    for (const settle of waiting.values()) settle(undefined);
    waiting.clear();
  };
  const give = (id: number, parts: Uint8Array[] | undefined) => {
    waiting.get(id)?.(parts);
    waiting.delete(id);
  };
  const fail = (reason: string) => {
    log('warn', 'import', `a worker that encodes weights is used no more: ${reason}`);
    end();
  };
  try {
    worker = start();
    worker.onmessage = ({ data }) => give(data.id, data.parts);
    worker.onerror = (event) => {
      event.preventDefault?.();
      fail(event.message);
    };
  } catch (error) {
    fail(String(error));
  }
  return {
    isUsable: () => worker !== undefined,
    encode(task) {
      if (worker === undefined) return Promise.resolve(undefined);
      const id = last++;
      const { promise, resolve } = Promise.withResolvers<Uint8Array[] | undefined>();
      const timer = setTimeout(() => fail('it does not answer'), patience);
      waiting.set(id, (parts) => {
        clearTimeout(timer);
        resolve(parts);
      });
      worker.postMessage({ id, task });
      return promise;
    },
    end,
  };
}

/** Serves in a worker: `post` sends to the process that started it, and hands buffers over. */
export function serveEncoder(
  post: (message: FromEncoder, transfer: Transferable[]) => void,
): (message: ToEncoder) => void {
  return ({ id, task }) => {
    let parts: Uint8Array[];
    try {
      parts = encodeTask(task);
    } catch {
      return post({ id }, []);
    }
    post({ id, parts }, [...new Set(parts.map(({ buffer }) => buffer as ArrayBuffer))]);
  };
}
