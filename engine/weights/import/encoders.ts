/**
 * Encodes rows in several workers at once, since one processor core converts some 40 MB/s and a network may bring more.
 * Results are those of encoding them here, in the order that the caller awaits them in. One more worker may compute the SHA-256
 * of the file, which takes as long as the rest of an import.
 *
 * A worker that fails, or does not answer for long (a system that is short of memory ends workers without a word), is used no
 * more: its rows are encoded here, where an error of the rows themselves is thrown too.
 */
import { log } from '../../base/log.ts';
import type { HashBytes } from '../integrity/file-hash.ts';
import { type Sha256State, sha256 } from '../integrity/sha256.ts';
import { encodeTask, type RowTask } from './encode.ts';

/** Bytes to hash from a state on. */
export interface HashTask {
  readonly from: Sha256State;
  readonly bytes: Uint8Array;
}

/** Rows to encode, or bytes to hash. */
export type EncoderTask = { readonly task: RowTask } | { readonly hash: HashTask };

export type ToEncoder = EncoderTask & { readonly id: number };

/** With neither where encoding threw. */
export interface FromEncoder {
  readonly id: number;
  readonly parts?: Uint8Array[];
  readonly hash?: Sha256State;
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
  /** Absent where no worker is spared for it. */
  readonly hash?: HashBytes;
  close(): void;
}

export type OpenEncoders = () => Encoders;

/** Milliseconds after which a worker counts as gone; a block takes some hundredths of a second. */
const PATIENCE_MS = 20_000;

export interface EncodersOptions {
  /** One more worker hashes; without it, that is done where the file is read. */
  readonly hashes?: boolean;
  /** {@link PATIENCE_MS} if absent. */
  readonly patience?: number;
}

/** Starts up to `count` workers when rows need them; `start` may throw. */
export function encodersIn(
  start: () => EncoderWorker,
  count: number,
  { hashes = false, patience = PATIENCE_MS }: EncodersOptions = {},
): OpenEncoders {
  return () => {
    const workers: RunningEncoder[] = [];
    let hasher: RunningEncoder | undefined;
    const hash: HashBytes = async (from, bytes) => {
      hasher ??= running(start, patience);
      const answer = await hasher.ask({ hash: { from, bytes } });
      return isClosed ? from : (answer?.hash ?? hashOn({ from, bytes }));
    };
    let next = 0;
    let isClosed = false;
    return {
      ahead: 2 * count,
      async encode(task) {
        if (workers.length < count) workers.push(running(start, patience));
        const usable = workers.filter((worker) => worker.isUsable());
        const chosen = usable[next++ % Math.max(1, usable.length)];
        const parts = (await chosen?.ask({ task }))?.parts;
        // Nobody awaits it after the end.
        return isClosed ? [] : (parts ?? encodeTask(task));
      },
      ...(hashes ? { hash } : {}),
      close() {
        isClosed = true;
        for (const worker of [...workers, hasher]) worker?.end();
      },
    };
  };
}

interface RunningEncoder {
  isUsable(): boolean;
  /** Undefined where it did not succeed. */
  ask(task: EncoderTask): Promise<FromEncoder | undefined>;
  end(): void;
}

function running(start: () => EncoderWorker, patience: number): RunningEncoder {
  const waiting = new Map<number, (answer: FromEncoder | undefined) => void>();
  let worker: EncoderWorker | undefined;
  let last = 0;
  const end = () => {
    worker?.terminate();
    worker = undefined;
    for (const settle of waiting.values()) settle(undefined);
    waiting.clear();
  };
  const fail = (reason: string) => {
    log('warn', 'import', `a worker that encodes weights is used no more: ${reason}`);
    end();
  };
  try {
    worker = start();
    worker.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      fail(event.message);
    };
  } catch (error) {
    fail(String(error));
  }
  return {
    isUsable: () => worker !== undefined,
    ask(task) {
      if (worker === undefined) return Promise.resolve(undefined);
      const id = last++;
      const { promise, resolve } = Promise.withResolvers<FromEncoder | undefined>();
      const timer = setTimeout(() => fail('it does not answer'), patience);
      waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      worker.postMessage({ id, ...task });
      return promise;
    },
    end,
  };
}

/** Serves in a worker: `post` sends to the process that started it, and hands buffers over. */
export function serveEncoder(
  post: (message: FromEncoder, transfer: Transferable[]) => void,
): (message: ToEncoder) => void {
  return ({ id, ...asked }) => {
    if ('hash' in asked) return post({ id, hash: hashOn(asked.hash) }, []);
    let parts: Uint8Array[];
    try {
      parts = encodeTask(asked.task);
    } catch {
      return post({ id }, []);
    }
    post({ id, parts }, [...new Set(parts.map(({ buffer }) => buffer as ArrayBuffer))]);
  };
}

function hashOn({ from, bytes }: HashTask): Sha256State {
  const hash = sha256(from);
  hash.add(bytes);
  return hash.state();
}
