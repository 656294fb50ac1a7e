/**
 * Measures what an answer cost, as `Timings` and `Counters`. The means leave out the first two decode steps, since
 * these may still create objects that all later ones use.
 */
import type { Runtime, RuntimeCounters } from '../runtime/runtime.ts';
import type { Counters, Timings } from './types.ts';

/** Decode steps that the means leave out, if there are more. */
export const WARM_UP = 2;

/** Collects the times and counts of one answer. */
export interface StatsMeter {
  /** Call after the prompt was read; `tokens` of it were run. */
  prefilled(tokens: number): void;
  /** Call before each decode step is submitted. Nothing may be in flight for the first {@link WARM_UP} + 1 of them. */
  stepping(): void;
  /** Call after a step verified a draft. Both are numbers of tokens; a negative one takes back what was counted. */
  checked(drafted: number, accepted: number): void;
  /** Call for ids that a guide forced. */
  forced(tokens: number): void;
  /** Runs `act` and counts its time as JavaScript time of the engine. */
  own<T>(act: () => T): T;
  /** Returns the results. */
  finish(): { timings: Timings; counters: Counters };
}

/** Starts to measure; the time to the first token counts from here. */
export function createMeter(runtime: Runtime): StatsMeter {
  const start = performance.now();
  let prefill = { ms: 0, tokens: 0 };
  let steps = 0;
  let drafted = 0;
  let accepted = 0;
  let forced = 0;
  let js = 0;
  const mark = () => ({
    at: performance.now(),
    js,
    counters: runtime.counters(),
    tokens: steps + accepted + forced,
  });
  let base = mark();
  return {
    prefilled(tokens) {
      prefill = { ms: performance.now() - start, tokens };
      base = mark();
    },
    stepping() {
      if (steps === WARM_UP) base = mark();
      steps++;
    },
    checked(ofDraft, right) {
      drafted += ofDraft;
      accepted += right;
    },
    forced(tokens) {
      forced += tokens;
    },
    own(act) {
      const from = performance.now();
      const result = act();
      js += performance.now() - from;
      return result;
    },
    finish() {
      const end = mark();
      const counted = end.tokens - base.tokens;
      const seconds = (end.at - base.at) / 1000;
      return {
        timings: {
          prefillTokensPerSecond: prefill.ms > 0 ? (prefill.tokens * 1000) / prefill.ms : 0,
          decodeTokensPerSecond: counted > 0 ? counted / seconds : 0,
          timeToFirstTokenMs: prefill.ms,
        },
        counters: {
          steps,
          draftedTokens: drafted,
          acceptedTokens: accepted,
          forcedTokens: forced,
          ...countersOf(runtime, base.counters, end.counters, counted, end.js - base.js),
        },
      };
    },
  };
}

function countersOf(
  runtime: Runtime,
  from: RuntimeCounters,
  to: RuntimeCounters,
  tokens: number,
  js: number,
): Omit<Counters, 'steps' | 'draftedTokens' | 'acceptedTokens' | 'forcedTokens'> {
  const mean = (key: keyof RuntimeCounters) => (tokens === 0 ? 0 : (to[key] - from[key]) / tokens);
  return {
    dispatchesPerToken: tokens === 0 ? runtime.dispatchesPerToken : mean('dispatches'),
    submitsPerToken: mean('submits'),
    createdPerToken: {
      buffers: mean('buffersCreated'),
      bindGroups: mean('bindGroupsCreated'),
      pipelines: mean('pipelinesCreated'),
    },
    readbackBytesPerToken: mean('bytesRead'),
    jsMsPerToken: tokens === 0 ? 0 : js / tokens,
    weightBytesReadPerToken: runtime.weightBytesReadPerToken,
    weightBytes: runtime.weightBytes,
    cacheBytes: runtime.cacheBytes,
    peakGpuBytes: runtime.peakBytes,
  };
}
