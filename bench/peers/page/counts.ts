/** What is counted of WebGPU, in the order in which a realm keeps it in shared memory. */
export const FIELDS = [
  'dispatches',
  'submits',
  'buffers',
  'bindGroups',
  'pipelines',
  'copies',
  /** Calls of `writeBuffer`, and their bytes. */
  'writes',
  'bytesWritten',
  /** Calls of `mapAsync` for reading, and their bytes. */
  'readbacks',
  'bytesRead',
  /** Bytes of buffers that are not destroyed, now and at most. */
  'liveBytes',
  'peakBytes',
] as const;

export type Field = (typeof FIELDS)[number];
export type Counts = Readonly<Record<Field, number>>;

/** Given by `counter.ts` to the page that loaded it: the sum over the page and its workers. */
declare global {
  var countsNow: () => Counts;
}
