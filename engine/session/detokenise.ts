/**
 * Turns the tokens of an answer into text as they arrive, separates thoughts from the answer, and limits the number of
 * tokens. All generated text passes through here.
 */
import { isThoughtMark, type ThoughtFilter, thoughtFilter } from '../text/thoughts.ts';
import type { GenerateHooks } from './model.ts';
import type { ModelText } from './text.ts';
import type { GenerateRequest, GenerateResult } from './types.ts';

/** An answer in progress. */
export interface Answer {
  /** Ids so far, including thoughts. */
  readonly ids: readonly number[];
  /** Current limit of tokens; it grows with the number of thought tokens. */
  most(): number;
  /** Adds the next token and emits its text; returns false if the token ends the answer. */
  give(id: number): boolean;
  /** Emits pending text and returns the whole text. */
  finish(): Pick<GenerateResult, 'text' | 'thoughtTokens'>;
}

/** Thought tokens that do not count as answer tokens; a limit stops a model that thinks in circles. */
const MOST_THOUGHTS = 2048;

/** Starts an answer. `capacity`: maximum tokens of prompt and answer together. */
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
  const available = capacity - promptIds.length + 1;
  let thoughtTokens = 0;
  let written = '';
  /** Special tokens have no text, but marks of thoughts must be passed on. */
  const spell = (id: number): string => {
    const piece = stream.push(id);
    const token = thoughts === undefined || piece !== '' ? undefined : text.tokenizer.token(id);
    return isThoughtMark(token) && text.tokenizer.decode([id]) === '' ? (token as string) : piece;
  };
  const emit = (id: number, piece: string, thinking = false): void => {
    written += piece;
    hooks.onEvent?.({ kind: 'token', id, text: piece, ...(thinking ? { thinking } : {}) });
  };
  return {
    ids,
    most: () => Math.min(available, request.maxTokens + Math.min(thoughtTokens, MOST_THOUGHTS)),
    give(id) {
      if (request.ignoreEos !== true && text.eosIds.has(id)) return false;
      const piece = spell(id);
      ids.push(id);
      const visible = thoughts?.push(piece) ?? piece;
      if (thoughts?.thinking === true) thoughtTokens++;
      emit(id, visible, thoughts?.thinking);
      return true;
    },
    finish() {
      const left = stream.flush();
      const rest = thoughts === undefined ? left : thoughts.push(left) + thoughts.flush();
      if (rest !== '') emit(ids.at(-1) as number, rest);
      return { text: written, thoughtTokens };
    },
  };
}

/**
 * Whether the answer continues text, so that its first space is part of it: after plain text or a partial answer, but
 * not after BOS alone.
 */
function continues({ prompt }: GenerateRequest, promptIds: readonly number[]): boolean {
  return prompt.kind === 'text' ? promptIds.length > 1 : hasBegun(prompt.begun);
}

/** Undefined for plain text, which is not a dialogue, and for a partial answer, whose thoughts are over. */
function thoughtsOf(text: ModelText, { prompt }: GenerateRequest): ThoughtFilter | undefined {
  if (prompt.kind === 'text' || hasBegun(prompt.begun)) return undefined;
  // Without a chat format the prompt ends with user text.
  return thoughtFilter(text.template.own ? text.render(prompt) : '');
}

const hasBegun = (begun: string | undefined): boolean => begun !== undefined && begun !== '';
