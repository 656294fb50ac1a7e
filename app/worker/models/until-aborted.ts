/** Awaits `turn`, or the abort: a person who stops something does not wait for the answer under way. */
export async function untilAborted(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined || signal.aborted) return signal === undefined ? await turn : undefined;
  const done = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { signal: done.signal });
  });
  await Promise.race([turn, aborted]).finally(() => done.abort());
}
