/**
 * What a model says to itself before it answers, taken out of the text while it is made. Chat formats mark it: it is
 * the first thing of an answer, between an opening and a closing mark; some templates write the opening one at
 * the prompt's end. Marks further on are words of the answer, and stay. Pure.
 */
export interface Thoughts {
  /** The last piece belonged to a thought. */
  readonly thinking: boolean;
  /** The next piece of the text; gives what of it is the answer. Up to a mark's length is held back at the start. */
  push(piece: string): string;
  /** What was held back, when no more comes. A thought that was never closed is not given. */
  flush(): string;
}

interface Marks {
  readonly open: string;
  readonly close: string;
}

const MARKS: readonly Marks[] = [
  // Qwen3, SmolLM3, GLM, the distilled models of DeepSeek-R1.
  { open: '<think>', close: '</think>' },
  // Magistral and Ministral Reasoning, as special tokens.
  { open: '[THINK]', close: '[/THINK]' },
];

/** Whether a token's spelling is such a mark; where it is a special token, its decoder leaves it out. */
export const isThoughtMark = (token: string | undefined): boolean =>
  MARKS.some(({ open, close }) => token === open || token === close);

/** `prompt`: the text that the model reads before it writes; it may end within a thought. */
export function withoutThoughts(prompt: string): Thoughts {
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
    push(piece) {
      held += piece;
      return steps[state]();
    },
    flush: () => (state === 'start' ? given('answer') : ''),
  };
}
