/**
 * Whether an action of a person is carried out. A page cannot send events into the frame, but it can lay the frame
 * invisibly over something that a person wants to click, or move it under the pointer at the last moment.
 */
import type { Hindrance } from '../hindrance.ts';
import type { ActionKind } from './mirror.ts';

/**
 * Milliseconds for which the frame must have been visible and in its place: longer than the moment between a decision to
 * click and the click, shorter than it takes to read what the button says.
 */
export const STEADY_MS = 300;

export interface Visibility {
  /** Milliseconds for which the browser has reported the frame as visible; undefined if it does not now. */
  readonly seenFor: number | undefined;
  /** Milliseconds since the frame was last moved, other than by the person. */
  readonly steadyFor: number;
  /** What the page does to the frame. */
  readonly hindrance: Hindrance | undefined;
}

/** `early`: the person cannot have seen what was clicked yet; `refuse`: the frame is not visible as it was drawn. */
export function judge(
  kind: ActionKind,
  { seenFor, steadyFor, hindrance }: Visibility,
): 'do' | 'early' | 'refuse' {
  if (kind === 'harmless') return 'do';
  if (seenFor === undefined || hindrance !== undefined) return 'refuse';
  return Math.min(seenFor, steadyFor) < STEADY_MS ? 'early' : 'do';
}
