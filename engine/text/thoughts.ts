/**
 * Removes the model's reasoning ("thought") from its output while the text is generated. A thought is at the start of
 * the output, between an opening and a closing mark. Some templates write the opening mark at the end of the prompt.
 * Later marks are part of the answer and are kept. Pure.
 */
export interface ThoughtFilter {
  /** Whether the last piece belonged to a thought. */
  readonly thinking: boolean;
  /** Whether a thought is open, so that the next piece belongs to it. */
  readonly open: boolean;
  /**
   * Adds a piece of text and returns the part that belongs to the answer. At the start it may hold back up to a mark's
   * length.
   */
  push(piece: string): string;
  /** Returns the text held back, after the last piece. A thought that was never closed is dropped. */
  flush(): string;
}

interface Marks {
  readonly open: string;
  readonly close: string;
}

const MARKS: readonly Marks[] = [
  // Qwen3, SmolLM3, GLM, models distilled from DeepSeek-R1.
  { open: '<think>', close: '</think>' },
  // Magistral and Ministral Reasoning; the marks are special tokens.
  { open: '[THINK]', close: '[/THINK]' },
];

/** Whether a token is a mark. The decoder omits a mark that is a special token, so the caller must check for it. */
export const isThoughtMark = (token: string | undefined): boolean =>
  MARKS.some(({ open, close }) => token === open || token === close);

/** `prompt` is the text before the output. It may end inside a thought. */
export function thoughtFilter(prompt: string): ThoughtFilter {
  const end = prompt.trimEnd();
  let marks = MARKS.find(({ open }) => end.endsWith(open));
  let state: 'start' | 'thinking' | 'closed' | 'answer' = marks === undefined ? 'start' : 'thinking';
  let held = '';
  const start = (): string => {
    const text = held.trimStart();
    if (MARKS.some(({ open }) => open !== text && open.startsWith(text))) return '';
    marks = MARKS.find(({ open }) => text.startsWith(open));
    if (marks === undefined) return given('answer');
    held = text.slice(marks.open.length);
    state = 'thinking';
    return think();
  };
  const think = (): string => {
    const { close } = marks!;
    const at = held.indexOf(close);
    if (at < 0) {
      held = held.slice(Math.max(0, held.length - close.length + 1));
      return '';
    }
    held = held.slice(at + close.length);
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
    push(piece) {
      held += piece;
      return steps[state]();
    },
    flush: () => (state === 'start' ? given('answer') : ''),
  };
}
