/** Reads the body of an answer as it arrives, and notices a connection that is dead or all but dead. */
import { fail } from '../../base/errors.ts';
import { cancelled } from './byte-source.ts';
import type { RemoteFile } from './http-request.ts';

/**
 * Fewest bytes that count as progress: within each {@link Connection.stallMs} of waiting (0.5 kB/s at 30 s), and of one
 * attempt. Several connections share the line, so a line of 20 kB/s gives each about ten times as much.
 */
export const LEAST_PROGRESS = 16 * 1024;

/**
 * Yields the bytes of a response as they arrive. Throws `source-read` if the connection breaks, or brings fewer than
 * {@link LEAST_PROGRESS} bytes in the time that is allowed. Only time spent waiting counts, not that of the consumer.
 */
export async function* body(
  response: Response,
  { name, connection }: Pick<RemoteFile, 'name' | 'connection'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const stop = () => void reader.cancel().catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  const next = patientReader(reader, connection.stallMs);
  try {
    for (;;) {
      const piece = await next();
      if (signal?.aborted === true) cancelled(name);
      if (piece === undefined) return;
      yield piece;
    }
  } catch (cause) {
    if (signal?.aborted === true) cancelled(name);
    const got = cause instanceof Error ? cause.message : String(cause);
    fail('source-read', { who: name, message: 'the connection broke', got, cause });
  } finally {
    signal?.removeEventListener('abort', stop);
    stop(); // has no effect if the body is finished or broken
  }
}

/** Returns a function that resolves to the next piece, or undefined at the end. It rejects as {@link body} says. */
function patientReader(reader: ReadableStreamDefaultReader<Uint8Array>, windowMs: number) {
  let waited = 0;
  let got = 0;
  return async (): Promise<Uint8Array | undefined> => {
    const asked = reader.read();
    for (;;) {
      const start = performance.now();
      const next = await withTimeout(asked, Math.max(0, windowMs - waited));
      waited += performance.now() - start;
      if (next !== 'late') {
        got += next.value?.length ?? 0;
        return next.done ? undefined : next.value;
      }
      if (got < LEAST_PROGRESS) {
        asked.catch(() => {}); // the caller cancels the reader, which ends this read
        throw new Error(`${got} bytes in ${windowMs / 1000} s`);
      }
      waited = got = 0;
    }
  };
}

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
