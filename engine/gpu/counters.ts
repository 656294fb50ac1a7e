/** Counts of GPU work since the device was opened: objects created, work submitted, bytes moved. */
export interface GpuCounters {
  dispatches: number;
  submits: number;
  buffersCreated: number;
  bindGroupsCreated: number;
  pipelinesCreated: number;
  bytesWritten: number;
  bytesRead: number;
  /** GPU bytes allocated now, and their maximum so far. */
  liveBytes: number;
  peakBytes: number;
}

export function newCounters(): GpuCounters {
  return {
    dispatches: 0,
    submits: 0,
    buffersCreated: 0,
    bindGroupsCreated: 0,
    pipelinesCreated: 0,
    bytesWritten: 0,
    bytesRead: 0,
    liveBytes: 0,
    peakBytes: 0,
  };
}
