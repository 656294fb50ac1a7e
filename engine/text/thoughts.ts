/**
 * Removes the model's reasoning ("thought") from its output while the text is generated. A thought is at the start of
 * the output, between an opening and a closing mark. Some templates write the opening mark at the end of the prompt.
 * Later marks are part of the answer and are kept. A thought that is never closed is the answer, for there is no other.
 * Pure. Which marks: `probes/thought-marks.ts`.
 */
import { PLAIN_FORMAT, type ThoughtFormat, type ThoughtMarks } from './probes/thought-marks.ts';

export interface ThoughtFilter {
  /** Whether the last piece belonged to a thought. */
  readonly thinking: boolean;
  /** Whether a thought is open, so that the next piece belongs to it. */
  readonly open: boolean;
  /** The mark that closes the open thought. */
  readonly closing: string | undefined;
  /**
   * Adds a piece of text and returns the part that belongs to the answer. At the start it may hold back up to a mark's
   * length.
   */
  push(piece: string): string;
  /** Returns the text held back, after the last piece: also a thought that was never closed. */
  flush(): string;
}

/** `prompt` is the text before the output. It may end inside a thought. */
export function thoughtFilter(
  prompt: string,
  { marks: all, header }: ThoughtFormat = PLAIN_FORMAT,
): ThoughtFilter {
  const end = prompt.trimEnd();
  let marks: ThoughtMarks | undefined = all.find(({ open }) => end.endsWith(open));
  let state: 'start' | 'thinking' | 'closed' | 'answer' = marks === undefined ? 'start' : 'thinking';
  let held = '';
  /** The thought so far, without what is held. */
  let thought = '';
  const beginnings = [...all.map(({ open }) => open), ...(header === '' ? [] : [header])];
  const start = (): string => {
    const text = held.trimStart();
    if (beginnings.some((mark) => mark !== text && mark.startsWith(text))) return '';
    marks = all.find(({ open }) => text.startsWith(open));
    if (marks === undefined) {
      if (header !== '' && text.startsWith(header)) held = text.slice(header.length);
      return given('answer');
    }
    held = text.slice(marks.open.length);
    state = 'thinking';
    return think();
  };
  const think = (): string => {
    const { close } = marks!;
    const at = held.indexOf(close);
    if (at < 0) {
      const kept = Math.max(0, held.length - close.length + 1);
      thought += held.slice(0, kept);
      held = held.slice(kept);
      return '';
    }
    held = held.slice(at + close.length);
    thought = '';
    state = 'closed';
    return closed();
  };
  const closed = (): string => {
    held = held.trimStart();
    return held === '' ? '' : given('answer');
  };
  const given = (next: typeof state): string => {
    const text = held;
    held = '';
    state = next;
    return text;
  };
  const steps = { start, thinking: think, closed, answer: () => given('answer') };
  return {
    get thinking() {
      return state === 'thinking' || state === 'closed';
    },
    get open() {
      return state === 'thinking';
    },
    get closing() {
      return state === 'thinking' ? marks?.close : undefined;
    },
    push(piece) {
      held += piece;
      return steps[state]();
    },
    flush() {
      if (state === 'start') return given('answer');
      return state === 'thinking' ? (thought + given('answer')).trim() : '';
    },
  };
}
