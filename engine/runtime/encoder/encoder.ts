/**
 * An encoder on a GPU: the graph compiled to programs and its weights uploaded. It makes vectors of passages; there is no
 * cache, and each run stands alone. `create-encoder.ts` implements it; texts are the session's.
 */
import type { Pace } from '../pacing.ts';
import type { RuntimeCounters } from '../runtime.ts';

export interface Encoder {
  /** Most tokens of a run, all its passages together; and most passages. */
  readonly rows: number;
  readonly passages: number;
  /** Numbers of a vector. */
  readonly width: number;
  /** GPU bytes of weights; of everything. */
  readonly weightBytes: number;
  readonly peakBytes: number;
  /** Of a run of more than eight tokens. */
  readonly dispatches: number;
  /**
   * The vectors of passages of ids, one behind the other, f32[passages, width], not divided by their lengths. One run:
   * at most {@link rows} ids and {@link passages} passages, none of them empty. Throws `request-invalid` otherwise,
   * `numbers-broken` where a number is not finite, `gpu-lost`, `request-aborted`.
   */
  run(passages: readonly ArrayLike<number>[], signal?: AbortSignal): Promise<Float32Array>;
  setPace(pace: Pace): void;
  counters(): RuntimeCounters;
  /** As {@link Runtime.describe}. */
  describe(): string;
  dispose(): void;
}

/** The inputs of a run, by their names in the graph. */
export interface EncoderInputs {
  readonly ids: Uint32Array<ArrayBuffer>;
  /** The place of each row within its passage. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** First row of each row's passage, and the row after its last. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /** The same once for each passage. */
  readonly passages: Uint32Array<ArrayBuffer>;
}

export function inputsOf(passages: readonly ArrayLike<number>[]): EncoderInputs {
  const rows = passages.reduce((sum, { length }) => sum + length, 0);
  const made = {
    ids: new Uint32Array(rows),
    places: new Uint32Array(rows),
    spans: new Uint32Array(2 * rows),
    passages: new Uint32Array(2 * passages.length),
  };
  let begin = 0;
  for (const [b, ids] of passages.entries()) {
    const end = begin + ids.length;
    made.passages.set([begin, end], 2 * b);
    for (let i = 0; i < ids.length; i++) {
      made.ids[begin + i] = ids[i] as number;
      made.places[begin + i] = i;
      made.spans.set([begin, end], 2 * (begin + i));
    }
    begin = end;
  }
  return made;
}
