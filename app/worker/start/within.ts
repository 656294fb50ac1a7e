/** Work that may take for ever, within a limit of time. */

/** Settles as `work` does; rejects after `ms` milliseconds, and when `work` throws. The work itself is not ended. */
export async function within<T>(ms: number, work: () => T | Promise<T>, who: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${who} did not answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
