/**
 * An answer while its tokens come: how they are spelled, what of them was only thought, and how many there may be.
 * Every text that a model writes comes through here.
 */
import { isThoughtMark, type ThoughtFilter, thoughtFilter } from '../text/thoughts.ts';
import type { GenerateHooks } from './model.ts';
import type { ModelText } from './text.ts';
import type { GenerateRequest, GenerateResult } from './types.ts';

export interface Answer {
  /** Those given so far, thoughts too. */
  readonly ids: readonly number[];
  /** Tokens that it may have, as far as it is known now. */
  most(): number;
  /** Takes the next token; false where it is the one that ends the answer. */
  give(id: number): boolean;
  finish(): Pick<GenerateResult, 'text' | 'thoughtTokens'>;
}

/** Tokens of thoughts that do not count as the answer's; a model that goes in circles must come to an end. */
const MOST_THOUGHTS = 2048;

/** `capacity`: tokens that prompt and answer may have together. */
export function createAnswer(
  text: ModelText,
  request: GenerateRequest,
  promptIds: readonly number[],
  capacity: number,
  hooks: GenerateHooks,
): Answer {
  const ids: number[] = [];
  const stream = text.tokenizer.stream({ continues: continues(request, promptIds) });
  const thoughts = thoughtsOf(text, request);
  const room = capacity - promptIds.length + 1;
  let thoughtTokens = 0;
  let written = '';
  /** A special token leaves no text, but a mark must be seen. */
  const spell = (id: number): string => {
    const piece = stream.push(id);
    const token = thoughts === undefined || piece !== '' ? undefined : text.tokenizer.token(id);
    return isThoughtMark(token) && text.tokenizer.decode([id]) === '' ? (token as string) : piece;
  };
  const say = (id: number, piece: string, thinking = false): void => {
    written += piece;
    hooks.onEvent?.({ kind: 'token', id, text: piece, ...(thinking ? { thinking } : {}) });
  };
  return {
    ids,
    most: () => Math.min(room, request.maxTokens + Math.min(thoughtTokens, MOST_THOUGHTS)),
    give(id) {
      if (request.ignoreEos !== true && text.eosIds.has(id)) return false;
      const piece = spell(id);
      ids.push(id);
      const said = thoughts?.push(piece) ?? piece;
      if (thoughts?.thinking === true) thoughtTokens++;
      say(id, said, thoughts?.thinking);
      return true;
    },
    finish() {
      const left = stream.flush();
      const rest = thoughts === undefined ? left : thoughts.push(left) + thoughts.flush();
      if (rest !== '') say(ids.at(-1) as number, rest);
      return { text: written, thoughtTokens };
    },
  };
}

/** A plain text, or an answer that was begun, goes on in mid-sentence: its first space counts. After BOS alone not. */
function continues({ prompt }: GenerateRequest, promptIds: readonly number[]): boolean {
  return prompt.kind === 'text' ? promptIds.length > 1 : hasBegun(prompt.begun);
}

/** A plain text is no answer, and one that was begun is beyond its thoughts. */
function thoughtsOf(text: ModelText, { prompt }: GenerateRequest): ThoughtFilter | undefined {
  if (prompt.kind === 'text' || hasBegun(prompt.begun)) return undefined;
  // Without a chat format the prompt's end is a person's words.
  return thoughtFilter(text.template.own ? text.render(prompt) : '');
}

const hasBegun = (begun: string | undefined): boolean => begun !== undefined && begun !== '';
