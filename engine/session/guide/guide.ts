/**
 * A guide limits what a model may write next: the form of an answer, or words that it must not use. It is asked before
 * each token of the answer is chosen, and its answer is a constraint for that one token.
 *
 * A token that the guide leaves free, or bans the same ids for as the one before, costs what it costs without a guide:
 * the next step is on the GPU already (`steps.ts`). A new constraint costs that overlap.
 */

/** The answer so far, without thoughts. */
export interface GuidedAnswer {
  /** Ids of the answer. */
  readonly ids: readonly number[];
  /** Their text, without the prompt's `begun`. Bytes of an unfinished character are missing at the end. */
  readonly text: string;
}

/**
 * What may follow.
 * - `'free'`: any id.
 * - `'end'`: nothing; the answer ends with stop `guide`.
 * - `ban`: any id but these. At most {@link MASK_IDS}.
 * - `allow`: one of these, at least one. At most {@link MASK_IDS}.
 * - `force`: these ids, at least one, without a choice. They are run together, so they cost about one step. Then the
 *   guide is asked again.
 * - `rewind`: only the first n ids of the answer remain, and the rest was never written. Then the guide is asked again.
 */
export type GuideStep =
  | 'free'
  | 'end'
  | { readonly ban: readonly number[] }
  | { readonly allow: readonly number[] }
  | { readonly force: readonly number[] }
  | { readonly rewind: number };

/** Decides what may follow. Must not throw. */
export interface Guide {
  /** Returns the constraint of the next token. `answer` is only valid during the call. */
  next(answer: GuidedAnswer): GuideStep;
}
