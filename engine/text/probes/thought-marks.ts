/**
 * The marks around a model's thoughts, learnt from its template: from what it writes around the thought of a probe
 * dialogue, and from the marks that it spells.
 */
import { ANSWER, PROBE, QUESTION, type RenderProbe, THOUGHTFUL_ANSWER } from './probe.ts';

export interface ThoughtMarks {
  readonly open: string;
  readonly close: string;
}

/** How a model begins what it writes. */
export interface ThoughtFormat {
  readonly marks: readonly ThoughtMarks[];
  /** What the model writes before an answer without a thought, and what is no part of it: `<|channel|>final<|message|>`. */
  readonly header: string;
}

/** Marks that models use whether or not their template spells them. */
export const COMMON_MARKS: readonly ThoughtMarks[] = [
  // Qwen3, SmolLM3, GLM, models distilled from DeepSeek-R1.
  { open: '<think>', close: '</think>' },
  // Magistral and Ministral Reasoning; the marks are special tokens.
  { open: '[THINK]', close: '[/THINK]' },
];

export const PLAIN_FORMAT: ThoughtFormat = { marks: COMMON_MARKS, header: '' };

const SPELLED = /[<[◁][^<>[\]◁▷\s'"{}]{1,40}[>\]▷]/gu;
const ABOUT_THOUGHTS = /think|thought|reason|reflect|scratchpad|inner_(?:pre|suf)fix/iu;
/** Words that open something, and what closes it. */
const OPENING: readonly (readonly [RegExp, string])[] = [
  [/begin/i, 'end'],
  [/start/i, 'end'],
  [/prefix/i, 'suffix'],
  [/open/i, 'close'],
];
const LONGEST = 96;

/** Whether a token is spelled like a mark of thoughts; such a token is a control token. */
export const isThoughtMark = (token: string | undefined): boolean =>
  token !== undefined && token.match(SPELLED)?.[0] === token && ABOUT_THOUGHTS.test(token);

/** `source`: the template; `tokens`: spellings of the model's control tokens. */
export function thoughtFormat(source: string, tokens: readonly string[], render: RenderProbe): ThoughtFormat {
  const rendered = renderedMarks(render);
  const all = [...rendered.marks, ...spelledMarks(source, tokens), ...COMMON_MARKS];
  const marks = all.filter(({ open }, i) => all.findIndex((m) => m.open === open) === i);
  return { marks, header: rendered.header };
}

function spelledMarks(source: string, tokens: readonly string[]): ThoughtMarks[] {
  const spelled = new Set([...(source.match(SPELLED) ?? []), ...tokens]);
  return [...spelled]
    .filter((open) => isThoughtMark(open) && !/^[<[◁]\//u.test(open))
    .flatMap((open) => closersOf(open).flatMap((close) => (spelled.has(close) ? [{ open, close }] : [])));
}

/** What may close a mark: `<x>` `</x>`, `<|begin_of_x|>` `<|end_of_x|>`; in the letters' case of the opening one. */
function closersOf(open: string): string[] {
  const swapped = OPENING.flatMap(([word, by]) => {
    const found = word.exec(open)?.[0];
    return found === undefined
      ? []
      : [open.replace(found, found === found.toUpperCase() ? by.toUpperCase() : by)];
  });
  return [`${open.charAt(0)}/${open.slice(1)}`, ...swapped];
}

/** What stands around the thought, and before an answer without one, after the end of the prompt. */
function renderedMarks(render: RenderProbe): ThoughtFormat {
  const prompt = render([QUESTION], true);
  const begun = (message: typeof ANSWER) => {
    const text = render([QUESTION, message], false);
    return prompt !== undefined && text?.startsWith(prompt) === true ? text.slice(prompt.length) : undefined;
  };
  const plain = begun(ANSWER);
  const header = plain?.slice(0, Math.max(0, plain.indexOf(PROBE.answer))).trim() ?? '';
  const thoughtful = begun(THOUGHTFUL_ANSWER);
  const at = thoughtful?.indexOf(PROBE.thought) ?? -1;
  const answer = thoughtful?.indexOf(PROBE.answer) ?? -1;
  const isMarked = thoughtful !== undefined && at > 0 && answer > at;
  const open = isMarked ? thoughtful.slice(0, at).trim() : '';
  const close = isMarked ? thoughtful.slice(at + PROBE.thought.length, answer).trim() : '';
  const isFit = (mark: string) => mark !== '' && mark.length <= LONGEST && !mark.includes(PROBE.thought);
  return {
    marks: isFit(open) && isFit(close) ? [{ open, close }] : [],
    // A header that marks a thought is one: some templates write an empty thought before each answer.
    header: isFit(header) && !ABOUT_THOUGHTS.test(header) ? header : '',
  };
}
