/**
 * Turns the tokens of an answer into text as they arrive, separates thoughts from the answer, and limits the number of
 * tokens. All generated text passes through here.
 */
import { type ThoughtFilter, thoughtFilter } from '../text/thoughts.ts';
import type { GenerateHooks } from './model.ts';
import type { GuidedAnswer } from './guide/guide.ts';
import type { ModelText } from './text.ts';
import type { GenerateRequest, GenerateResult } from './types.ts';

/** An answer in progress. */
export interface Answer {
  /** Ids so far, including thoughts. */
  readonly ids: readonly number[];
  /** Current limit of tokens; it grows with the number of thought tokens. */
  most(): number;
  /** Whether the last token belongs to a thought that has not been closed. */
  readonly thinking: boolean;
  /** What a guide sees: the answer without thoughts. */
  readonly guided: GuidedAnswer;
  /** Keeps the first `count` ids of {@link guided} and reports the text that remains. */
  rewind(count: number): void;
  /** Adds the next token and emits its text; returns false if the token ends the answer. */
  give(id: number): boolean;
  /** Emits pending text and returns the whole text. A thought that was not closed is the text, unless it was cancelled. */
  finish(cancelled?: boolean): Pick<GenerateResult, 'text' | 'thoughtTokens'>;
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
  const spelling = () => createSpelling(text, request, promptIds);
  let spelled = spelling();
  const available = capacity - promptIds.length + 1;
  let thoughtTokens = 0;
  let written = '';
  /** Ids of the answer without thoughts, and the length of the text after each. */
  const own: number[] = [];
  const lengths: number[] = [];
  const emit = (id: number, piece: string, thinking = false): void => {
    written += piece;
    hooks.onEvent?.({ kind: 'token', id, text: piece, ...(thinking ? { thinking } : {}) });
  };
  return {
    ids,
    most: () => Math.min(available, request.maxTokens + Math.min(thoughtTokens, MOST_THOUGHTS)),
    get thinking() {
      return spelled.thinking;
    },
    guided: {
      ids: own,
      get text() {
        return written;
      },
    },
    rewind(count) {
      ids.length -= own.length - count;
      own.length = count;
      lengths.length = count;
      written = written.slice(0, lengths.at(-1) ?? 0);
      spelled = spelling();
      for (const id of ids) spelled.push(id);
      hooks.onEvent?.({ kind: 'rewind', length: written.length });
    },
    give(id) {
      if (request.ignoreEos !== true && text.eosIds.has(id) && !spelled.closes(id)) return false;
      ids.push(id);
      const piece = spelled.push(id);
      if (spelled.inThought) {
        thoughtTokens++;
        own.length = 0;
        lengths.length = 0;
      }
      emit(id, piece, spelled.inThought);
      if (!spelled.inThought) {
        own.push(id);
        lengths.push(written.length);
      }
      return true;
    },
    finish(cancelled = false) {
      const rest = cancelled && spelled.thinking ? '' : spelled.flush();
      if (rest !== '') emit(ids.at(-1) as number, rest);
      return { text: written, thoughtTokens };
    },
  };
}

/** Turns ids into the visible text of an answer. */
interface Spelling {
  /** Whether the last token belongs to a thought. */
  readonly inThought: boolean;
  /** Whether the next token belongs to a thought. */
  readonly thinking: boolean;
  /** Whether an id begins the mark that closes the open thought; some models end thoughts and answers with the same token. */
  closes(id: number): boolean;
  /** Adds an id and returns the text that it completes. */
  push(id: number): string;
  /** Returns the text held back. */
  flush(): string;
}

function createSpelling(text: ModelText, request: GenerateRequest, promptIds: readonly number[]): Spelling {
  const { tokenizer } = text;
  const stream = tokenizer.stream({ continues: continues(request, promptIds) });
  const thoughts = thoughtsOf(text, request);
  const { marks, header } = text.thoughts;
  const isInMark = (token: string | undefined) =>
    token !== undefined &&
    [header, ...marks.flatMap(({ open, close }) => [open, close])].some((m) => m.includes(token));
  /** Special tokens have no text, but marks of thoughts must be passed on. */
  const spell = (id: number): string => {
    const piece = stream.push(id);
    const token = thoughts === undefined || piece !== '' ? undefined : tokenizer.token(id);
    return isInMark(token) && tokenizer.decode([id]) === '' ? (token as string) : piece;
  };
  return {
    get inThought() {
      return thoughts?.thinking === true;
    },
    get thinking() {
      return thoughts?.open === true;
    },
    closes(id) {
      const token = tokenizer.token(id);
      return token !== undefined && thoughts?.closing?.startsWith(token) === true;
    },
    push(id) {
      const piece = spell(id);
      return thoughts?.push(piece) ?? piece;
    },
    flush() {
      const left = stream.flush();
      return thoughts === undefined ? left : thoughts.push(left) + thoughts.flush();
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
  return thoughtFilter(text.template.own ? text.render(prompt) : '', text.thoughts);
}

const hasBegun = (begun: string | undefined): boolean => begun !== undefined && begun !== '';
