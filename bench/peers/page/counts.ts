/** The counts of WebGPU calls, in the order in which a realm stores them in shared memory. */
export const COUNT_FIELDS = [
  'dispatches',
  'submits',
  'buffers',
  'bindGroups',
  'pipelines',
  'copies',
  /** Calls of `writeBuffer` and their bytes. */
  'writes',
  'bytesWritten',
  /** Calls of `mapAsync` for reading and their bytes. */
  'readbacks',
  'bytesRead',
  /** Bytes of buffers that are not destroyed: now, and the maximum so far. */
  'liveBytes',
  'peakBytes',
] as const;

export type CountField = (typeof COUNT_FIELDS)[number];
export type GpuCounts = Readonly<Record<CountField, number>>;

/** Defined by `counter.ts`: returns the sum over the page and its workers. */
declare global {
  var countsNow: () => GpuCounts;
}
