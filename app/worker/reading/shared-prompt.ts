/** What later prompts begin with as this one does: where a page ends in it, since questions differ after that. Pure. */
import type { Prompt } from '../../../engine/index.ts';
import type { PageText } from '../../protocol/types.ts';

/** UTF-16 code units by which the beginning of a page is found. */
const BEGINNING = 32;

/**
 * A prompt that begins as this one does up to the end of the page, and asks nothing; without a page one that ends with the first
 * question of the conversation. A page that is cut, or has other words from some place on, counts up to that place. Undefined
 * where the page is not in the prompt.
 */
export function sharedPrompt(prompt: Prompt, page: Pick<PageText, 'text'> | undefined): Prompt | undefined {
  if (prompt.kind !== 'messages') return page === undefined ? prompt : undefined;
  const first = prompt.messages.findIndex(({ role }) => role === 'user');
  const question = prompt.messages[first];
  if (question === undefined) return undefined;
  const before = prompt.messages.slice(0, first);
  if (page === undefined) return { kind: 'messages', messages: [...before, question] };
  const end = endOf(page.text, question.content);
  if (end === 0) return undefined;
  return {
    kind: 'messages',
    messages: [...before, { ...question, content: question.content.slice(0, end) }],
  };
}

/** Where `text`, as far as `content` has it, ends in `content`; 0 if not even its beginning is there. */
function endOf(text: string, content: string): number {
  const beginning = text.slice(0, BEGINNING);
  if (beginning === '') return 0;
  let [end, longest] = [0, 0];
  // A title may begin as its page does.
  for (let at = content.indexOf(beginning); at >= 0; at = content.indexOf(beginning, at)) {
    let length = 0;
    while (length < text.length && content[at + length] === text[length]) length++;
    at += length;
    if (length > longest) [end, longest] = [at, length];
  }
  return end;
}
