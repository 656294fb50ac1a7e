/**
 * The tokens that end an answer: all that the model's files name, and the one that its template writes after an assistant
 * turn. Files often name only one of several, or none, or the one of the base model.
 */
import type { ControlTokens } from '../encode-content.ts';
import { ANSWER, NEXT, PROBE, QUESTION, type RenderProbe, textAfter } from './probe.ts';

/** Spellings that mark something, rather than say it: `<|im_end|>`, `</s>`, `[EOT]`, `◁end▷`, `<｜end▁of▁sentence｜>`. */
const MARK = /^[<[◁(|｜][^\s]*[>\])▷|｜]$/u;

export const isMark = (spelling: string): boolean => MARK.test(spelling);

/**
 * The spellings that the template writes right after an answer: where another question follows, and where the dialogue
 * ends. White space may stand between.
 */
export function endsInTemplate(
  render: RenderProbe,
  { spellings }: Pick<ControlTokens, 'spellings'>,
): string[] {
  const after = [
    textAfter(render([QUESTION, ANSWER, NEXT], true), PROBE.answer, PROBE.next),
    textAfter(render([QUESTION, ANSWER], false), PROBE.answer, PROBE.next),
  ];
  const marks = spellings.filter(isMark);
  const found = after.flatMap((text) => {
    const rest = text?.trimStart() ?? '';
    const longest = marks.filter((mark) => rest.startsWith(mark)).sort((a, b) => b.length - a.length);
    return longest.slice(0, 1);
  });
  return [...new Set(found)];
}

const NAMED = ['eos_token', 'eot_token', 'eom_token'];

/** Spellings that files name: `eos_token` and the like, as text or object. `files`: tokenizer_config.json and the like. */
export function namedEnds(files: readonly (Readonly<Record<string, unknown>> | undefined)[]): string[] {
  const extra = files.map((file) => asObject(file?.extra_special_tokens));
  return [...files, ...extra].flatMap((file) => NAMED.flatMap((name) => spellingOf(file?.[name]) ?? []));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function spellingOf(token: unknown): string | undefined {
  const text = asObject(token)?.content ?? token;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
