/** What was done on a device since it was opened. Everything that makes or moves something counts here. */
export interface GpuCounters {
  dispatches: number;
  submits: number;
  buffersCreated: number;
  bindGroupsCreated: number;
  pipelinesCreated: number;
  bytesWritten: number;
  bytesRead: number;
  /** GPU bytes allocated now, and the most at any time. */
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
