/**
 * Probe dialogues: what a template writes around an answer and a thought shows how the model ends its turns and marks its
 * thoughts. The words stand for contents and occur in no template.
 */
export const PROBE = {
  question: 'Zq7question',
  answer: 'Zq7answer',
  thought: 'Zq7thought',
  next: 'Zq7next',
} as const;

/** A message with what it may have beside its content. */
export interface ProbeMessage {
  readonly role: string;
  readonly content: string;
  readonly [field: string]: string;
}

/** Renders a dialogue; `generation`: up to where the next answer begins. Undefined if the template cannot. */
export type RenderProbe = (messages: readonly ProbeMessage[], generation: boolean) => string | undefined;

export const QUESTION: ProbeMessage = { role: 'user', content: PROBE.question };
export const ANSWER: ProbeMessage = { role: 'assistant', content: PROBE.answer };
export const NEXT: ProbeMessage = { role: 'user', content: PROBE.next };
/** The fields that templates read thoughts from. */
export const THOUGHTFUL_ANSWER: ProbeMessage = {
  ...ANSWER,
  reasoning_content: PROBE.thought,
  reasoning: PROBE.thought,
  thinking: PROBE.thought,
  thought: PROBE.thought,
};

/** What follows the last occurrence of a word, up to another word or the end. Undefined if the word does not occur. */
export function textAfter(text: string | undefined, word: string, before: string): string | undefined {
  const at = text?.lastIndexOf(word) ?? -1;
  if (text === undefined || at < 0) return undefined;
  const rest = text.slice(at + word.length);
  const end = rest.indexOf(before);
  return end < 0 ? rest : rest.slice(0, end);
}
